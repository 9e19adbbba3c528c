// What becomes of the things that wait on this phone: decisions on plain values, no network, no disk, no clock.
// item: {key, person, n, kind, subject, at, data, label, page, state, tries, answer, late}
// late: {run, since, tries} how often in a row the server has put it off, since when, and at which try it last did
// state: "waiting" never sent | "sending" may have reached the server | "applied" | "refused"
export const MOST_ITEMS = 100;
export const MOST_BYTES = 900000; // the server takes 1 MB, all of the message counted
const COALESCING = ["case.drafted", "rating.marked"]; // the newest one says all
const SENT_STAYS = 7 * 24 * 3600 * 1000;
const MOST_SENT = 200; // a clock set back would keep them for ever
const LONGEST_PAUSE = 600000;
const LONG_TRIED = 5; // put off so often, or for so long: its owner may take it back
const LONG_LATE = 24 * 3600 * 1000;

export const isOpen = (item) => item.state === "waiting" || item.state === "sending";

export function bytesOf(value) {
  const text = JSON.stringify(value);
  let bytes = text.length;
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

// What goes over the wire; the same at every try.
export function wireOf({ key, kind, subject, at, data }) {
  return { key, kind, subject, at, data };
}

const lastNumber = (items) => items.reduce((most, item) => Math.max(most, item.n), 0);

// A short mark of what an item says (cyrb53): what was sent is dropped, but must be known again.
function sumOf({ kind, subject, data }) {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const letter of JSON.stringify([kind, subject, data])) {
    const code = letter.codePointAt(0);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

// A new item at the end of the line. The same one again (pressed twice, or after a crash) is the one that is there;
// another body under a used key gets `spare`, a new key.
// Of a kind whose newest says all it takes the place of the one that waits, under its own key, if that was never sent
// and nothing on the subject follows it.
export function coalesced(items, item, spare) {
  const twin = items.find((one) => one.key === item.key);
  const sum = sumOf(item);
  if (twin && twin.sum === sum) return { item: twin };
  const made = { ...item, sum, key: twin ? spare : item.key, state: "waiting", tries: 0, answer: null };
  const before = items.filter((one) => one.subject === made.subject && isOpen(one)).pop();
  const replaces = before && before.kind === made.kind && before.state === "waiting" && COALESCING.includes(made.kind);
  made.n = replaces ? before.n : lastNumber(items) + 1;
  return { item: made, put: [made], drop: replaces ? [before.key] : [] };
}

// The first of those that wait, in order. After one that the server put off ("later"), none on its subject;
// `held` are subjects put off since this flush began.
export function nextBatch(items, held = [], most = MOST_ITEMS) {
  const off = new Set(held);
  const batch = [];
  let bytes = 200;
  for (const item of items.filter((one) => isOpen(one) && !one.closed)) {
    if (off.has(item.subject)) continue;
    bytes += bytesOf(wireOf(item)) + 1;
    if (batch.length === most || (batch.length && bytes > MOST_BYTES)) break;
    batch.push(item);
    if (item.answer) off.add(item.subject);
  }
  return batch;
}

// Before they leave: from now on they may have reached the server, and keep key and body until they are answered.
export function marked(batch) {
  return { put: batch.map((item) => ({ ...item, state: "sending", tries: item.tries + 1 })) };
}

// A try without an answer begins the count anew: it may still arrive.
function putOff({ late, tries }, now) {
  const goesOn = late && late.tries === tries - 1;
  return { run: goesOn ? late.run + 1 : 1, since: goesOn ? late.since : now, tries };
}

function answered(item, result, now) {
  const answer = { status: result.status, code: result.code || "", detail: result.detail || "", data: result.data || {} };
  if (result.status === "applied" || result.status === "already")
    return { ...item, data: null, state: "applied", answer, done: now };
  if (result.status === "refused") return { ...item, state: "refused", answer, done: now };
  if (result.status === "later") return { ...item, answer, late: putOff(item, now) };
  return { ...item, answer }; // a word that we do not know: nothing was decided
}

// What an answer to `sent` (keys) changes. `then`: "go on" | "halve" (too much at once) | "sign in" | "token" | "other"
// (another person is signed in) | "again" (later, with a pause). `held`: subjects put off; `after`: seconds they asked for.
export function settled(items, sent, status, answer, now) {
  const open = items.filter((item) => sent.includes(item.key) && isOpen(item) && !item.closed);
  if (status === 200 && answer && Array.isArray(answer.results)) return taken(open, answer.results, now);
  const code = answer && answer.code;
  if (status === 401) return { then: "sign in" };
  if (status === 403 && code === "csrf") return { then: "token" };
  if (status === 409 && code === "other_person") return { then: "other" };
  if (status !== 413 && !(status === 400 && code)) return { then: "again" };
  if (sent.length > 1) return { then: "halve" };
  const why = { status: "refused", code: status === 413 ? "too_large" : code, detail: answer && answer.detail };
  return { then: "go on", put: open.map((item) => answered(item, why, now)) };
}

function taken(open, results, now) {
  const byKey = new Map(results.filter((one) => one && one.key).map((one) => [String(one.key).toLowerCase(), one]));
  const put = open.filter((item) => byKey.has(item.key)).map((item) => answered(item, byKey.get(item.key), now));
  const held = open.filter((item) => !put.some((one) => one.key === item.key && !isOpen(one))).map((one) => one.subject);
  const waits = results.map((one) => (one && Number(one.retry_after)) || 0);
  return { then: "go on", put, held, after: held.length ? Math.max(0, ...waits) : 0 };
}

// Sent things stay for a week so that the screen can say so.
export function tidied(items, now) {
  const sent = items.filter((item) => item.state === "applied").reverse();
  return { drop: sent.filter((item, place) => place >= MOST_SENT || now - item.done > SENT_STAYS).map((item) => item.key) };
}

// Words were taken away somewhere: of what was sent, the title may still have them. That it was sent stays.
export function unnamed(items) {
  return { put: items.filter((item) => item.state === "applied" && item.label).map((item) => ({ ...item, label: "" })) };
}

// A refused item again with other content: a new key, at the end of the line.
export function mended(items, key, data, spare) {
  const old = items.find((item) => item.key === key && item.state === "refused" && !item.closed);
  if (!old) return { item: null };
  const { done, late, ...rest } = old;
  const item = { ...rest, data, sum: sumOf({ ...rest, data }), key: spare, state: "waiting", tries: 0, answer: null, n: lastNumber(items) + 1 };
  return { item, put: [item], drop: [key] };
}

// Put off long enough, and its last try was answered: nothing of it is on its way now. The clock decides only where every
// try was answered: set forward, it must not make a try that is still under way an old one.
export function isLongLate({ state, late, tries }, now) {
  if (state !== "sending" || !late || late.tries !== tries) return false;
  return late.run >= LONG_TRIED || (late.run === tries && now - late.since >= LONG_LATE);
}

// Only what the server has never seen, has refused for good, or puts off for ever.
export const mayTakeBack = (item, now) => item.state === "waiting" || item.state === "refused" || isLongLate(item, now);

export function withdrawn(items, key, now) {
  const item = items.find((one) => one.key === key && mayTakeBack(one, now));
  return { drop: item ? [key] : [] };
}

// The words of a subject go for good: what was never sent or is answered goes whole, what may have reached the server keeps
// key and body but not its title. `last` stands at the end of the line if the server has the subject, or may have it.
export function erased(items, subject, last, isThere, now) {
  const own = items.filter((item) => item.subject === subject && !item.closed);
  const stays = own.filter((item) => !mayTakeBack(item, now) && isOpen(item));
  const gone = own.filter((item) => !stays.includes(item));
  const put = stays.map((item) => ({ ...item, label: "" }));
  if (isThere || stays.length || gone.some((item) => item.state === "applied" || item.late))
    put.push({ ...last, subject, sum: sumOf({ ...last, subject }), state: "waiting", tries: 0, answer: null, n: lastNumber(items) + 1 });
  return { put, drop: gone.map((item) => item.key) };
}

// Milliseconds until the next try, after so many that failed: somewhere below the double of the last limit.
export function pauseAfter(tries, random) {
  return Math.max(2000, Math.round(random * Math.min(LONGEST_PAUSE, 2000 * 2 ** tries)));
}

// Whether a pause still holds; a clock that was set back does not make it longer.
export function pausing(pause, now) {
  return Boolean(pause) && pause.until > now && pause.until - now <= LONGEST_PAUSE;
}

// How long an answer may take: a slow line gets more time at each try, or it would never see one.
export function timeLimit(tries) {
  return Math.min(60000, 15000 * 2 ** tries);
}
