// The live room's line: a socket with a cursor, HTTP where no socket gets through, and a queue that outlives the page.
import { setClock } from "./room_clock.js";
import { composer, listenToWriting } from "./room_compose.js";
import { flightKey, ground, land, sendByLine, sendOverHttp } from "./room_flight.js";
import { clearLog, complain, drawEvent, drawPresence, drawTyping, say } from "./room_page.js";
import { arrive, cameBack, wasAway } from "./room_place.js";
import { rowsAfter } from "./room_http.js";
import { changedBy, drawWaits, hearPrivate, refresh, refreshUnlogged } from "./room_parts.js";
import { decide, enqueue, howMany, listenToQueue, loadQueue, nextPost, refusePost } from "./room_queue.js";
import { onReading, reads } from "./room_reading.js";
import { saw } from "./room_seen.js";
import { root, word } from "./room_words.js";
import { beat, leaveLine, line, openLine, prove, tell } from "./room_socket.js";
import "./room_forms.js";
import "./room_voice.js";

const { session, person, socket: socketPath, events: eventsPath } = root.dataset;
const ROOM = `${session}/${person}`;
const MANY = 5; // events missed at once: the server is asked whether there is a part to read up on
const READING_EVERY = 15000; // milliseconds between two looks in reading mode

listenToQueue({
  decided(key) {
    land(key);
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

const refuse = (key, detail) => refusePost(key ?? flightKey(), detail) || complain(detail);

// The line.
let seq = Number(root.dataset.seq); // the last event that stands on this page
let ready = false; // caught up: what we send now is taken in order
let overHttp = false; // no socket gets through, but the server answers
let came = 0; // events that came before we were caught up
let [lost, asking] = [false, null]; // we heard nothing for a time; what gives up the question over HTTP that is on its way
let failures = 0; // handshakes in a row that came to nothing
let [state, stopped, timer] = ["reconnecting", "", 0];
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
  if (line() || stopped || shut) return;
  if (reads()) return void ask();
  openLine(`${socketPath}?after=${seq}`, { hear, closed });
}

const tellPage = (frame) => root.dispatchEvent(new CustomEvent("room:frame", { detail: frame })); // voice listens

function closed(code, wasOpen) {
  if (ready) miss();
  ready = false;
  tellPage({ type: "closed" });
  if (code === 4413 && flightKey()) refuse(flightKey(), word("too_large"));
  if (!overHttp) ground();
  if (code === 4401 || code === 4403) return stop(code === 4401 ? "out" : "gone");
  if (code === 4409) startOver();
  if (code === 4423) return locked();
  failures = wasOpen ? 0 : failures + 1;
  if (failures >= 2) return ask();
  if (!overHttp) show(failures || !navigator.onLine ? "offline" : "reconnecting");
  again(code === 4408 || code === 4409 ? 200 : undefined);
}

const startOver = () => { seq = 0; clearLog(); refresh(); }; // our copy is of another log; the queue stays

// The server holds the phone shut. The phone opens it if it can; else a PIN does, on the page of the lock.
function locked() {
  overHttp = false;
  ground();
  document.dispatchEvent(new Event("phone:shut"));
  show("locked");
  again(3000);
}

function miss() {
  lost = true;
  wasAway();
}

function giveUpAsking() {
  asking?.abort();
  asking = null;
}

/** No line but the one that is asked for next; what was on the way is sent again, under its key. */
function rest() {
  if (ready) miss();
  [ready, overHttp, failures] = [false, false, 0];
  clearTimeout(timer);
  giveUpAsking();
  ground();
  leaveLine();
  tellPage({ type: "closed", rests: true });
}

function fail() {
  miss();
  overHttp = false;
  failures += 1;
  ground();
  show("offline");
  again();
}

/** Everything up to here stands on the page; after a time without news, what no event tells of is asked for too. */
function caughtUp(n, gap) {
  if (gap && n >= MANY) refresh("missed");
  if (lost) refreshUnlogged();
  lost = false;
  cameBack();
}

/** Why there are no rows, or why a post was not heard. */
const ended = (why) => (why === "locked" ? locked() : why === "fail" ? fail() : stop(why));

/** A refused handshake looks like a dead network: the same rows over HTTP say which it is. */
async function ask() {
  giveUpAsking();
  const mine = asking = new AbortController();
  let [page, n] = [null, 0];
  do {
    page = await rowsAfter(eventsPath, seq, mine);
    if (asking !== mine || shut) return; // there is a better line, or none
    if (page.state === "over") startOver();
    else if (page.state) return ended(page.state);
    else page.events.forEach(take);
    n += page.events?.length ?? 0;
  } while (page.state || page.more);
  asking = null;
  drawWaits(page);
  caughtUp(n, lost || !overHttp);
  overHttp = true;
  if (reads()) failures = 0;
  show("http");
  again(reads() ? READING_EVERY : 3000);
  flush();
}

const HEAR = {
  events: (frame) => { if (!ready) came += frame.events.length; frame.events.forEach(take); saw(seq, tell); },
  ready(frame) {
    [ready, overHttp, failures] = [true, false, 0];
    giveUpAsking();
    ground();
    show("live");
    setClock(frame.room);
    drawWaits(frame.me ?? {});
    caughtUp(came, true);
    came = 0;
    if (frame.room?.state !== root.dataset.roomState) refresh();
    flush();
  },
  ack: (frame) => decide(frame.key),
  refused: (frame) => refuse(frame.key, frame.detail),
  presence: (frame) => drawPresence(frame.members),
  typing: (frame) => drawTyping(frame.by),
  private: hearPrivate,
};

function hear(frame) {
  tellPage(frame);
  HEAR[frame.type]?.(frame); // a kind of frame that we do not know is left alone
  if (ready && state !== "live") show("live");
}

/** Each event once, in order; a hole means that we missed something, so we ask again from where we stand. */
function take(event) {
  if (event.seq <= seq) return;
  if (event.seq !== seq + 1) { line()?.close(); return; }
  seq = event.seq;
  drawEvent(event);
  decide(event.key);
  changedBy(event);
}

async function flush() {
  const post = nextPost();
  if (flightKey() || !post || stopped || shut || !(ready || overHttp)) return;
  if (ready) return sendByLine(post);
  const said = await sendOverHttp(eventsPath, post);
  if (!said) return;
  if (said.state) return ended(said.state === "gone" || said.state === "over" ? "fail" : said.state);
  return said.type === "ack" ? decide(post.key) : refuse(post.key, said.detail);
}

async function begin() {
  await loadQueue(ROOM, socketPath ? "" : word("over"));
  arrive(ROOM);
  if (!socketPath) return;
  show(navigator.onLine ? "reconnecting" : "offline");
  connect();
  setInterval(() => beat(ready), 20000);
}

/** The network is back, or the phone woke up. */
function retry() {
  failures = Math.min(failures, 1);
  if (line()) prove();
  else connect();
}

listenToWriting({ write, typing: () => { if (ready) tell({ type: "typing" }); } });
root.addEventListener("room:tell", ({ detail }) => tell(detail));

/** Reading mode asks now and then over HTTP and holds no line. */
onReading(() => { rest(); connect(); });
document.querySelector("#try-now")?.addEventListener("click", retry);
addEventListener("online", retry);
document.addEventListener("phone:lock", ({ detail }) => {
  if (shut === detail.shut) return;
  shut = detail.shut;
  if (shut) return void [rest(), show("reconnecting")];
  if (socketPath) connect();
});
addEventListener("offline", () => show("offline"));
document.addEventListener("visibilitychange", () => { if (!document.hidden) retry(); });
begin();
