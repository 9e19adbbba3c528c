// The page about this phone: what waits, what was sent, which modules are saved, and the space.
import { canKeep } from "../phone.js";

document.querySelector("[data-none]")?.toggleAttribute("hidden", canKeep);
