// Where somebody reads: kept at the newest message or where she scrolled to, and the line at which reading stopped, after
// a time without a line and over a reload too.
import { copy, counted, find } from "./room_words.js";

const READ = "tandem.room.read"; // "<room> <number>": the last line that was looked at, of the last room
const log = find("#log");
const stream = find("#stream");
const news = find("#news");
const atBottom = () => stream.scrollHeight - stream.scrollTop - stream.clientHeight < 80;
const looksAway = () => document.hidden || stream.offsetParent === null;
let following = true; // the reader stands at the newest message, and is kept there
let unread = 0;
let marked = false; // the line where reading stopped stands above messages that she has not looked at
let [away, late] = [false, 0]; // there is no line: what comes with the next one is late
let room = "";

/** The newest line was looked at. */
function note() {
  const seq = log.lastElementChild?.dataset.seq;
  if (!room || !seq || away || !following || looksAway()) return;
  try { localStorage.setItem(READ, `${room} ${seq}`); } catch { /* it lasts as long as the page */ }
}

function noted() {
  try {
    const [where, seq] = (localStorage.getItem(READ) ?? "").split(" ");
    return where === room ? Number(seq) : 0;
  } catch {
    return 0; // a private window keeps nothing
  }
}

export function toBottom() {
  stream.scrollTop = stream.scrollHeight;
  following = true;
  unread = 0;
  if (news) news.hidden = true;
  note();
}

/** The end of the talk grew (a question to the group): whoever stood there still does. */
export const keepPlace = () => { if (following) toBottom(); };

/** The line where reading stopped; it stays until the next time that she looks away. */
function markPlace(node) {
  if (marked) return;
  marked = true;
  find("#read-until")?.remove();
  log.insertBefore(copy("until"), node);
}

function drawUnread() {
  news.hidden = false;
  news.querySelector("[data-text]").textContent = counted("news", unread);
}

/** Adds below; the reader's place is kept, and new messages are counted instead of jumping to them. */
export function add(node, { own = false, counts = false } = {}) {
  log.append(node);
  if (own && !away) marked = false;
  if (counts && !own && (away || !following || looksAway())) markPlace(node);
  if (counts && !own && away) late += 1;
  if (own || following) return toBottom();
  if (!counts) return;
  unread += 1;
  drawUnread();
}

/** From the mark on, as much as fits; what does not is counted. */
function fromMark(n) {
  const mark = find("#read-until");
  if (!mark || looksAway()) return toBottom();
  mark.scrollIntoView({ block: "start" });
  following = atBottom();
  if (following) return toBottom();
  unread = n;
  drawUnread();
}

/** The line is gone; who stood at the end has read everything until now. */
export function wasAway() {
  if (!away && following && !looksAway()) marked = false;
  away = true;
}

/** What was said meanwhile stands on the page. */
export function cameBack() {
  const n = late;
  [away, late] = [false, 0];
  if (n && following) fromMark(n);
  note();
}

/** The page is open: at the end, or where reading stopped before it was loaded again. */
export function arrive(name) {
  room = name;
  const seq = noted();
  const found = seq ? [...log.querySelectorAll("[data-seq].said:not(.me)")].filter((line) => Number(line.dataset.seq) > seq) : [];
  if (!found.length) return toBottom();
  markPlace(found[0]);
  return fromMark(found.length);
}

/** Our copy was of another log. */
export function clearPlace() {
  [away, late, marked] = [false, 0, false];
  try { localStorage.removeItem(READ); } catch { /* nothing was kept */ }
}

stream?.addEventListener("scroll", () => {
  following = atBottom();
  if (!following || !news) return;
  unread = 0;
  marked = false;
  news.hidden = true;
  note();
}, { passive: true });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) marked = false;
  else note();
});
if (stream) new ResizeObserver(() => { if (following) toBottom(); }).observe(stream);
news?.addEventListener("click", () => {
  const mark = find("#read-until");
  if (!mark) return toBottom();
  mark.scrollIntoView({ block: "start" });
  [unread, news.hidden, following] = [0, true, atBottom()];
});
