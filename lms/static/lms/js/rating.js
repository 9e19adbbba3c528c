// The rating page: works the level out while lines are marked. Marks lie on this phone at once and go through the outbox; a
// browser that keeps nothing saves each to the server. The server works the level out again.
import { canKeep, flush, onTold, part, put, putPart, waiting } from "../phone.js";

const form = document.querySelector("[data-rating]");
const words = document.getElementById("level-words").content;
const sync = document.querySelector("[data-sync] span");
const { rating: assessment, item, label } = form.dataset;
const root = document.documentElement;
const PATIENCE = 4000; // ms that the look at all skills waits for the last marks to arrive

function lines() {
  return [...form.querySelectorAll(".beh")].map((row) => ({
    row,
    number: row.dataset.number,
    kind: row.dataset.kind,
    mark: row.querySelector("input:checked")?.value ?? null,
  }));
}

// The same rule as lms/competency/rules.py level_of.
function levelOf(all) {
  const found = (kind, mark) => all.filter((line) => line.kind === kind && line.mark === mark).map((line) => line.number);
  const blanks = all.filter((line) => line.mark === null).length;
  if (blanks) return { number: null, blanks };
  const harms = found("harmful", "observed");
  if (harms.length) return { number: 1, name: "harm", because: harms };
  const missed = found("basic", "not_observed");
  if (missed.length) return { number: 2, name: "missed", because: missed };
  const unasked = found("basic", "not_elicited");
  if (unasked.length) return { number: 2, name: "unasked", because: unasked };
  const advanced = found("advanced", "observed");
  return advanced.length ? { number: 4, name: "advanced", because: advanced } : { number: 3, name: "basic", because: [] };
}

function sentenceOf(level) {
  const asked = level.blanks ? `[data-blanks="${level.blanks}"]` : `[data-case="${level.name}"]`;
  return words.querySelector(asked).textContent.replace("{lines}", (level.because ?? []).join(", "));
}

function show() {
  const all = lines();
  const level = levelOf(all);
  all.forEach((line) => line.row.classList.toggle("todo", line.mark === null));
  document.querySelector("[data-level-n]").textContent = level.number ?? "?";
  document.querySelector("[data-level-why]").textContent = sentenceOf(level);
  document.querySelectorAll("[data-level] .stitches i").forEach((stitch, place) => {
    stitch.className = level.number !== null && place < level.number ? "done" : "todo";
  });
}

function tell(state, said) {
  if ("laid" in root.dataset) return; // over a kept page the shell's own line says it
  sync.textContent = said || words.querySelector(`[data-save="${state}"]`).textContent;
  sync.parentElement.classList.toggle("sync-wait", state !== "saved");
}

// --- a phone that keeps ---
const mine = (items) => items.filter((one) => one.kind === "rating.marked" && one.subject === assessment);
const isOpen = (one) => one.state === "waiting" || one.state === "sending";

function mark(marks) {
  for (const [line, value] of Object.entries(marks)) {
    const radio = [...form.querySelectorAll(`input[value="${value}"]`)].find((one) => one.name === `b-${line}`);
    if (radio) radio.checked = true;
  }
  show();
}

// Over a page that was kept go the marks that were made since; over a fresh one only those that are not sent yet.
async function overlay() {
  const { items } = await waiting();
  const kept = (await part(`rating:${assessment}`)) ?? {};
  const since = Number(root.dataset.laid ?? Infinity);
  mark(Object.fromEntries(Object.entries(kept).filter(([, one]) => one.at >= since).map(([line, one]) => [line, one.mark])));
  for (const one of mine(items).filter((item) => item.state !== "applied" && item.data)) mark(one.data.marks);
  drawState(mine(items));
}

function drawState(items) {
  const refused = items.findLast((one) => one.state === "refused");
  if (refused) return tell("waiting", refused.answer?.detail);
  return tell(items.some(isOpen) ? "kept" : "saved");
}

// Only what was marked now, with what waits already: the newest item says all that is not sent.
function keepMark(line, value) {
  return navigator.locks.request("tandem-rating", async () => {
    const kept = (await part(`rating:${assessment}`)) ?? {};
    await putPart(`rating:${assessment}`, { ...kept, [line]: { mark: value, at: Date.now() } });
    const open = mine((await waiting()).items).filter(isOpen);
    const marks = Object.assign({}, ...open.map((one) => one.data.marks), { [line]: value });
    const page = location.pathname + location.search;
    await put({ kind: "rating.marked", subject: assessment, data: { item: Number(item), marks }, label, page });
  });
}

function keepHere() {
  let turn = overlay(); // one after the other, so that the newest mark is the last
  let stuck = false; // this phone takes nothing more: then the plain way
  const whenKept = (act) => (turn = turn.then(act).catch((problem) => { stuck = true; console.info("rating:", problem.message); tell("waiting"); }));
  form.addEventListener("change", ({ target }) => {
    show();
    if (stuck) return;
    tell("waiting");
    whenKept(async () => {
      await keepMark(target.name.replace("b-", ""), target.value);
      drawState(mine((await waiting()).items));
      flush();
    });
  });
  form.addEventListener("submit", async (event) => {
    if (stuck) return;
    event.preventDefault();
    const go = event.submitter?.value ?? "";
    await turn;
    if (stuck) return form.requestSubmit(event.submitter);
    if (/^\d+$/.test(go)) return location.assign(`${location.pathname}?item=${go}`);
    await flush({ patience: PATIENCE, force: true });
    location.assign(form.dataset.check);
  });
  onTold(async (news) => news.items && drawState(mine((await waiting()).items)));
}

// --- a browser that keeps nothing ---
function saveThere() {
  let unsaved = false; // something is not saved yet
  let sending = false;
  let changed = false; // something changed while a saving was on its way: never two at once, or an older one could win
  let timer = 0;

  // Saving again what is saved changes nothing, so a lost answer is simply sent again.
  async function save() {
    changed = sending;
    if (sending) return;
    clearTimeout(timer);
    sending = true;
    const stored = await send();
    sending = false;
    unsaved = !stored || changed;
    tell(unsaved ? "waiting" : "saved");
    if (stored && changed) save();
    if (!stored) timer = setTimeout(save, 5000);
  }

  async function send() {
    const body = new FormData(form);
    body.set("go", "stay");
    try {
      return (await fetch(form.action, { method: "POST", body, redirect: "manual" })).status === 204;
    } catch {
      return false;
    }
  }

  form.addEventListener("change", () => {
    show();
    unsaved = true;
    save();
  });
  addEventListener("online", () => unsaved && save());
  addEventListener("beforeunload", (event) => {
    if (unsaved && !form.dataset.sending) event.preventDefault();
  });
  form.addEventListener("submit", () => {
    form.dataset.sending = "1";
  });
}

if (canKeep && root.dataset.app) keepHere();
else saveThere();
show();
