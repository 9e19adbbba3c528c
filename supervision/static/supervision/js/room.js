// The live room's line: a socket with a cursor, HTTP where no socket gets through, and a queue that outlives the page.
import { setClock } from "./room_clock.js";
import { composer, listenToWriting } from "./room_compose.js";
import { clearLog, complain, drawEvent, drawPresence, drawTyping, root, say, toBottom, word } from "./room_page.js";
import { postOver, rowsAfter } from "./room_http.js";
import { changedBy, drawUnseen, refresh } from "./room_parts.js";
import { decide, enqueue, howMany, listenToQueue, loadQueue, nextPost, refusePost } from "./room_queue.js";
import { onReading, reads } from "./room_reading.js";
import { saw } from "./room_seen.js";
import "./room_voice.js";

const { session, person, socket: socketPath, events: eventsPath } = root.dataset;
const ROOM = `${session}/${person}`;
const MANY = 5; // events missed at once: the server is asked whether there is a part to read up on
const READING_EVERY = 15000; // milliseconds between two looks in reading mode
const now = () => Date.now();

let flight = null; // key of the one post that is on the wire

listenToQueue({
  decided(key) {
    if (flight === key) flight = null;
    show();
    flush();
  },
  mend({ data }) {
    const field = composer.elements.text;
    field.value = [field.value, data.text].filter(Boolean).join("\n");
    field.focus();
  },
});

async function write(text, replyTo, confirmed) {
  const stored = enqueue(ROOM, { text, ...(replyTo && { reply_to: replyTo }), ...(confirmed && { confirmed }) });
  show();
  await stored;
  flush();
}

const refuse = (key, detail) => refusePost(key ?? flight, detail) || complain(detail);

// The line.
let seq = Number(root.dataset.seq); // the last event that stands on this page
let socket = null;
let ready = false; // caught up: what we send now is taken in order
let overHttp = false; // no socket gets through, but the server answers
let came = 0; // events that came before we were caught up
let failures = 0; // handshakes in a row that came to nothing
let [state, stopped, timer] = ["reconnecting", "", 0];
let heard = now();
let shut = "shut" in document.documentElement.dataset; // the phone is locked: no line until it is opened

function show(next = state) {
  state = next;
  const shown = stopped || (state === "http" && reads() ? "reading" : state);
  say(state, howMany(), { shown });
}

function again(wait = Math.min(10000, 500 * 2 ** failures) * (0.5 + Math.random())) {
  clearTimeout(timer);
  if (!stopped && !shut) timer = setTimeout(connect, wait);
}

function stop(why) {
  stopped = why;
  clearTimeout(timer);
  show("offline");
}

function connect() {
  clearTimeout(timer);
  if (socket || stopped || shut) return;
  if (reads()) return void ask();
  const opened = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}${socketPath}?after=${seq}`);
  socket = opened;
  opened.onopen = () => { opened.lived = true; heard = now(); };
  const live = (act) => (event) => { if (socket === opened) act(event); }; // a line that we gave up says nothing more
  opened.onmessage = live((message) => hear(JSON.parse(message.data)));
  opened.onclose = live((end) => closed(end.code, opened.lived));
  setTimeout(live(() => opened.lived || drop(false)), 8000);
}

function closed(code, wasOpen) {
  [socket, ready] = [null, false];
  root.dispatchEvent(new CustomEvent("room:frame", { detail: { type: "closed" } }));
  if (code === 4413 && flight) refuse(flight, word("too_large"));
  flight = null;
  if (code === 4401 || code === 4403) return stop(code === 4401 ? "out" : "gone");
  if (code === 4409) startOver();
  if (code === 4423) return locked();
  failures = wasOpen ? 0 : failures + 1;
  if (failures >= 2) return ask();
  if (!overHttp) show(failures || !navigator.onLine ? "offline" : "reconnecting");
  again(code === 4408 || code === 4409 ? 200 : undefined);
}

const startOver = () => { seq = 0; clearLog(); }; // our copy is of another log; the queue stays

// The server holds the phone shut. The phone opens it if it can; else a PIN does, on the page of the lock.
function locked() {
  [overHttp, flight] = [false, null];
  document.dispatchEvent(new Event("phone:shut"));
  show("locked");
  again(3000);
}

function rest() {
  const left = socket;
  [socket, ready, flight, overHttp] = [null, false, null, false];
  clearTimeout(timer);
  left?.close();
  show("reconnecting");
}

function fail() {
  [overHttp, flight] = [false, null];
  show("offline");
  again();
}

/** Why there are no rows, or why a post was not heard. */
const ended = (why) => (why === "locked" ? locked() : why === "fail" ? fail() : stop(why));

/** A refused handshake looks like a dead network: the same rows over HTTP say which it is. */
async function ask() {
  let page;
  do {
    page = await rowsAfter(eventsPath, seq);
    if (page.state === "over") startOver();
    else if (page.state) return ended(page.state);
    else page.events.forEach(take);
  } while (page.state || page.more);
  if (shut) return;
  overHttp = true;
  show("http");
  again(reads() ? READING_EVERY : 3000);
  flush();
}

const HEAR = {
  events: (frame) => { if (!ready) came += frame.events.length; frame.events.forEach(take); saw(seq, tell); },
  ready(frame) {
    [ready, overHttp, failures] = [true, false, 0];
    show("live");
    setClock(frame.room);
    drawUnseen(frame.me?.private ?? 0);
    if (came >= MANY) refresh("missed");
    came = 0;
    if (frame.room?.state !== root.dataset.roomState) refresh();
    flush();
  },
  ack: (frame) => decide(frame.key),
  refused: (frame) => refuse(frame.key, frame.detail),
  presence: (frame) => drawPresence(frame.members),
  typing: (frame) => drawTyping(frame.by),
  private: (frame) => {
    if (frame.about) return void document.dispatchEvent(new Event("room:private"));
    drawUnseen(frame.n);
    refresh("private");
  },
};

function hear(frame) {
  heard = now();
  root.dispatchEvent(new CustomEvent("room:frame", { detail: frame })); // voice listens
  HEAR[frame.type]?.(frame); // a kind of frame that we do not know is left alone
  if (ready && state !== "live") show("live");
}

/** Each event once, in order; a hole means that we missed something, so we ask again from where we stand. */
function take(event) {
  if (event.seq <= seq) return;
  if (event.seq !== seq + 1) { socket?.close(); return; }
  seq = event.seq;
  drawEvent(event);
  decide(event.key);
  changedBy(event);
}

function tell(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

/** One post at a time, so that the order of writing is the order of the log. */
async function flush() {
  const post = nextPost();
  if (flight || !post || stopped || shut || !(ready || overHttp)) return;
  flight = post.key;
  const body = { key: post.key, kind: post.kind, data: post.data };
  const asked = socket; // no answer in ten seconds: the line is dead, though nobody has told us
  if (ready) setTimeout(() => { if (socket === asked && flight === post.key) drop(); }, 10000);
  if (ready) return tell({ type: "post", ...body });
  const token = document.cookie.match(/csrftoken=(\w+)/)?.[1] ?? composer.elements.csrfmiddlewaretoken.value;
  const said = await postOver(eventsPath, body, token);
  if (said.state) return ended(said.state === "gone" || said.state === "over" ? "fail" : said.state);
  return said.type === "ack" ? decide(post.key) : refuse(post.key, said.detail);
}

async function begin() {
  await loadQueue(ROOM, socketPath ? "" : word("over"));
  toBottom();
  if (!socketPath) return;
  show(navigator.onLine ? "reconnecting" : "offline");
  connect();
  setInterval(beat, 20000);
}

function beat() {
  tell({ type: "ping" });
  if (ready && now() - heard > 45000) drop();
}

function drop(wasOpen = true) {
  const dead = socket;
  closed(1006, wasOpen);
  dead.close();
}

/** The network is back, or the phone woke up: a line that looks open may be dead, so we ask for a sign of life. */
function retry() {
  failures = Math.min(failures, 1);
  if (!socket) return connect();
  const [asked, when] = [socket, now()];
  tell({ type: "ping" });
  return setTimeout(() => { if (socket === asked && heard < when) drop(); }, 5000);
}

listenToWriting({ write, typing: () => { if (ready) tell({ type: "typing" }); } });
root.addEventListener("room:tell", ({ detail }) => tell(detail));

/** Reading mode asks now and then over HTTP and holds no line; what was on the way is sent again under its key. */
onReading(() => {
  const given = socket;
  [socket, ready, flight, overHttp, failures] = [null, false, null, false, 0];
  given?.close();
  connect();
});
document.querySelector("#try-now")?.addEventListener("click", retry);
addEventListener("online", retry);
document.addEventListener("phone:lock", ({ detail }) => {
  if (shut === detail.shut) return;
  shut = detail.shut;
  if (shut) return rest();
  failures = 0;
  if (socketPath) connect();
});
addEventListener("offline", () => show("offline"));
document.addEventListener("visibilitychange", () => { if (!document.hidden) retry(); });
begin();
