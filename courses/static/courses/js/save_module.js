// "Save on this phone": fetches a module's files into a cache of their own, which counts only when it is whole.
import { canKeep, editionName, editionsOf, flush, mark, mine, modulesHere, onTold, part, put, readersOf, refresh } from "../../lms/phone.js";

const STATIC = "tandem-static";
const AT_ONCE = 4;
const words = document.querySelector("#save-words");
const running = new Map(); // module -> AbortController

class NoSpace extends Error {}

// --- the files ---
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const isSame = async (body, file) => hex(await crypto.subtle.digest("SHA-256", body)) === file.sha256;

async function copied(response, file) {
  const body = response && (await response.arrayBuffer());
  if (!body || !(await isSame(body, file))) return null;
  const headers = new Headers(response.headers); // the content policy among them
  for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
  return new Response(body, { headers });
}

// What is here already, from an earlier edition or a try that was cut, is not fetched again.
async function fetchFile(file, cache, old, signal) {
  const place = file.url.startsWith("/static/") ? await caches.open(STATIC) : cache;
  for (const here of [place, old]) {
    const found = here && (await copied(await here.match(file.url), file));
    if (found) return place === cache ? cache.put(file.url, found) : undefined;
  }
  const response = await fetch(file.url, { cache: "no-store", redirect: "error", signal });
  const whole = response.ok && (await copied(response, file));
  if (!whole) throw new Error(`${file.url} is not what the list says`);
  return place.put(file.url, whole);
}

export async function listOf(key, signal) {
  const response = await fetch(`/learn/phone/${key}/`, { cache: "no-store", redirect: "error", signal });
  return response.ok ? response.json() : null;
}

export async function freeSpace() {
  const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota ? Math.max(0, quota - usage) : Infinity;
}

// Fetches all files; the old edition stays until the new one is whole, and one in another language while somebody reads it.
async function fetchModule(list, personId, signal, tell = () => {}) {
  if ((await freeSpace()) < list.bytes * 1.1) throw new NoSpace();
  const [before] = await editionsOf(list.module);
  const [cache, old] = [await caches.open(editionName(list.module, list.hash)), before && (await caches.open(before.name))];
  const waits = [...list.files];
  let done = 0;
  const work = async () => {
    for (let file = waits.shift(); file; file = waits.shift()) {
      await fetchFile(file, cache, old, signal);
      tell(++done, list.files.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await cache.put(`/learn/phone/${list.module}/`, new Response(JSON.stringify(list))); // last: now it is whole
  await mark(list.module, personId, true, list.language);
}

// The edition that this person reads; in another language if there is no other.
async function editionFor(key, person) {
  const editions = await editionsOf(key);
  const language = (await readersOf(key)).languages?.[person?.id] ?? person?.language;
  return editions.find(({ list }) => list.language === language) ?? editions[0] ?? null;
}

// One change of a module at a time on this phone.
const alone = (key, act) => navigator.locks.request(`tandem-module-${key}`, { ifAvailable: true }, (lock) => lock && act());

async function record(kind, key, title, label) {
  await put({ kind, subject: key, label: label ?? title, page: location.pathname });
  flush({ force: true }).then(() => refresh({ force: true }));
}

export async function save(key, title, tell) {
  const person = await mine();
  const stop = new AbortController();
  running.set(key, stop);
  try {
    await alone(key, async () => {
      const list = await listOf(key, stop.signal);
      if (!list) throw new Error("there is no such module for this person");
      navigator.storage?.persist?.();
      await fetchModule(list, person.id, stop.signal, tell);
      await record("module.saved", key, title);
    });
  } finally {
    running.delete(key);
  }
}

export async function remove(key, title) {
  await mark(key, (await mine()).id, false);
  await record("module.removed", key, title);
}

// --- when the state has come: newer editions in the background ---
const edition = (module) => module.hash + (/(^|; )text_only=1/.test(document.cookie) ? "t" : "");

async function renew(module) {
  if (navigator.connection?.saveData) return;
  await alone(module.key, async () => {
    const list = await listOf(module.key);
    const person = await mine();
    if (!list || !person || (await editionsOf(module.key)).some((one) => one.list.hash === list.hash)) return;
    draw(module.key, "renewing");
    await fetchModule(list, person.id);
    await record("module.saved", module.key, module.title); // what it asks anew is given out
  });
  await show(module.key);
}

async function reconcile() {
  const [state, person] = [await part("modules"), await mine()];
  if (!state || !person) return;
  const saved = new Map(state.modules.map((module) => [module.key, module]));
  for (const key of await modulesHere()) {
    const [module, editions, { ids, languages }] = [saved.get(key), await editionsOf(key), await readersOf(key)];
    if (module && editions.length) {
      const own = editions.find(({ list }) => list.hash === edition(module));
      const language = own?.list.language ?? languages?.[person.id];
      if (!ids.includes(person.id) || languages?.[person.id] !== language) await mark(key, person.id, true, language);
      if (!own) await renew(module).catch(() => show(key));
    }
    await show(key);
  }
}

// --- on the page ---
function sizeOf(bytes) {
  const [n, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : bytes < 1e9 ? [bytes / 1e6, "megabyte"] : [bytes / 1e9, "gigabyte"];
  const how = { style: "unit", unit, maximumFractionDigits: n < 10 && unit !== "kilobyte" ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, how).format(n);
}

function draw(key, name, facts = {}) {
  for (const place of document.querySelectorAll(`[data-save="${key}"]`)) {
    if (place.dataset.now !== name) {
      const word = words.content.querySelector(`[data-word="${name}"]`).cloneNode(true);
      if ("ask" in place.dataset) word.querySelector("[data-do=remove]")?.parentNode.remove(); // on the module's own page
      const had = place.contains(document.activeElement);
      place.replaceChildren(word);
      if (had) place.querySelector("button, [role=status]")?.focus();
    }
    for (const [fact, value] of Object.entries(facts)) {
      for (const spot of place.querySelectorAll(`[data-${fact}]`)) spot.textContent = value;
    }
    const bar = place.querySelector("progress");
    if (bar && facts.total > 0) Object.assign(bar, { max: facts.total, value: facts.done });
    place.dataset.now = name;
    place.dataset.ready = "";
  }
}

export async function show(key) {
  if (running.has(key)) return;
  const [state, person] = [await part("modules"), await mine()];
  const disk = await editionFor(key, person);
  const module = state?.modules.find((one) => one.key === key);
  const mineToo = person && (await readersOf(key)).ids.includes(person.id);
  document.querySelectorAll(`[data-save="${key}"]`).forEach((place) => (place.dataset.edition = disk?.list.hash ?? ""));
  if (disk && mineToo) draw(key, module ? "kept" : "coming", { size: sizeOf(disk.list.bytes) });
  else draw(key, "offer");
}

async function size(key, list) {
  const free = await freeSpace();
  const isKnown = free !== Infinity; // a browser may not tell
  draw(key, free < list.bytes * 1.1 ? "full" : "sized", { size: sizeOf(list.bytes), free: isKnown ? sizeOf(free) : "" });
  if (!isKnown) document.querySelectorAll(`[data-save="${key}"] [data-room]`).forEach((line) => line.remove());
}

async function full(key) {
  const list = await listOf(key).catch(() => null);
  draw(key, "full", { size: list ? sizeOf(list.bytes) : "…", free: sizeOf(await freeSpace()) });
}

async function ask(key) {
  draw(key, "looking");
  const list = await listOf(key).catch(() => undefined);
  if (list) return size(key, list);
  return draw(key, list === null ? "refused" : "off");
}

async function start(key, title) {
  draw(key, "fetching", { done: 0, total: "?" });
  try {
    await save(key, title, (done, total) => draw(key, "fetching", { done, total }));
  } catch (problem) {
    if (problem instanceof NoSpace || problem.name === "QuotaExceededError") return full(key);
    return problem.name === "AbortError" ? draw(key, "offer") : draw(key, "off");
  }
  await show(key);
}

const ACTS = {
  ask,
  save: start,
  stop: (key) => running.get(key)?.abort(),
  remove: async (key, title) => (await remove(key, title), draw(key, "removed")),
};

async function begin() {
  const places = [...document.querySelectorAll("[data-save]")];
  if (!canKeep || !self.caches || !words || !places.length) return places.forEach((place) => place.remove());
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-save] [data-do]");
    const place = button?.closest("[data-save]");
    if (place) ACTS[button.dataset.do](place.dataset.save, place.dataset.title);
  });
  onTold(async (news) => {
    if (news.parts) await reconcile();
    if (news.person !== undefined) places.forEach((place) => delete place.dataset.ready);
  });
  for (const place of places) await show(place.dataset.save);
  await reconcile();
  for (const place of places.filter((one) => !("ask" in one.dataset) && one.dataset.now === "offer")) {
    const list = navigator.onLine && (await listOf(place.dataset.save).catch(() => null));
    if (list && place.dataset.now === "offer") await size(place.dataset.save, list);
  }
}

begin();
