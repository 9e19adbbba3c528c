// The clock of the agenda: the server says when it ends and what time it is there, so a phone's own clock may be wrong.
import { tellAloud } from "./room_page.js";
import { find, word } from "./room_words.js";

const ALOUD = [[300, "clock.five"], [60, "clock.one"], [0, "clock.up"]]; // seconds left
let offset = null; // the server's time minus this phone's, in milliseconds
let drawn = null; // the clock on which `offset` was last set
let before = null; // seconds left when we last looked

const now = () => Date.now() + (offset ?? 0);

/** What `ready` says: the server's time, and when the running part ends. */
export function setClock(room) {
  if (!room?.now) return;
  offset = Date.parse(room.now) - Date.now();
  const clock = find(".clock");
  drawn = clock;
  if (clock && room.box_ends_at) clock.dataset.ends = room.box_ends_at;
  tick();
}

function tick() {
  const clock = find(".clock");
  if (!clock) { before = null; return; }
  if (clock !== drawn || offset === null) {
    offset = Date.parse(clock.dataset.now) - Date.now();
    drawn = clock;
  }
  const left = Math.max(0, Math.ceil((Date.parse(clock.dataset.ends) - now()) / 1000));
  clock.querySelector("[data-left]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  clock.querySelector("[data-left-word]").textContent = word(left ? "clock.left" : "clock.over");
  clock.classList.toggle("is-over", left === 0);
  for (const [seconds, name] of ALOUD) if (before !== null && before > seconds && left <= seconds) tellAloud(word(name));
  before = left;
}

if (find("#room[data-socket]")) {
  tick();
  setInterval(tick, 1000);
}
