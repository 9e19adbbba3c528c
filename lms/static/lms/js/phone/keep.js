// What this phone keeps of its person: the state in parts, and pages as they were, to be laid over the empty shell.
import { bind, changeItems, dropPart, keyFor, me, meta, mine, part, partNames, putPart, rest, setMeta, tell } from "./store.js";
import { dropLeft } from "./modules.js";
import { unnamed } from "./outbox_rules.js";

const STATE_EVERY = 600000;
const PAGE_STAYS = 24 * 3600 * 1000;
const FETCH_LIMIT = 20000;
const root = document.documentElement;
const OURS = /\/(site|shell|phone)\.[^/]*$/; // the shell brings its own

const passed = (then) => {
  const past = Date.now() - (then ?? 0);
  return past < 0 ? Infinity : past; // a clock that was set back makes nothing young
};

async function got(address, how = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), FETCH_LIMIT);
  try {
    const response = await fetch(address, { cache: "no-store", redirect: "error", signal: stop.signal, ...how });
    return { status: response.status, etag: response.headers.get("ETag"), text: await response.text() };
  } catch {
    return { status: 0, text: "" };
  } finally {
    clearTimeout(timer);
  }
}

// --- pages ---
// What is kept of a page; tokens are worth nothing later.
export function drawn(page) {
  const frame = page.querySelector(".frame").cloneNode(true);
  frame.querySelectorAll("[data-never-kept]").forEach((one) => one.remove());
  frame.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((token) => token.setAttribute("value", ""));
  const own = (asked, name) =>
    [...page.querySelectorAll(asked)].map((one) => one.getAttribute(name)).filter((address) => !OURS.test(address));
  return {
    html: frame.outerHTML + [...page.querySelectorAll("body > template:not(#shell-words)")].map((one) => one.outerHTML).join(""),
    title: page.title,
    lang: page.documentElement.lang,
    dir: page.documentElement.dir,
    look: page.body.className,
    styles: own("link[rel=stylesheet]", "href"),
    scripts: own("script[type=module]", "src"),
    parts: own("link[rel=modulepreload]", "href"), // what these import
    app: page.documentElement.dataset.app ?? "",
    at: Date.now(),
  };
}

export const mayKeep = (page) => Boolean(page.documentElement.dataset.person && page.querySelector("main[data-keep]"));
export const keepPage = (address, kept, personId) => putPart(`page:${address}`, kept, personId);

// Fetches a page quietly, to have it when there is no network.
async function fetchPage(address, since, personId) {
  const { status, text } = await got(address);
  if (status !== 200) return;
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!mayKeep(page) || page.documentElement.dataset.person !== personId) return;
  const kept = drawn(page);
  await keepPage(address, { ...kept, since }, personId);
  for (const file of [...kept.styles, ...kept.scripts, ...kept.parts]) await fetch(file).catch(() => {}); // through the worker, which keeps them
}

// Words were taken away there: of what was kept before, nothing stays, nor the titles of what was sent. What is wanted
// is fetched anew.
async function dropStale(since, personId) {
  const pages = (await partNames()).filter((name) => name.startsWith("page:"));
  for (const name of pages) if (((await part(name))?.since ?? "") !== since) await dropPart(name);
  const dropped = `${personId} ${since}`;
  if ((await meta("titles-dropped")) === dropped) return;
  await changeItems(personId, unnamed);
  await setMeta("titles-dropped", dropped);
  tell({ items: true });
}

async function fetchPages({ keep: addresses, app, since = "" }, personId) {
  const thrifty = navigator.connection?.saveData || document.cookie.includes("text_only=");
  for (const address of addresses) {
    if (thrifty && address !== "/home/" && address !== "/urgent/") continue;
    const kept = await part(`page:${address}`);
    if (!kept || kept.app !== app || passed(kept.at) > PAGE_STAYS) await fetchPage(address, since, personId);
  }
}

// --- the state ---
// Asked for at most every ten minutes, or when something was taken since; by one page of this phone at a time.
export function refresh({ force = false } = {}) {
  return navigator.locks.request("tandem-state", { ifAvailable: !force }, async (lock) => {
    const person = lock && (await mine());
    if (!person || !(await keyFor(person.id))) return null;
    const known = await part("state"); // none: somebody else had the phone until now
    if (!force && known && passed(await meta("state-at")) < STATE_EVERY) return null;
    const { status, etag, text } = await got("/phone/state/", known ? { headers: { "If-None-Match": known.etag } } : {});
    // signed out elsewhere, or too long away: only what waits stays, sealed (a hotel's door says 401 in other words)
    if (status === 401 && text.includes('"signed_out"')) await rest(person.id);
    if (status === 423) tell({ shut: true }); // the server locked, and this phone is open
    if (status !== 200 && status !== 304) return null;
    const state = status === 304 ? known : await storedParts(JSON.parse(text), etag, person.id);
    if (!state) return null;
    await setMeta("state-at", Date.now());
    await dropLeft(person.id, state.keep);
    tell({ parts: true });
    if (state.since) await dropStale(state.since, person.id);
    await fetchPages(state, person.id);
    return state;
  });
}

async function storedParts(said, etag, personId) {
  if (said.person.id !== personId) return null;
  for (const [name, value] of Object.entries(said.parts)) await putPart(name, value, personId);
  const state = { etag, keep: said.keep, app: said.app, since: said.since ?? "" };
  await putPart("state", state, personId); // last: its ETag says that all of it is here
  return state;
}

// --- the shell ---
export function showShell(which) {
  document.querySelectorAll("[data-shell]").forEach((one) => (one.hidden = one.dataset.shell !== which));
}

const loaded = (link) =>
  new Promise((resolve) => {
    link.onload = link.onerror = resolve;
    setTimeout(resolve, 1500);
    document.head.append(link);
  });

// Lays the kept page of this address over the shell. Gives when it was kept, or null: it is not here, and the shell says so.
export async function layOver() {
  const person = await me();
  bind(person?.id ?? null);
  const urgent = location.pathname === "/urgent/"; // whatever it is about, the page is the same
  const kept = await part(`page:${location.pathname}${urgent ? "" : location.search}`);
  if (!kept) {
    showShell(urgent ? "urgent" : person && (await keyFor(person.id)) ? "none" : "door");
    return null;
  }
  await Promise.all(kept.styles.map((href) => loaded(Object.assign(document.createElement("link"), { rel: "stylesheet", href }))));
  const page = new DOMParser().parseFromString(kept.html, "text/html");
  page.querySelectorAll("input[name=key]").forEach((field) => field.setAttribute("value", crypto.randomUUID()));
  const [frame, ...rest] = [...page.body.children].map((one) => document.importNode(one, true));
  document.querySelector(".frame").replaceWith(frame);
  document.body.append(...rest);
  document.body.className = kept.look;
  document.title = kept.title;
  root.lang = kept.lang;
  root.dir = kept.dir;
  root.dataset.laid = kept.at;
  for (const address of kept.scripts) import(address);
  return kept.at;
}
