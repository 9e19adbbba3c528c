// The outbox: what she did goes onto this phone first, then to the server, once and in order.
import { Locked, allItems, changeItems, device, keyFor, meta, mine, onTold, setMeta, tell } from "./store.js";
import { MOST_BYTES, bytesOf, coalesced, erased, isOpen, marked, mended, nextBatch, pauseAfter, pausing, settled, tidied, timeLimit, withdrawn, wireOf } from "./outbox_rules.js";

export class TooLarge extends Error {} // it would not fit through the door; nothing was kept

const news = () => tell({ items: true });
const whoseItems = async () => (await mine())?.id ?? Promise.reject(new Locked());

// On the disk when this resolves; throws Locked, TooLarge or what the disk said, and then nothing was kept.
export async function put({ kind, subject = "", data = {}, label = "", page = "", key }) {
  const person = await whoseItems();
  const item = { key: key?.toLowerCase() || crypto.randomUUID(), person, kind, subject, data, label, page };
  item.at = new Date().toISOString();
  if (bytesOf(wireOf(item)) > MOST_BYTES) throw new TooLarge();
  const change = await changeItems(person, (items) => {
    const { item: kept, put = [], drop = [] } = coalesced(items, item, crypto.randomUUID());
    return { item: kept, put, drop: [...drop, ...tidied(items, Date.now()).drop.filter((one) => one !== kept.key)] };
  });
  news();
  return change.item;
}

export async function waiting() {
  const person = await mine();
  const items = person ? await allItems(person.id) : [];
  const count = (asked) => items.filter(asked).length;
  return { waiting: count(isOpen), refused: count((item) => item.state === "refused"), items };
}

export async function mend(key, data) {
  const change = await changeItems(await whoseItems(), (items) => mended(items, key, data, crypto.randomUUID()));
  news();
  return change.item;
}

// Whether it was taken away.
export async function withdraw(key) {
  const change = await changeItems(await whoseItems(), (items) => withdrawn(items, key, Date.now()));
  news();
  return change.drop.length > 0;
}

// Takes a subject's words off this phone; `kind` then tells the server, if it has them or may have them.
export async function erase(subject, kind, isThere) {
  const person = await whoseItems();
  const last = { key: crypto.randomUUID(), person, kind, data: {}, label: "", page: "", at: new Date().toISOString() };
  await changeItems(person, (items) => erased(items, subject, last, isThere, Date.now()));
  news();
}

const isAnswered = (item) => item && !isOpen(item) && { ...item.answer };

export async function answerTo(key, ms) {
  const look = async () => isAnswered((await waiting()).items.find((item) => item.key === key)) || null;
  let stop;
  const told = new Promise((resolve) => {
    stop = onTold(async () => {
      const answer = await look();
      if (answer) resolve(answer);
    });
  });
  const answer = (await look()) || (await Promise.race([told, pauseOf(ms)]));
  stop();
  return answer || look();
}

const pauseOf = (ms) => new Promise((resolve) => setTimeout(() => resolve(null), ms));

// --- sending ---
let running = null; // this page's own run; of all pages and the worker one sends at a time
let wanted = false;
let pressed = false;

// Sends what waits and gives how it ended, or null when `patience` ran out first: the sending itself goes on.
// Without `force` it keeps to the pause after a failure.
export function flush({ patience = 8000, force = false, limit } = {}) {
  wanted = true;
  pressed ||= force;
  running ??= navigator.locks.request("tandem-outbox", () => run(limit)).finally(() => (running = null));
  return Promise.race([running, pauseOf(patience)]);
}

async function run(limit) {
  let end = null;
  while (wanted) {
    const force = pressed;
    wanted = pressed = false;
    // locked in the middle, or the disk said no: what was sent stays marked, and is asked for again
    end = await sendAll(force, limit).catch((problem) => ({ state: problem instanceof Locked ? "locked" : "off" }));
    tell({ line: end });
  }
  return end;
}

// {state: "empty" | "locked" | "paused" | "sent" | "off" | "sign in" | "other", applied: how many}
async function sendAll(force, limit) {
  const person = await mine();
  if (!person || !(await keyFor(person.id))) return { state: "locked" };
  if (!nextBatch(await allItems(person.id)).length) return { state: "empty" };
  const pause = await meta("pause");
  if (!force && pausing(pause, Date.now())) return { state: "paused" };
  tell({ line: { state: "sending" } });
  const tries = pause?.tries ?? 0;
  const end = await sendTo(person.id, limit ?? timeLimit(tries));
  if (end.applied) await setMeta("state-at", 0); // what the server said of her before is old now
  const wait = end.state === "off" ? pauseAfter(tries + 1, Math.random()) : (end.after ?? 0) * 1000;
  await setMeta("pause", wait ? { tries: end.state === "off" ? tries + 1 : 0, until: Date.now() + wait } : null);
  return end;
}

async function sendTo(person, limit) {
  let hello = await asked(limit);
  let tokens = 2;
  let most;
  let after = 0;
  let applied = 0;
  const held = [];
  for (;;) {
    if (hello.status === 401) return { state: "sign in", applied };
    if (hello.status !== 200 || !hello.answer?.csrf) return { state: "off", applied };
    if (hello.answer.person !== person) return { state: "other", applied };
    const { put: batch } = await changeItems(person, (items) => marked(nextBatch(items, held, most)));
    if (!batch.length) return { state: "sent", applied, after };
    const { status, answer } = await asked(limit, hello.answer.csrf, {
      device: await device(),
      person,
      items: batch.map(wireOf),
    });
    const keys = batch.map((item) => item.key);
    const change = await changeItems(person, (items) => settled(items, keys, status, answer, Date.now()));
    applied += (change.put ?? []).filter((item) => item.state === "applied").length;
    news();
    if (change.then === "go on") {
      if (!change.put?.length) return { state: "off", applied }; // an answer that answers nothing
      held.push(...(change.held ?? []));
      after = Math.max(after, change.after ?? 0);
    } else if (change.then === "halve") most = Math.ceil(batch.length / 2);
    else if (change.then === "token" && --tokens) hello = await asked(limit);
    else return { state: { "sign in": "sign in", other: "other" }[change.then] ?? "off", applied };
  }
}

// GET, or POST of `body`. Status 0: no answer, none in time, or none of ours (a hotel's door, say).
export async function asked(limit, csrf, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), limit);
  const how = { cache: "no-store", credentials: "same-origin", redirect: "error", signal: stop.signal };
  if (body) {
    how.method = "POST";
    how.body = JSON.stringify(body);
    how.headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
  }
  try {
    const response = await fetch("/sync/", how);
    const text = await response.text();
    try {
      return { status: response.status, answer: JSON.parse(text) };
    } catch {
      return { status: response.status === 200 ? 0 : response.status, answer: null };
    }
  } catch {
    return { status: 0, answer: null };
  } finally {
    clearTimeout(timer);
  }
}
