// A saved page carries nobody's name or progress: this lays hers over it, from what the server said and what waits here.
import { canKeep, flush, onTold, put, refresh } from "../../lms/phone.js";
import { pendingOf, wayThrough } from "./way.js";

const main = document.querySelector("main[data-saved]");
const words = document.querySelector("#lay-words");
const { saved: kind, key: here, course: courseKey } = main.dataset;

function word(name, facts = {}) {
  const made = words.content.querySelector(`[data-word="${name}"]`).cloneNode(true);
  for (const [fact, value] of Object.entries(facts)) made.querySelector(`[data-${fact}]`).textContent = value;
  return made;
}

const link = (name, href, title) => Object.assign(word(name, title ? { title } : {}), { href });

async function standing() {
  const found = await wayThrough(courseKey);
  if (!found.path) return found;
  const module = found.path.modules.find((one) => one.key === here || one.steps.some((step) => step.key === here));
  return { ...found, module, step: found.steps.find((one) => one.key === here) };
}

// Where to go on: a part of a module that is not on this phone is reached by the course's page.
function wayOn({ path, now, onPhone }) {
  const module = now && path.modules.find((one) => one.steps.includes(now));
  return now && onPhone.has(module.key) ? link("go-on", now.url, now.title) : link("next", path.url);
}

// --- pieces ---
function setKnot(row, state, number) {
  const icon = words.content.querySelector(`[data-word="knot-${state}"]`);
  row.querySelector(".knot").replaceChildren(...(icon ? icon.cloneNode(true).childNodes : [number]));
  row.className = `is-${state}`;
}

function setLink(row, isShut) {
  const title = row.querySelector("h2 a");
  title.dataset.to ??= title.getAttribute("href");
  if (isShut) title.removeAttribute("href");
  else title.href = title.dataset.to;
}

function setRow(row, chip, isNow, ...more) {
  const box = row.querySelector(".knot + div");
  box.className = isNow ? "card" : "stack-s";
  box.querySelector("[data-chip]").replaceChildren(chip);
  box.querySelectorAll(":scope > [data-word]").forEach((old) => old.remove());
  box.querySelector("[data-chip]").after(...more);
}

const LAY = {
  course({ path }) {
    const done = path.modules.filter((module) => module.state === "done").length;
    const said = word("modules-done", { done, total: path.modules.length });
    document.querySelector("[data-modules-done]")?.replaceChildren(said);
    document.querySelector(".stitches")?.setAttribute("aria-label", said.textContent);
    for (const module of path.modules) {
      const stitch = document.querySelector(`[data-module-stitch="${module.key}"]`);
      if (stitch) stitch.className = ["done", "now"].includes(module.state) ? module.state : "todo";
      const row = document.querySelector(`[data-module="${module.key}"]`);
      if (!row) continue;
      const isNow = ["now", "waiting", "answered"].includes(module.state);
      const lessons = module.steps.filter((step) => step.kind === "lesson");
      const next = module.steps.find((step) => step.state === "now");
      const chips = { done: "done", waiting: "waiting", answered: "answered", now: "now-module", locked: module.number > 1 ? "locked-module" : "locked-first" };
      const chip = word(chips[module.state], chips[module.state] === "locked-module" ? { n: module.number - 1 } : {});
      const count = word("lessons-done", { done: lessons.filter((step) => step.state === "done").length, total: lessons.length });
      setKnot(row, module.state, module.number);
      setLink(row, module.state === "locked");
      setRow(row, chip, isNow, ...(isNow ? [count] : []), ...(next ? [link("continue", next.url, next.title)] : []));
    }
  },

  module({ module }) {
    const first = document.querySelector("[data-provisional]");
    first.hidden = !module.provisional;
    if (module.provisional) first.replaceChildren(word("provisional"));
    module.steps.forEach((step, place) => {
      const row = document.querySelector(`[data-step="${step.key}"]`);
      if (!row) return;
      const chips = { done: "done", waiting: "waiting", answered: "answered", locked: "locked-step" };
      setKnot(row, step.state, place + 1);
      setLink(row, step.state === "locked");
      setRow(row, word(chips[step.state] ?? step.kind), step.state === "now", ...(step.state === "now" ? [link(`do-${step.kind}`, step.url)] : []));
    });
  },

  lesson({ module, step, now, path }) {
    for (const one of module.steps.filter(({ key }) => key !== here)) {
      const stitch = document.querySelector(`[data-stitch="${one.key}"]`);
      if (stitch) stitch.className = one.state === "done" ? "done" : "todo";
    }
    const isShut = step.state === "locked";
    main.querySelectorAll(":scope > [data-word]").forEach((old) => old.remove());
    main.querySelectorAll("div.prose, .small").forEach((one) => (one.hidden = isShut));
    document.querySelector(".foot-bar form").hidden = isShut;
    if (isShut) main.append(shut(now, path));
    if (step.state === "done") main.append(word("lesson-done"));
  },

  quiz(now) {
    const place = document.querySelector("[data-quiz]");
    const entry = now.entries[here];
    const face = faceOf(now, entry);
    const mark = `${face} ${entry?.attempt} ${entry?.answered}`;
    if (place.dataset.face === mark) return; // what is being typed stays
    place.dataset.face = mark;
    document.querySelector("[data-head]").hidden = face === "result";
    const { shown, foot } = FACES[face](now, entry);
    if (face === "pending") scrollTo(0, 0); // the button stood below all questions
    place.replaceChildren(...shown);
    document.querySelector("[data-foot]").replaceChildren(...foot);
    const language = document.querySelector("[data-head] h1").lang;
    if (language) place.querySelectorAll("[dir=auto]").forEach((one) => (one.lang = language));
    place.querySelector("form")?.dispatchEvent(new CustomEvent("quiz:laid", { bubbles: true }));
  },
};

function shut(now, path) {
  const box = word("shut");
  box.querySelector("a").href = now?.url ?? path.url;
  return box;
}

// --- the quiz ---
let again = null; // the attempt that she asked for after a result

function faceOf({ step, items }, entry) {
  if (step.state === "locked") return "locked";
  if (pendingOf(here, entry, items)) return "pending";
  if (entry?.result && again !== entry.attempt) return "result";
  return entry?.html ? "asking" : "none";
}

const partOf = (html) => [...document.importNode(new DOMParser().parseFromString(html, "text/html").body, true).childNodes];

const FACES = {
  locked: ({ now, path }) => ({ shown: [shut(now, path)], foot: [link("next", path.url)] }),
  pending: (now) => ({ shown: [word("pending")], foot: [wayOn(now)] }),
  result: (now, entry) => ({
    shown: partOf(entry.result),
    foot: entry.html ? [link("lessons", now.module.url), word("again")] : [now.now ? wayOn(now) : word("home")],
  }),
  asking({ items }, entry) {
    const refused = items.find((item) => item.state === "refused" && item.subject === here && item.data?.attempt === entry.attempt);
    const told = refused ? [word("refused", { said: refused.answer.detail })] : [];
    if (refused?.answer.code === "attempt_answered") refresh({ force: true }); // on another phone: the result is there
    return { shown: [...told, ...partOf(entry.html)], foot: [word("send")] };
  },
  none: () => ({ shown: [word("no-questions")], foot: [word("get")] }),
};

const ACTS = {
  async again() {
    again = (await standing()).entries[here].attempt;
    await lay();
  },
  async get() {
    const { module } = await standing();
    await put({ kind: "module.saved", subject: module.key, label: module.title, page: location.pathname });
    await flush({ force: true });
    await refresh({ force: true });
  },
};

// --- the lesson: done here is done, she never waits for the network ---
async function finish(event) {
  const form = event.target;
  if (form.dataset.outbox !== "lesson.completed" || "plain" in form.dataset) return;
  event.preventDefault();
  if ("going" in form.dataset) return;
  form.dataset.going = "";
  const { outbox, subject, label, then } = form.dataset;
  try {
    await put({ kind: outbox, subject, label, page: location.pathname });
    const { path, module, onPhone } = await standing();
    const isLast = module?.steps.at(-1).key === here;
    location.assign(isLast && !onPhone.has(path.modules[module.number]?.key) ? path.url : then);
  } catch {
    delete form.dataset.going;
    form.dataset.plain = ""; // the phone could not keep it: the plain way needs network
    form.requestSubmit();
  }
}

// Somebody who does not learn here, on a phone where others do.
function neutral() {
  const form = document.querySelector(".foot-bar form[data-outbox]");
  form?.replaceWith(link("next", form.dataset.then));
  main.querySelector("[data-word=not-enrolled]") ?? main.prepend(word("not-enrolled"));
}

async function lay() {
  const now = await standing();
  if (now.path && (now.module || kind === "course")) LAY[kind](now);
  else if (now.known && kind !== "quiz") neutral();
  document.querySelectorAll("[data-lay]").forEach((one) => one.removeAttribute("data-lay"));
}

let turn = Promise.resolve();
const soon = () => (turn = turn.then(lay).catch((problem) => console.info("saved page:", problem.message)));

if (canKeep && words) {
  document.addEventListener("submit", finish, true);
  document.addEventListener("click", ({ target }) => ACTS[target.closest?.("[data-do]:not([data-save] *)")?.dataset.do]?.());
  onTold((news) => (news.items || news.parts) && soon());
  soon();
}
