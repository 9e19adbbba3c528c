// Beside an open room, for who leads it: a look every few seconds, in case a private frame was lost.
import { refresh } from "./room_page.js";

const LOOK_EVERY = 10000;

setInterval(() => document.visibilityState === "visible" && refresh(), LOOK_EVERY);
