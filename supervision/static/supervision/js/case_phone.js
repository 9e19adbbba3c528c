// The guided form as one page that works without network. The address names draft and step: #<key>/<step>.
import { answerTo, canKeep, flush, onTold, refresh, waiting, withdraw } from "../../lms/phone.js";
import { again, alter, choose, conflicts, forget, heal, keep, look, openDraft, queue, refusals, sending, stopped, submit, valueOf, waits } from "./draft.js";
import { isErased, stopWhenErased } from "../../lms/js/erase.js";
import { guardFields } from "./guard_case.js";
import { answerOf, answersIn, drawConflicts, drawMissing, fill, isOneSentence, read, tellsHarm, word } from "./case_fields.js";

const form = document.querySelector("[data-case-phone]");
const steps = [...form.querySelectorAll("[data-step]")];
const names = answersIn(form);
const KEEP = 300; // ms of quiet before it lies on the phone
const SEND = 2500; // ms of quiet before it goes into the outbox
const PATIENCE = 8000;
const typed = new Map(); // answer -> value, not on the phone yet
let draft = null;
let keeping = 0;
let going = 0;
let failed = false; // this phone could not take what was typed
const guarded = guardFields(form, {
  write: (name, text) => { typed.set(name, text); sendNow(); },
  confirm: (field, { text: words }, reason) => alter(draft, () => { draft.confirmed = [...draft.confirmed, { field, words, reason }].slice(-60); }).then(drawUndone),
  confirmed: () => draft?.confirmed ?? [],
});

const all = (asked) => document.querySelectorAll(asked);
const inAddress = () => location.hash.slice(1).split("/");
const stepNow = () => steps.find((section) => section.dataset.step === inAddress()[1]) ?? steps[0];
const label = () => String(read(form, "question")).slice(0, 80) || word("label").textContent;
const addressOf = (section) => `#${draft.key}/${section.dataset.step}`;

// --- drawing ---
function showStep({ focus = true } = {}) {
  const section = stepNow();
  const number = steps.indexOf(section) + 1;
  const place = word("step").textContent.replace("{number}", number).replace("{count}", steps.length);
  steps.forEach((one) => (one.hidden = one !== section));
  all("[data-place]").forEach((one) => (one.textContent = place));
  const stitches = document.querySelector("[data-stitches]");
  stitches.setAttribute("aria-label", place);
  [...stitches.children].forEach((stitch, at) => (stitch.className = at + 1 < number ? "done" : at + 1 === number ? "now" : "todo"));
  document.querySelector("[data-go=back]").hidden = number === 1;
  document.querySelector("[data-go=next]").hidden = section === steps.at(-1);
  document.querySelector("[data-go=send]").hidden = section !== steps.at(-1);
  if (section === steps.at(-1)) drawUndone();
  if (focus) section.querySelector("h1").focus();
  scrollTo(0, 0);
}

const missingIn = (section) => section.dataset.needed.split(" ").filter((name) => name && !read(form, name));

function drawUndone() {
  const held = guarded.open();
  const undone = steps.slice(0, -1).filter((section) => missingIn(section).length || held.some((name) => section.querySelector(`[name=${name}]`)));
  const box = document.querySelector("[data-undone]");
  box.hidden = undone.length === 0;
  box.querySelector("ul").replaceChildren(
    ...undone.map((section) => {
      const link = Object.assign(document.createElement("a"), { className: "btn btn-quiet", href: addressOf(section) });
      link.textContent = section.querySelector("h1").textContent;
      const line = document.createElement("li");
      line.append(link);
      return line;
    }),
  );
}

function say(state) {
  const line = document.querySelector("[data-case-line]");
  if (line.dataset.state === state) return;
  line.dataset.state = state;
  line.replaceChildren(...word(state).childNodes);
}

function draw() {
  for (const name of names) {
    const value = valueOf(draft, name);
    if (!typed.has(name) && JSON.stringify(read(form, name)) !== JSON.stringify(value)) fill(form, name, value);
  }
  const others = Object.fromEntries(conflicts(draft).map((name) => [name, draft.there[name]]));
  drawConflicts(form, others, chosen);
  const torn = steps.filter((section) => section.querySelector("[data-conflict]"));
  const box = document.querySelector("[data-torn]");
  box.hidden = !torn.length || torn.includes(stepNow());
  if (torn.length) box.querySelector("a").href = addressOf(torn[0]);
  const why = stopped(draft);
  document.querySelector("[data-refused]").hidden = !why;
  document.querySelector("[data-refused-why]").textContent = why?.answer.detail ?? "";
  const page = document.querySelector("[data-words-page]");
  [page.hidden, page.href] = [!why?.answer.data?.words, why?.answer.data?.words ?? "#"];
  document.querySelector("[data-returned]").hidden = draft.server?.state !== "returned";
  document.querySelector("[data-returned-why]").textContent = draft.server?.returned ?? "";
  drawSent();
  guarded.draw();
  say(failed ? "full" : typed.size ? "typing" : torn.length ? "torn" : waits(draft) ? "kept" : Object.keys(draft.mine).length || draft.server ? "saved" : "nothing");
}

// On its way, or there: then there is nothing to write.
function drawSent() {
  const leaving = sending(draft);
  const gone = draft.items.findLast((item) => item.kind === "case.submitted" && item.state === "applied");
  const there = gone && draft.server?.state !== "returned";
  const over = Boolean(leaving || there);
  document.querySelector("[data-leaving]").hidden = !leaving;
  document.querySelector("[data-change]").hidden = leaving?.state !== "waiting";
  document.querySelector("[data-gone]").hidden = leaving || !there;
  all("[data-writing]").forEach((one) => (one.hidden = over));
  if (!there || leaving) return;
  document.querySelector("[data-gone] a").href = gone.answer.data.url;
  if (!waits(draft)) forget(draft);
}

// --- keeping ---
async function keepNow() {
  clearTimeout(keeping);
  if (!typed.size) return;
  const now = Object.fromEntries(typed);
  try {
    await keep(draft, now);
    for (const [name, value] of Object.entries(now)) if (typed.get(name) === value) typed.delete(name);
    failed = false;
  } catch (problem) {
    failed = true;
    console.info("case:", problem.message);
  }
  draw();
}

async function sendNow(how = {}) {
  clearTimeout(going);
  await keepNow();
  if (failed) return;
  await queue(draft, label());
  flush(how);
}

function onInput({ target }) {
  const name = answerOf(target);
  if (!name) return;
  typed.set(name, read(form, name));
  if (tellsHarm(target)) {
    fill(form, "risk_asked", "thoughts");
    typed.set("risk_asked", "thoughts");
  }
  say("typing");
  clearTimeout(keeping);
  clearTimeout(going);
  keeping = setTimeout(keepNow, KEEP);
  going = setTimeout(sendNow, SEND);
}

async function chosen(name, mineStays) {
  await keepNow();
  await choose(draft, name, mineStays);
  if (!mineStays) fill(form, name, valueOf(draft, name));
  await sendNow({ force: true });
  draw();
}

// --- going on ---
function isReady(section) {
  const missing = missingIn(section);
  const unticked = section === steps.at(-1) ? ["no_identifiers", "stays_responsible"].filter((name) => !read(form, name)) : [];
  const odd = [];
  if (section.dataset.step === "question" && !isOneSentence(read(form, "question"))) odd.push("one-sentence");
  if (section === steps.at(-1) && read(form, "consent_basis") === "not_yet") odd.push("ask-first");
  if (section.dataset.step === "screening" && read(form, "scores").some((line) => !line.tool || !line.score)) odd.push("scores");
  return !drawMissing(section, [...missing, ...unticked, ...odd]);
}

async function go(where) {
  const section = stepNow();
  if (where === "save") {
    await sendNow();
    return failed || location.assign(form.dataset.list);
  }
  if (where !== "back" && !isReady(section)) return sendNow();
  if (where === "send") return sendOff();
  const next = steps[steps.indexOf(section) + (where === "back" ? -1 : 1)];
  sendNow();
  location.hash = addressOf(next);
}

async function sendOff() {
  await keepNow();
  const undone = steps.slice(0, -1).some((section) => missingIn(section).length);
  if (undone || guarded.open().length || conflicts(draft).length) return draw(drawUndone());
  const item = await submit(draft, Object.fromEntries(names.map((name) => [name, read(form, name)])), label());
  draw();
  flush({ force: true });
  const answer = await answerTo(item.key, PATIENCE);
  if (answer && answer.status !== "refused" && answer.data.url) {
    await forget(draft);
    return location.assign(answer.data.url);
  }
  await hear({ items: true });
}

async function hear(news) {
  if (news.key && typed.size) await keepNow(); // unlocked again
  if (!news.items && !news.parts) return;
  await look(draft);
  draw();
  if (await heal(draft)) await sendNow({ force: true });
  draw();
}

async function onceMore() {
  if (refusals(draft).some((item) => item.kind === "case.submitted")) return sendOff();
  await again(draft);
  return sendNow({ force: true });
}

async function start() {
  document.querySelector("[data-plain]").hidden = true;
  all("[data-writing]").forEach((one) => (one.hidden = false));
  const [named] = inAddress();
  const isNew = !/^[0-9a-f-]{36}$/.test(named) || isErased(named, (await waiting()).items); // what was deleted begins anew
  if (isNew) history.replaceState(null, "", `#${crypto.randomUUID()}`);
  draft = await openDraft(inAddress()[0]);
  stopWhenErased(draft, form.dataset.list);
  draft.programme ||= form.elements.programme.value;
  showStep({ focus: false });
  draw();
  form.addEventListener("input", onInput);
  form.addEventListener("change", ({ target }) => target.name === "programme" && (draft.programme = target.value));
  form.addEventListener("submit", (event) => event.preventDefault(go("next")));
  all("[data-go]").forEach((button) => button.addEventListener("click", () => go(button.dataset.go)));
  document.querySelector("[data-change]").addEventListener("click", async () => (await withdraw(sending(draft)?.key)) && hear({ items: true }));
  document.querySelector("[data-again]").addEventListener("click", onceMore);
  addEventListener("hashchange", () => (inAddress()[0] === draft.key ? (showStep(), draw()) : location.reload()));
  addEventListener("pagehide", () => sendNow());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && sendNow());
  onTold(hear);
  refresh({ force: true }); // what was written elsewhere
}

if (canKeep) start();
