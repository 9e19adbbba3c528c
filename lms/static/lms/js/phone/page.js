// On every page: who is here, the line on top, the worker, and when to send.
import { become, bind, boundTo, canKeep, keyFor, me, meta, onTold, part } from "./store.js";
import { flush, waiting } from "./outbox.js";
import { drawn, keepPage, layOver, mayKeep, refresh, showShell } from "./keep.js";
import { sayShut } from "./idle.js";
import { letThrough, passLock } from "./lock.js";

const html = document.documentElement;
const line = {}; // what the line on top is told: {waiting, refused, state, laid}
let timer = 0;

async function drawLine(news = {}) {
  Object.assign(line, news);
  const { waiting: open, refused } = await waiting();
  document.dispatchEvent(new CustomEvent("phone:line", { detail: Object.assign(line, { waiting: open, refused }) }));
}

// After a failure: again when the pause is over.
async function later() {
  clearTimeout(timer);
  const pause = await meta("pause");
  if (pause) timer = setTimeout(flush, Math.min(Math.max(0, pause.until - Date.now()), 600000) + 50);
  if (!navigator.onLine) await handOver();
}

// Where the phone can, the worker sends when there is network, with no page open.
async function handOver() {
  const worker = line.waiting && (await navigator.serviceWorker?.getRegistration());
  if (worker?.active) await worker.sync?.register("outbox").catch(() => {});
}

async function hear(news) {
  if (news.person !== undefined && boundTo() && news.person !== boundTo()) return location.reload(); // another took it
  if (news.items) await drawLine();
  if (!news.line) return;
  await drawLine({ state: news.line.state });
  if (news.line.state !== "sending" && line.waiting) await later();
  if (news.line.state === "sent" && line.laid) await drawLine({ laid: null }); // "no network" is not true any more
  if (news.line.applied) await refresh({ force: true });
}

async function install() {
  if (!html.dataset.app || !html.dataset.person || !navigator.serviceWorker) return;
  const worker = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  if ((await meta("shell-language")) !== html.lang) worker.active?.postMessage({ shell: html.lang });
}

const quietly = (act) => act.catch((problem) => console.info("phone:", problem.message));

// The page as it came just now: nothing that was taken away before stands on it.
async function keepFresh(fresh, person) {
  const since = (await part("state"))?.since ?? "";
  await keepPage(location.pathname + location.search, { ...fresh, since }, person);
}

async function start(fresh) {
  const { person, name, without } = html.dataset;
  if (person) await become({ id: person, name, language: html.lang });
  else bind((await me())?.id ?? null);
  onTold((news) => quietly(hear(news)));
  const passed = await passLock();
  letThrough();
  if (!passed) return showShell(location.pathname === "/urgent/" ? "urgent" : "door");
  if (document.querySelector("[data-shell]")) await drawLine({ laid: await layOver() });
  else await drawLine();
  if (!boundTo() || (!person && without === undefined)) return; // nobody is signed in
  if (fresh && (await keyFor(person))) await quietly(keepFresh(fresh, person));
  addEventListener("online", () => flush({ force: true }));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return quietly(handOver());
    flush();
    quietly(refresh());
  });
  await flush({ patience: 3000 });
  await refresh();
  await install();
}

// Back from another page: the phone may have changed hands meanwhile.
addEventListener("pageshow", async (event) => {
  if (!event.persisted || !canKeep) return;
  if (boundTo() !== ((await me())?.id ?? null)) return location.reload();
  await drawLine();
  flush();
});

// Once per page: a script kept from an older version may bring this file a second time.
if (canKeep && !("phone" in html.dataset)) {
  html.dataset.phone = "on";
  sayShut(true); // until the lock was asked
  quietly(start(mayKeep(document) ? drawn(document) : null).finally(letThrough)); // drawn now, before other scripts change the page
}
