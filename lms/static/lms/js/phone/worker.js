// The service worker: opens pages without network and sends what waits. VERSION and SHELL_FILES stand above it in /sw.js.
import { keyFor, me, meta, onTold, partNames, setMeta } from "./store.js";
import { flush, waiting } from "./outbox.js";
import { MODULE, editionNames, keyIn, listIn, readersOf } from "./modules.js";
import { finishLeaving } from "./leave.js";

const STATIC = "tandem-static";
const SHELL = `tandem-shell-${VERSION}`;
const PAGE_LIMIT = 2500; // then the page as it was, if it is on the phone
const LONG_LIMIT = 25000; // then a word about it: a dead line never says that it is dead
const BAD_STAYS = 60000;
const MOST_STATIC = 400; // old versions stay a while: saved and open pages still ask for their files
const HASHED = /\.[0-9a-f]{8,}\.\w+$/;
let badUntil = 0; // the line failed just now: what is on the phone opens at once

const isBad = () => !navigator.onLine || Date.now() < badUntil;

// --- taking over ---
addEventListener("install", (event) => {
  event.waitUntil(Promise.all(SHELL_FILES.map(fill)).then(() => skipWaiting()));
});

async function fill(address) {
  const isFile = HASHED.test(address);
  const cache = await caches.open(isFile ? STATIC : SHELL);
  if (!isFile || !(await cache.match(address))) await cache.add(new Request(address, { cache: isFile ? "default" : "reload" }));
}

addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => clients.claim()));
});

async function tidy() {
  const old = (await caches.keys()).filter((name) => name.startsWith("tandem-shell-") && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
  const files = await caches.open(STATIC);
  const all = await files.keys();
  const spare = all.slice(0, Math.max(0, all.length - MOST_STATIC));
  await Promise.all(spare.filter(({ url }) => !SHELL_FILES.some((kept) => url.endsWith(kept))).map((one) => files.delete(one)));
}

// --- answering ---
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // who asks for the network gets it: the outbox, the state, and whoever fetches a module to save it
  if (request.method !== "GET" || url.origin !== location.origin || request.cache === "no-store") return;
  if (request.mode === "navigate") {
    if (!url.pathname.startsWith("/admin/")) event.respondWith(pageFor(event, url));
  } else if (HASHED.test(url.pathname) && url.pathname.startsWith("/static/")) event.respondWith(fileFor(event));
  else if (url.pathname.startsWith("/media/")) event.respondWith(mediaFor(event, url));
});

async function fileFor(event) {
  const cache = await caches.open(STATIC);
  const kept = await cache.match(event.request);
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.status === 200) event.waitUntil(cache.put(event.request, answer.clone()).catch(() => {}));
  return answer;
}

// A file of a module that is whole, in her language if there are several.
async function savedFile(path) {
  const person = await me();
  let other = null;
  for (const name of await editionNames(MODULE)) {
    const cache = await caches.open(name);
    const found = await cache.match(path, { ignoreSearch: true, ignoreVary: true });
    const list = found && (await listIn(cache, keyIn(name)));
    if (!list) continue;
    const language = (await readersOf(keyIn(name))).languages?.[person?.id] ?? person?.language;
    if ((await list.json()).language === language) return found;
    other ??= found;
  }
  return other;
}

async function mediaFor(event, url) {
  const saved = await savedFile(url.pathname);
  if (!saved) return fetch(event.request);
  const range = /^bytes=(\d+)-(\d*)$/.exec(event.request.headers.get("Range") ?? "");
  return range ? partOf(saved, Number(range[1]), range[2]) : saved;
}

// Players ask for pieces; a cache only has the whole.
async function partOf(saved, first, end) {
  const whole = await saved.blob();
  const last = Math.min(end === "" ? Infinity : Number(end), whole.size - 1);
  if (first > last) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${whole.size}` } });
  const headers = {
    "Content-Type": saved.headers.get("Content-Type") ?? "",
    "Content-Range": `bytes ${first}-${last}/${whole.size}`,
    "Content-Length": String(last - first + 1),
  };
  return new Response(whole.slice(first, last + 1), { status: 206, headers });
}

// Whether somebody is signed in on this phone and has not locked it.
async function isUnlocked() {
  const person = await me();
  return Boolean(person && (await keyFor(person.id)));
}

const shellFor = async (path) => (await caches.open(SHELL)).match(path === "/phone/" ? path : "/phone/shell/");

// Whether something of it is on the phone. The red page is the same whatever it is about; who is locked or signed out
// finds the numbers on the shell.
async function isKept({ pathname, search }) {
  const urgent = pathname === "/urgent/";
  if (pathname === "/phone/" || (urgent && (await meta("numbers")))) return true;
  return (await partNames()).includes(`page:${pathname}${urgent ? "" : search}`);
}

const after = (ms) => new Promise((resolve) => setTimeout(() => resolve(null), ms));

async function pageFor(event, url) {
  if (!(await finishLeaving(PAGE_LIMIT).catch(() => true))) return (await shellFor(url.pathname)) ?? Response.error();
  const open = await isUnlocked().catch(() => false);
  const saved = open && url.pathname.startsWith("/learn/") && (await savedFile(url.pathname).catch(() => null));
  if (saved) return saved;
  const kept = await isKept(url).catch(() => false);
  if (kept && isBad()) return (await shellFor(url.pathname)) ?? fetch(event.request);
  const asked = fetch(event.request);
  const noted = asked.then(() => (badUntil = 0)).catch(() => (badUntil = Date.now() + BAD_STAYS));
  event.waitUntil(noted);
  const answer = await Promise.race([asked, after(kept ? PAGE_LIMIT : LONG_LIMIT)]).catch(() => null);
  if (answer && (answer.status < 500 || !kept)) return answer;
  if (!answer) badUntil = Date.now() + BAD_STAYS;
  return (await shellFor(url.pathname)) ?? answer ?? Response.error();
}

// --- sending with no page open, and news from pages ---
async function sendWaiting() {
  await flush({ patience: 240000, force: true });
  if ((await waiting()).waiting) throw new Error("something still waits"); // the browser asks again later
}

addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendWaiting());
});

onTold((news) => {
  if (news.line && news.line.state === "sent") badUntil = 0;
});

// The shell's words in the language that the person reads now.
addEventListener("message", (event) => {
  if (!event.data?.shell) return;
  const pages = SHELL_FILES.filter((address) => !HASHED.test(address));
  event.waitUntil(Promise.all(pages.map(fill)).then(() => setMeta("shell-language", event.data.shell)));
});
