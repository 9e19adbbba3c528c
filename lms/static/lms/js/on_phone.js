// The page about this phone: what waits, what was sent, which modules are saved, and the space.
import { canKeep, flush, isLongLate, keyFor, mark, mayTakeBack, me, mend, onTold, part, put, readersOf, setMeta, waiting, withdraw } from "../phone.js";
import { eraseCase, mayErase } from "./erase.js";

const MODULE = "tandem-module-";
const words = document.querySelector("#on-phone-words").content;
const html = document.documentElement;
const sure = new Set(); // keys of items whose owner was asked whether she is sure
let place = null; // {learns, rates, urgent}: what the person does; the red button stands for everybody
let install = null; // what the browser offers, if it does

const word = (name) => words.querySelector(`[data-word="${name}"]`).cloneNode(true);
const shows = (where, name, is) => where.querySelectorAll(`[data-if="${name}"]`).forEach((one) => (one.hidden = !is));
const fill = (where, name, text) => where.querySelectorAll(`[data-fill="${name}"]`).forEach((one) => (one.textContent = text));

const inMegabytes = (bytes) => new Intl.NumberFormat(html.lang, { maximumFractionDigits: 1 }).format(bytes / 1e6);

function timeOf(moment) {
  const at = new Date(moment);
  return isNaN(at) ? "" : new Intl.DateTimeFormat(html.lang, { dateStyle: "medium", timeStyle: "short" }).format(at);
}

function labelOf({ label, kind, closed }) {
  const named = words.querySelector(`[data-kind="${closed ? "closed" : CSS.escape(kind ?? "")}"]`);
  return label || (named ?? words.querySelector('[data-kind=""]')).textContent;
}

const isOurs = (address) => /^\/(?!\/)/.test(address ?? "");

// --- what waits, and what was sent ---
function drawnItem(item, isWords) {
  const shown = word("item");
  shown.dataset.key = item.key;
  fill(shown, "label", labelOf(item));
  fill(shown, "when", timeOf(item.at));
  fill(shown, "why", item.answer?.detail ?? "");
  const [now, isSure, isLate] = [Date.now(), sure.has(item.key), item.state === "sending" && item.late?.tries === item.tries];
  for (const state of ["waiting", "refused"]) shows(shown, state, item.state === state);
  shows(shown, "sending", item.state === "sending" && !isLate);
  shows(shown, "late", isLate);
  shows(shown, "long-late", isLongLate(item, now));
  shows(shown, "why", item.state === "refused" || isLate);
  shows(shown, "page", isOurs(item.page));
  if (isOurs(item.page)) shown.querySelector("[data-link=page]").href = item.page;
  shows(shown, "may-withdraw", mayTakeBack(item, now) && !item.closed && !isWords && !isSure);
  shows(shown, "may-erase", isWords && !isSure);
  shows(shown, "sure", isSure && !isWords);
  shows(shown, "sure-words", isSure && isWords);
  shown.dataset.subject = item.subject ?? "";
  return shown;
}

function drawnSent(item) {
  const shown = word("sent-item");
  fill(shown, "label", labelOf(item));
  fill(shown, "when", timeOf(item.done));
  return shown;
}

// The one that had the focus keeps it, though the list is drawn anew.
function relist(name, drawn) {
  const list = document.querySelector(`[data-list="${name}"]`);
  const at = document.activeElement?.closest?.("[data-key]")?.dataset.key;
  const press = document.activeElement?.dataset?.press;
  list.replaceChildren(...drawn);
  if (at && press) list.querySelector(`[data-key="${at}"] [data-press="${press}"]`)?.focus();
}

async function drawItems() {
  const person = await me();
  shows(document, "nobody", !person);
  shows(document, "somebody", person);
  const { waiting: waits, items } = await waiting();
  const sent = items.filter((item) => item.state === "applied");
  const open = items.filter((item) => item.state !== "applied");
  open.sort((one, other) => (other.state === "refused") - (one.state === "refused") || one.n - other.n);
  const words = await Promise.all(open.map((item) => item.kind === "case.drafted" && mayErase(item.subject, items)));
  relist("open", open.map((item, place) => drawnItem(item, words[place])));
  await drawPlace(person);
  relist("sent", sent.reverse().map(drawnSent));
  shows(document, "all-sent", !open.length);
  shows(document, "waits", waits > 0);
  shows(document, "sent", sent.length > 0);
  fill(document, "waits", waits);
  fill(document, "sent", sent.length);
}

// What this person does, as the server said last; without a word of it the page says nothing of lessons.
async function drawPlace(person) {
  place = person && (await keyFor(person.id)) ? await part("place") : null;
  shows(document, "rates", place && !place.learns && place.rates);
  shows(document, "desk", place && !place.learns && !place.rates);
}

function drawLine(state, waits) {
  shows(document, "off", waits && state === "off");
  shows(document, "sign-in", waits && state === "sign in");
}

// --- saved modules: they belong to the phone, whoever saved them, in whatever languages ---
async function savedModules() {
  const found = new Map();
  for (const name of (await caches.keys()).filter((one) => one.startsWith(MODULE))) {
    const cache = await caches.open(name);
    const list = (await cache.keys()).find(({ url }) => new URL(url).pathname.startsWith("/learn/phone/"));
    const told = list && (await (await cache.match(list)).json().catch(() => null));
    if (!told) continue;
    const { names = [], size = 0, title } = found.get(told.module) ?? {};
    const shown = !title || told.language === html.lang ? told.title : title;
    found.set(told.module, { key: told.module, title: shown, url: told.url, size: size + told.bytes, names: [...names, name] });
  }
  return [...found.values()].sort((one, other) => one.title.localeCompare(other.title, html.lang));
}

async function drawModules() {
  const [modules, person] = [await savedModules(), await me()];
  const ids = await Promise.all(modules.map(async ({ key }) => (await readersOf(key)).ids));
  const drawn = modules.map((module, at) => {
    const shown = word("module");
    shown.dataset.key = module.key;
    shows(shown, "others", ids[at].some((id) => id !== person?.id));
    fill(shown, "title", module.title);
    fill(shown, "size", inMegabytes(module.size));
    shown.querySelector("[data-link=url]").href = isOurs(module.url) ? module.url : "/learn/";
    return shown;
  });
  relist("modules", drawn);
  shows(document, "lessons", canKeep && (place ? place.learns : drawn.length > 0));
  shows(document, "no-modules", !drawn.length);
}

async function drawSpace() {
  if (!navigator.storage?.estimate) return;
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  const persisted = await navigator.storage.persisted?.();
  fill(document, "used", inMegabytes(usage));
  fill(document, "free", new Intl.NumberFormat(html.lang).format(Math.floor(Math.max(0, quota - usage) / 1e6)));
  shows(document, "space", quota > 0);
  shows(document, "persisted", persisted);
  shows(document, "may-clear", !persisted && Boolean(navigator.storage.persist));
}

// --- what is pressed ---
async function remove(card) {
  const { key } = card.dataset;
  const person = await me();
  const { ids } = await readersOf(key);
  const mine = person && (await keyFor(person.id)) && (await part("modules"))?.modules?.some((one) => one.key === key);
  if (mine) await put({ kind: "module.removed", subject: key, label: card.querySelector("[data-fill=title]").textContent });
  if (person && ids.includes(person.id)) await mark(key, person.id, false); // the edition of somebody else stays
  else await dropAll(key);
  await Promise.all([drawModules(), drawSpace()]);
  document.querySelector("#modules").focus();
  flush();
}

async function dropAll(key) {
  const gone = (await savedModules()).find((module) => module.key === key);
  await Promise.all((gone?.names ?? []).map((name) => caches.delete(name)));
  await setMeta(`saved:${key}`, null);
}

async function again(key) {
  const { items } = await waiting();
  const item = items.find((one) => one.key === key);
  if (item) await mend(key, item.data);
  await flush({ force: true });
}

const pressed = {
  send: () => flush({ force: true }),
  again: (card) => again(card.dataset.key),
  back: (card) => sure.add(card.dataset.key),
  "back-not": (card) => sure.delete(card.dataset.key),
  "back-sure": (card) => withdraw(card.dataset.key),
  "back-erase": (card) => eraseCase(card.dataset.subject),
  remove,
  async persist() {
    const given = await navigator.storage.persist();
    shows(document, "refused-persist", !given);
    await drawSpace();
  },
  async install() {
    await install?.prompt();
  },
};

async function onPress(event) {
  const button = event.target.closest?.("[data-press]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const card = button.closest("[data-key]");
  button.setAttribute("aria-disabled", "true");
  try {
    await pressed[button.dataset.press](card);
    await drawItems();
    if (button.dataset.press === "back") document.querySelector(`[data-key="${card.dataset.key}"] [data-if^=sure]:not([hidden]) .btn-danger`)?.focus();
    if (button.dataset.press.startsWith("back-")) document.querySelector("#waits").focus();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

async function hear(news) {
  if (news.items || news.parts || news.line || news.key || "lock" in news) await drawItems();
  if (news.line) drawLine(news.line.state, (await waiting()).waiting);
  if (news.items || news.parts || news.key || "lock" in news) await drawModules();
}

const isApp = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone;

shows(document, "cannot", !canKeep);
shows(document, "can", canKeep);
shows(document, "can-install", canKeep && !isApp());
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  install = event;
  shows(document, "install", true);
  shows(document, "install-hint", false);
});
addEventListener("appinstalled", () => shows(document, "can-install", false));

if (canKeep) {
  for (const heading of document.querySelectorAll("#waits, #modules")) heading.tabIndex = -1;
  document.addEventListener("click", onPress);
  onTold(hear);
  await drawItems();
  await Promise.all([drawModules(), drawSpace()]);
}
