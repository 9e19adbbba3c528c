// One step of the guided form, with network: what is typed lies on this phone at once and goes through the outbox. Without
// network "Next" leads to the page that works without it. A browser that keeps nothing saves to the server as it types.
import { canKeep, flush, onTold } from "../../lms/phone.js";
import { PAGE, choose, conflicts, heal, isDirty, isKeptHere, keep, look, markTaken, openDraft, queue, sending, stopped, valueOf, waits } from "./draft.js";
import { stopWhenErased } from "../../lms/js/erase.js";
import { guardFields } from "./guard_case.js";
import { answerOf, answersIn, drawConflicts, fill, read, tellsHarm, word } from "./case_fields.js";

const form = document.querySelector("[data-case-form]");
const line = document.querySelector("[data-case-sync]");
const PAUSE = 1500; // ms of quiet before it is sent
const KEEP = 300; // ms of quiet before it lies on the phone
const AGAIN = 10000; // ms until the next try without network
const FRESH = 8000; // ms during which the server that answered counts as there
const { before, after } = form.dataset;

function say(state, text) {
  const drawn = word(state);
  if (text) drawn.lastElementChild.textContent = text;
  line.replaceChildren(...drawn.childNodes);
  line.className = "sync" + ({ off: " sync-off", refused: " sync-off", full: " sync-off", kept: " sync-wait", torn: " sync-wait" }[state] ?? "");
  line.dataset.state = state;
}

// --- a browser that keeps nothing ---
function saveThere() {
  let timer = 0;
  let typed = 0; // how often something was typed
  let kept = 0; // up to which of these the server has it
  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };
  async function save() {
    if (kept === typed) return;
    const upTo = typed;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), redirect: "error", headers: { Accept: "application/json" } });
      if (answer.status >= 500) throw new Error("server");
      if (!answer.headers.get("content-type")?.includes("json")) return say("typing");
      const said = await answer.json();
      if (!answer.ok) return say("refused", said.detail);
      kept = Math.max(kept, upTo);
      history.replaceState(null, "", said.address);
      if (kept === typed) say("saved", said.saved);
      else later(PAUSE);
    } catch {
      say("off");
      later(AGAIN);
    }
  }
  form.addEventListener("input", () => {
    typed += 1;
    say(navigator.onLine ? "typing" : "off");
    later(PAUSE);
  });
  addEventListener("online", () => later(0));
  addEventListener("pagehide", () => {
    if (kept !== typed) navigator.sendBeacon(form.dataset.autosave, new FormData(form));
  });
  form.addEventListener("submit", () => { kept = typed; });
}

// --- a phone that keeps ---
async function keepHere() {
  const names = answersIn(form);
  const blank = form.cloneNode(true);
  blank.reset(); // as the server drew it: she may have written already, before this script came
  const shown = Object.fromEntries(names.map((name) => [name, read(blank, name)]));
  const differs = (name) => JSON.stringify(read(form, name)) !== JSON.stringify(shown[name]);
  const typed = new Map(); // answer -> value, not on the phone yet
  const draft = await openDraft(form.elements.key.value, form.dataset.saved ? shown : null);
  const label = () => String(valueOf(draft, "question") || "").slice(0, 80) || word("label").textContent;
  let keeping = 0;
  let going = 0;
  let heard = Date.now(); // when the server last answered
  let sure = false;
  draft.programme ||= form.elements.programme.value;
  await markTaken(draft, JSON.parse(form.dataset.prints || "{}"), form.dataset.saved);
  const early = names.filter(differs); // and while the store was opened
  const harmIn = (one) => [...one.elements].some((control) => tellsHarm(control) && control.checked);
  const earlyHarm = harmIn(form) && !harmIn(blank);
  if (names.some((name) => isDirty(draft, name))) for (const name of names) if (!early.includes(name)) fill(form, name, valueOf(draft, name));

  function draw() {
    const torn = conflicts(draft).filter((name) => names.includes(name));
    drawConflicts(form, Object.fromEntries(torn.map((name) => [name, draft.there[name]])), chosen);
    const why = stopped(draft);
    if (why) say("refused", why.answer.detail);
    else if (typed.size) say("typing");
    else if (torn.length) say("torn");
    else if (waits(draft)) say("kept");
    else if (draft.server || Object.keys(draft.mine).length) say("saved");
  }

  async function keepNow() {
    clearTimeout(keeping);
    const now = Object.fromEntries(typed);
    if (typed.size) await keep(draft, now);
    for (const [name, value] of Object.entries(now)) if (typed.get(name) === value) typed.delete(name);
    draw();
  }

  async function sendNow(how = {}) {
    clearTimeout(going);
    await keepNow();
    await queue(draft, label());
    draw();
    flush(how);
  }

  const quietly = (act) => act().catch((problem) => say("full", console.info("case:", problem.message)));

  async function chosen(name, mineStays) {
    await keepNow();
    await choose(draft, name, mineStays);
    fill(form, name, valueOf(draft, name));
    await sendNow({ force: true });
  }

  async function reachable() {
    if (Date.now() - heard < FRESH && navigator.onLine) return true;
    const ask = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(4000) };
    return fetch("/health/live", ask).then((answer) => answer.ok, () => false);
  }

  async function hear(news) {
    if (news.line?.state === "sent") heard = Date.now();
    if (news.line?.state === "off") heard = 0;
    if (!news.items && !news.parts) return;
    await look(draft);
    const taken = draft.items.findLast((item) => item.state === "applied");
    if (taken && form.dataset.here) history.replaceState(null, "", form.dataset.here.replace(/0{8}-[0-]+/, taken.answer.data.case));
    draw();
    if (await heal(draft)) await sendNow({ force: true });
    draw();
  }

  function heed(name, value = read(form, name)) {
    typed.set(name, value);
    say("typing");
    clearTimeout(keeping);
    clearTimeout(going);
    keeping = setTimeout(() => quietly(keepNow), KEEP);
    going = setTimeout(() => quietly(sendNow), PAUSE);
  }

  // What the link to a new case brought along goes with the first word that is typed.
  const brought = [...form.querySelectorAll("[data-brought]")].map((one) => one.name);
  const heedBrought = () => brought.splice(0).forEach((name) => heed(name));

  form.addEventListener("input", ({ target }) => {
    const name = answerOf(target);
    if (!name) return;
    heedBrought();
    heed(name);
    if (tellsHarm(target)) heed("risk_asked", "thoughts");
  });
  form.addEventListener("submit", async (event) => {
    if (sure) return;
    event.preventDefault();
    const { submitter: button } = event;
    await quietly(sendNow);
    const stays = !typed.size && (await isKeptHere()); // it lies on the phone, and so does the page to go on with
    if (stays && !(await reachable())) {
      const step = { back: before, save: "", send: form.elements.step.value }[button?.value] ?? after;
      return location.assign(step ? `${PAGE}#${draft.key}/${step}` : form.dataset.list);
    }
    sure = true;
    form.requestSubmit(button);
    sure = false;
  });
  addEventListener("pagehide", () => quietly(sendNow));
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && quietly(sendNow));
  onTold(hear);
  stopWhenErased(draft, form.dataset.list);
  if (sending(draft)) location.replace(`${PAGE}#${draft.key}`); // it is on its way already
  draw();
  if (early.length) heedBrought();
  early.forEach((name) => heed(name));
  if (earlyHarm) heed("risk_asked", "thoughts");
}

// Other words than those that were found are typed like any others. What stays is said on a page of its own, before it is sent.
guardFields(form, { write: (name) => form.elements[name].dispatchEvent(new Event("input", { bubbles: true })) });
if (canKeep && document.documentElement.dataset.app) keepHere();
else if (form.elements.step.value !== "screening") saveThere();
