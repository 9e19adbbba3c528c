// A case written on this phone: kept sealed, sent through the outbox, laid over what the server said last.
import { dropPart, part, partNames, put, putPart, refresh, waiting, withdraw } from "../../lms/phone.js";
import { isErased } from "../../lms/js/erase.js";

export const PAGE = "/supervision/cases/phone/";
const SCORE = ["tool", "version", "score", "cut_off", "cut_off_source"];
const MOST_PRINTS = 38;
const letters = new TextEncoder();

const isNumber = (text) => /^\d{1,3}$/.test(text);
const tidied = (line) => Object.fromEntries(SCORE.map((name) => [name, String(line[name] ?? "").trim()]));

// The lines that say enough to be sent, as the server would clean them.
export function whole(lines) {
  const complete = ({ tool, score, cut_off: cut }) => tool && isNumber(score) && (!cut || isNumber(cut));
  const clean = (line) => ({ ...line, score: Number(line.score), cut_off: line.cut_off === "" ? null : Number(line.cut_off) });
  return lines.map(tidied).filter(complete).map(clean);
}

// The same text and the same print as supervision/cases/rules.py.
function textOf(value) {
  if (value === true) return "true";
  if (!Array.isArray(value)) return String(value || "").replaceAll("\r\n", "\n");
  const lines = whole(value).map((line) => SCORE.map((name) => String(line[name] ?? "")));
  return lines.length ? JSON.stringify(lines) : "";
}

async function printOf(value) {
  const text = textOf(value);
  if (!text) return "";
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", letters.encode(text)));
  return [...bytes.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function printsOf(answers) {
  return Object.fromEntries(await Promise.all(Object.entries(answers).map(async ([name, value]) => [name, await printOf(value)])));
}

const isOpen = (item) => item.state === "waiting" || item.state === "sending";
const isWords = (item) => item.kind === "case.drafted" && (isOpen(item) || item.state === "refused");
const merged = (...lists) => [...new Set(lists.flat())];

// field -> value of an item, but for fields where she chose the other text while more had to be chosen
function wordsIn(draft, { data, state }) {
  const words = { ...data.answers, ...(data.scores ? { scores: data.scores } : {}) };
  if (state === "refused") draft.left.forEach((name) => delete words[name]);
  return words;
}

// mine: typed here; known: per field the prints that this phone had or sent; put: the print that went out last; last: the
// item it went with; saved: when the server last took something; `seen`: what the page shows.
export async function openDraft(key, seen = null) {
  const kept = (await part(`draft:${key}`)) ?? {};
  const draft = { key, seen, programme: "", mine: {}, known: {}, put: {}, last: null, left: [], saved: 0, confirmed: [], ...kept };
  return look(draft).then(() => draft);
}

// Reads again what the outbox and the server say of it.
export const look = (draft) => inTurn(draft, () => lookAgain(draft));

async function lookAgain(draft) {
  const [cases, { items }] = await Promise.all([part("cases"), waiting()]);
  draft.items = items.filter((item) => item.subject === draft.key && !item.closed);
  const last = draft.items.find((item) => item.key === draft.last);
  if (draft.last && !last) draft.put = {}; // taken back on the page about this phone: nothing is on its way
  if (!last || last.state === "applied") draft.last = null;
  draft.server = cases?.drafts.find((one) => one.key === draft.key) ?? (draft.seen && {});
  draft.there = draft.server ? { ...draft.server.answers, scores: draft.server.scores, ...draft.seen } : {};
  // who signed out and in again has the items, but no longer what lay beside them
  for (const item of draft.items.filter(isWords)) {
    for (const [name, value] of Object.entries(wordsIn(draft, item))) {
      if (!(name in draft.mine) || draft.fromItems?.has(name)) {
        draft.mine[name] = value;
        draft.known[name] = merged(draft.known[name] ?? [], item.data.was?.[name] ?? [], await printOf(value));
        (draft.fromItems ??= new Set()).add(name);
      }
    }
    draft.programme ||= item.data.programme ?? "";
  }
  draft.programme ||= draft.server?.programme ?? "";
  draft.prints = await printsOf(draft.there);
  draft.own = await printsOf(draft.mine);
  const taken = draft.items.map((item) => Date.parse(item.answer?.data?.saved) || 0);
  draft.fresh = Boolean(draft.server) && !draft.seen && Date.parse(draft.server.saved_at) >= Math.max(draft.saved, ...taken);
  for (const name of Object.keys({ ...draft.there, ...draft.mine })) {
    if (!isDirty(draft, name)) draft.known[name] = merged(draft.prints[name] ?? "", name in draft.mine ? draft.own[name] : []);
  }
}

// Typed here, and not taken by the server yet.
export function isDirty(draft, name) {
  if (!(name in draft.mine)) return false;
  return draft.own[name] !== draft.put[name] || draft.items.some((item) => isWords(item) && name in wordsIn(draft, item));
}

// Another phone wrote other words meanwhile.
export function isConflict(draft, name) {
  if (!draft.server || !isDirty(draft, name)) return false;
  const there = draft.prints[name] ?? "";
  return there !== draft.own[name] && !(draft.known[name] ?? [""]).includes(there);
}

export const conflicts = (draft) => Object.keys(draft.mine).filter((name) => isConflict(draft, name));

export function valueOf(draft, name) {
  const stays = name in draft.mine && (isDirty(draft, name) || !draft.fresh);
  return stays ? draft.mine[name] : draft.there[name];
}

// One change of a draft after the other.
function inTurn(draft, act) {
  draft.turn = (draft.turn ?? Promise.resolve()).catch(() => {}).then(() => (draft.gone ? null : act()));
  return draft.turn;
}

async function store(draft) {
  const { programme, mine, known, put: gone, last, left, saved, confirmed } = draft;
  await putPart(`draft:${draft.key}`, { programme, mine, known, put: gone, last, left, saved, confirmed });
}

// What was typed, onto the phone. `typed`: field -> value
export function keep(draft, typed) {
  return inTurn(draft, async () => {
    for (const [name, value] of Object.entries(typed)) {
      draft.known[name] ??= [draft.prints[name] ?? ""];
      draft.mine[name] = value;
      draft.own[name] = await printOf(value);
      draft.left = draft.left.filter((one) => one !== name);
      draft.fromItems?.delete(name);
    }
    await store(draft);
  });
}

// A change of what lies beside the answers.
export const alter = (draft, act) => inTurn(draft, () => store(draft, act()));

// The server has these words now, by another way than the outbox.
export function markTaken(draft, prints, savedAt) {
  return inTurn(draft, async () => {
    const same = Object.keys(draft.mine).filter((name) => draft.own[name] === prints[name]);
    for (const name of same) draft.put[name] = draft.own[name];
    draft.saved = Math.max(draft.saved, Date.parse(savedAt) || 0);
    if (same.length) await store(draft);
  });
}

// All that the server does not have goes out, but for what waits for her choice. Gives the item, or null.
export function queue(draft, label) {
  return inTurn(draft, async () => {
    const names = Object.keys(draft.mine).filter((name) => isDirty(draft, name) && !isConflict(draft, name));
    if (!names.some((name) => draft.own[name] !== draft.put[name])) return null;
    const data = { programme: draft.programme, answers: {}, was: {} };
    for (const name of names) {
      if (name === "scores") data.scores = whole(draft.mine.scores);
      else data.answers[name] = draft.mine[name];
      const [first, ...rest] = draft.known[name] ?? [""];
      data.was[name] = [first, ...rest.slice(-MOST_PRINTS)];
      draft.known[name] = merged(data.was[name], draft.own[name]);
    }
    await store(draft); // first what it will know, then the item, then that it went: a crash between loses nothing
    const spent = conflicts(draft).length ? [] : draft.items.filter((item) => isWords(item) && item.state === "refused");
    const item = await put({ kind: "case.drafted", subject: draft.key, data, label, page: `${PAGE}#${draft.key}` });
    for (const name of names) draft.put[name] = draft.own[name];
    draft.last = item.key;
    await Promise.all(spent.map((one) => withdraw(one.key)));
    await store(draft);
    await lookAgain(draft);
    return item;
  });
}

// Her choice between two texts of one field. What was refused stays until she chose everywhere.
export function choose(draft, name, mineStays) {
  return inTurn(draft, async () => {
    if (mineStays) {
      draft.known[name] = merged(draft.known[name] ?? [], draft.prints[name] ?? "");
      draft.put[name] = null;
    } else {
      delete draft.mine[name];
      draft.left.push(name);
    }
    await store(draft);
    if (!conflicts(draft).length) await clear(draft);
    await lookAgain(draft);
  });
}

// Takes the refused words out; what still counts of them goes in again with the next `queue`.
async function clear(draft) {
  const refused = draft.items.filter((item) => isWords(item) && item.state === "refused");
  for (const name of refused.flatMap((item) => Object.keys(wordsIn(draft, item)))) draft.put[name] = null;
  await store(draft);
  for (const item of refused) await withdraw(item.key);
  draft.left = [];
  await store(draft);
}

// The same words again, when what stood in the way is gone.
export function again(draft) {
  return inTurn(draft, async () => {
    await clear(draft);
    await lookAgain(draft);
  });
}

// After "other words stand there": fetches them. If there is nothing to choose after all, hers go in again: it gives true.
export async function heal(draft) {
  const torn = refusals(draft).findLast((item) => isWords(item) && item.answer?.code === "conflict");
  if (!torn || draft.healing === torn.key || draft.healed > 2 || conflicts(draft).length) return false;
  draft.healing = torn.key;
  draft.seen = null;
  const state = await refresh({ force: true });
  if (!state) draft.healing = null; // somebody else is asking: with their news we look again
  await look(draft);
  if (!state || conflicts(draft).length) return false;
  draft.healed = (draft.healed ?? 0) + 1;
  await again(draft);
  return true;
}

// Sends it off with what she sees now: field -> value
export async function submit(draft, seen, label) {
  await queue(draft, label);
  return inTurn(draft, async () => {
    for (const item of draft.items) if (item.kind === "case.submitted" && item.state === "refused") await withdraw(item.key);
    const data = { seen: await printsOf(seen), ...(draft.confirmed.length && { confirmed: draft.confirmed }) };
    const item = await put({ kind: "case.submitted", subject: draft.key, data, label, page: `${PAGE}#${draft.key}` });
    await lookAgain(draft);
    return item;
  });
}

export const sending = (draft) => draft.items.find((item) => item.kind === "case.submitted" && isOpen(item));
export const refusals = (draft) => draft.items.filter((item) => item.state === "refused");
// what was refused for another reason than two texts in one field
export const stopped = (draft) => refusals(draft).find((item) => !(isWords(item) && item.answer?.code === "conflict"));
export const waits = (draft) => Object.keys(draft.mine).some((name) => isDirty(draft, name)) || draft.items.some(isOpen);
export const forget = (draft) => dropPart(`draft:${draft.key}`);
export const isKeptHere = async () => (await partNames()).includes(`page:${PAGE}`);

// Every draft with something that lies only on this phone, the latest first.
export async function draftsHere() {
  const names = (await partNames()).filter((name) => name.startsWith("draft:")).map((name) => name.slice(6));
  const { items } = await waiting();
  const subjects = items.filter((item) => item.kind?.startsWith("case.") && item.state !== "applied").map((item) => item.subject);
  const drafts = await Promise.all(merged(names, subjects).filter((key) => !isErased(key, items)).map((key) => openDraft(key)));
  return drafts.filter((draft) => waits(draft) || refusals(draft).length);
}
