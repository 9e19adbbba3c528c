// The live room's line: a socket with a cursor, HTTP where no socket gets through, and a queue that outlives the page.
import { clearLog, complain, drawEvent, drawPresence, drawTyping, drawWaiting, dropWaiting, isDrawn, markStored, say, takeParts, toBottom, word } from "./room_draw.js";

const root = document.querySelector("#room");
const composer = document.querySelector("#composer");
const { session, person, socket: socketPath, events: eventsPath } = root.dataset;
const ROOM = `${session}/${person}`;
const TEXT_LIMIT = 4000; // characters, as the server counts them
const CHANGES_PARTS = /^(phase|case\.|recommendation\.|agenda|redact)/;
const now = () => Date.now();

// -- the queue: one row per own message, kept until the server has stored it ------------------------------------
const store = new Promise((resolve) => {
  const asked = indexedDB.open("tandem-room", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("posts", { keyPath: "key" }).createIndex("room", "room");
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => resolve(null); // no store (private window): the queue lives as long as the page
});
async function inStore(mode, act) {
  const opened = await store;
  if (!opened) return [];
  return new Promise((resolve, reject) => {
    const change = opened.transaction("posts", mode, { durability: "strict" });
    const asked = act(change.objectStore("posts"));
    change.oncomplete = () => resolve(asked.result);
    change.onabort = () => reject(change.error);
  });
}
const keep = (post) => inStore("readwrite", (posts) => posts.put(post));
const forget = (key) => inStore("readwrite", (posts) => posts.delete(key));
let queue = []; // in the order of writing
let flight = null; // key of the one post that is on the wire
const unsent = () => queue.filter((post) => !post.refused).length;

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte, n) => (n === 6 ? (byte & 15) | 64 : n === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const acts = {
  onMend(post) {
    const field = composer?.elements.text;
    if (field) {
      field.value = [field.value, post.data.text].filter(Boolean).join("\n");
      field.focus();
    }
    settle(post.key, { drop: true });
  },
  onDrop: (post) => settle(post.key, { drop: true }),
};

async function write(text) {
  const n = Math.max(now(), 1 + Math.max(0, ...queue.map((post) => post.n)));
  const post = { key: newKey(), room: ROOM, n, kind: "message", data: { text } };
  queue.push(post);
  drawWaiting(post, acts);
  try { await keep(post); } finally { flush(); }
  show();
}

function settle(key, { drop = false } = {}) {
  if (!queue.some((post) => post.key === key)) return;
  queue = queue.filter((post) => post.key !== key);
  forget(key).catch(() => {});
  if (drop || isDrawn(key)) dropWaiting(key);
  else markStored(key);
  if (flight === key) flight = null;
  show();
  flush();
}

function refuse(key, detail) {
  const post = queue.find((one) => one.key === (key ?? flight));
  if (flight === post?.key) flight = null;
  if (!post) return complain(detail);
  post.refused = detail;
  keep(post).catch(() => {});
  drawWaiting(post, acts);
  show();
  flush();
}

// -- the line --------------------------------------------------------------------------------------------------
let socket = null;
let seq = Number(root.dataset.seq); // the last event that stands on this page
let ready = false; // caught up: what we send now is taken in order
let stopped = "";
let failures = 0; // handshakes in a row that came to nothing
let state = "reconnecting";
let heard = now();
let timer = 0;
let sentAt = 0;
let overHttp = false;

function show(next = state) {
  state = next;
  say(state, unsent(), { shown: stopped || state });
}

function again(wait) {
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(connect, wait ?? Math.min(10000, 500 * 2 ** failures) * (0.5 + Math.random()));
}

function stop(why) {
  stopped = why;
  clearTimeout(timer);
  show("offline");
}

function connect() {
  clearTimeout(timer);
  if (socket || stopped) return;
  const opened = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}${socketPath}?after=${seq}`);
  socket = opened;
  let open = false;
  opened.onopen = () => { open = true; heard = now(); };
  opened.onmessage = (message) => { if (socket === opened) hear(JSON.parse(message.data)); };
  opened.onclose = (end) => { if (socket === opened) closed(end.code, open); };
}

function closed(code, wasOpen) {
  socket = null;
  ready = false;
  if (code === 4413 && flight) refuse(flight, word("too_large"));
  flight = null;
  if (code === 4401) return stop("out");
  if (code === 4403) return stop("gone");
  if (code === 4409) { seq = 0; clearLog(); }
  if (code === 4408 || code === 4409) { failures = 0; return again(200); }
  failures = wasOpen ? 0 : failures + 1;
  if (failures >= 2) return ask();
  if (!overHttp) show(failures || !navigator.onLine ? "offline" : "reconnecting");
  again();
}

/** A refused handshake looks like a dead network: the same rows over HTTP say which it is. */
async function ask() {
  try {
    let page;
    do {
      const answer = await fetch(`${eventsPath}?after=${seq}`, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status === 401) return stop("out");
      if (answer.status === 403 || answer.status === 404) return stop("gone");
      if (answer.status === 400 || answer.status === 409) { seq = 0; clearLog(); return again(); }
      if (!answer.ok) throw new Error("server");
      page = await answer.json();
      page.events.forEach(take);
    } while (page.more);
    overHttp = true;
    show("http");
    await flush();
    again(3000);
  } catch {
    overHttp = false;
    flight = null;
    show("offline");
    again();
  }
}

const HEAR = {
  events: (frame) => { frame.events.forEach(take); tell({ type: "seen", seq }); },
  ready(frame) {
    ready = true;
    failures = 0;
    overHttp = false;
    root.dataset.connection = frame.me?.connection ?? "";
    show("live");
    if (frame.room?.state !== root.dataset.roomState) refresh();
    flush();
  },
  ack: (frame) => settle(frame.key),
  refused: (frame) => refuse(frame.key, frame.detail),
  presence: (frame) => drawPresence(frame.members),
  typing: (frame) => drawTyping(frame.by),
};

function hear(frame) {
  heard = now();
  HEAR[frame.type]?.(frame);
}

/** Each event once, in order; a hole means that we missed something, so we ask again from where we stand. */
function take(event) {
  if (event.seq <= seq) return;
  if (event.seq !== seq + 1) { socket?.close(); return; }
  seq = event.seq;
  drawEvent(event);
  settle(event.key);
  if (CHANGES_PARTS.test(event.kind)) refresh();
}

function tell(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

/** One post at a time, so that the order of writing is the order of the log. */
async function flush() {
  const post = queue.find((one) => !one.refused);
  if (flight || !post || stopped || !(ready || overHttp)) return;
  flight = post.key;
  sentAt = now();
  const body = { key: post.key, kind: post.kind, data: post.data };
  if (ready) return tell({ type: "post", ...body });
  const token = composer.elements.csrfmiddlewaretoken.value;
  const answer = await fetch(eventsPath, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": token } });
  if (answer.status === 401) return stop("out");
  if (answer.status >= 500) throw new Error("server");
  const said = await answer.json();
  if (said.type === "ack" || said.seq) settle(post.key);
  else refuse(post.key, said.detail);
}

let asked = 0;
function refresh() {
  clearTimeout(asked);
  asked = setTimeout(async () => {
    const answer = await fetch(location.href, { headers: { "X-Room-Parts": "1" }, cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#room[data-socket]");
    if (fresh) { root.dataset.roomState = fresh.dataset.roomState; return takeParts(page); }
    if (!queue.length && !composer.elements.text.value) location.reload();
    else document.querySelector("#over").hidden = false;
  }, 150);
}

// -- the page --------------------------------------------------------------------------------------------------
async function begin() {
  queue = (await inStore("readonly", (posts) => posts.index("room").getAll(ROOM)).catch(() => [])).sort((a, b) => a.n - b.n);
  for (const post of [...queue]) {
    if (isDrawn(post.key)) { settle(post.key); continue; }
    if (!socketPath) post.refused ??= word("over");
    drawWaiting(post, acts);
  }
  toBottom();
  if (!socketPath) return;
  show(navigator.onLine ? "reconnecting" : "offline");
  connect();
  setInterval(beat, 1000);
}

let pinged = now();
function beat() {
  if (!socket || socket.readyState !== WebSocket.OPEN) return;
  if (now() - pinged > 20000) { pinged = now(); tell({ type: "ping" }); }
  if (now() - heard > 45000 || (flight && ready && now() - sentAt > 15000)) { const dead = socket; closed(1006, true); dead.close(); }
}

function retry() {
  if (stopped || socket) return;
  failures = Math.min(failures, 1);
  connect();
}

composer?.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = composer.elements.text.value.trim();
  if (!text) return;
  const length = [...text].length;
  if (length > TEXT_LIMIT) return complain(word("too_long", { n: length }));
  complain("");
  composer.elements.text.value = "";
  composer.elements.text.focus();
  write(text);
});
let lastTyping = 0;
composer?.addEventListener("input", () => {
  if (!ready || now() - lastTyping < 3000) return;
  lastTyping = now();
  tell({ type: "typing" });
});
composer?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !matchMedia("(pointer: fine)").matches) return;
  event.preventDefault();
  composer.requestSubmit();
});

// Controls of the facilitator: the same form, sent without leaving the page; what was typed stays until it is stored.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("roomPost" in form.dataset)) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  try {
    const body = new FormData(form, event.submitter);
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status === 401) return stop("out");
    const said = await answer.json();
    complain(answer.ok ? "" : said.detail);
    if (answer.ok) { form.reset(); refresh(); }
  } catch {
    complain(word("not_sent"));
  } finally {
    delete form.dataset.busy;
  }
});
document.querySelector("#try-now")?.addEventListener("click", retry);
addEventListener("online", retry);
addEventListener("offline", () => show("offline"));
document.addEventListener("visibilitychange", () => { if (!document.hidden) retry(); });
document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[data-tab-link]");
  if (!tab) return;
  event.preventDefault();
  root.dataset.tab = tab.dataset.tabLink;
  for (const one of document.querySelectorAll("[data-tab-link]")) one.toggleAttribute("aria-current", one === tab);
  if (root.dataset.tab === "talk") toBottom();
});
begin();
