// What came over the line on this phone this month. It names nobody and never leaves the phone; pages and worker add to it.
import { canKeep, meta, setMeta } from "./store.js";

const COUNTED = "came-over";
const hasPages = typeof document === "object";
const month = () => new Date().toISOString().slice(0, 7);

// What went through the worker is counted there, by who fetched it; what lay in a cache weighs nothing.
export const weighed = (entries, inPage) =>
  entries.reduce((sum, one) => sum + (inPage && one.workerStart ? 0 : one.transferSize || 0), 0);

function add(bytes) {
  if (!bytes) return null;
  return navigator.locks.request("tandem-counter", async () => {
    const held = await meta(COUNTED);
    const before = held?.month === month() ? held.bytes : 0;
    await setMeta(COUNTED, { month: month(), bytes: before + bytes });
  });
}

// "3.1 MB", in the page's language, with the figures that our pages use
export function inWords(bytes, language) {
  const how = { style: "unit", unit: "megabyte", maximumFractionDigits: 1, numberingSystem: "latn" };
  return new Intl.NumberFormat(language, how).format(bytes / 1e6);
}

export async function showCounter() {
  const places = document.querySelectorAll("[data-counter]");
  if (!places.length) return;
  const held = await meta(COUNTED);
  const bytes = held?.month === month() ? held.bytes : 0;
  for (const place of places) {
    place.querySelector("[data-n]").textContent = inWords(bytes, document.documentElement.lang);
    place.hidden = false;
  }
}

function countOn() {
  const quietly = (act) => Promise.resolve(act).catch(() => {});
  const counted = (seen) => quietly(Promise.resolve(add(weighed(seen.getEntries(), hasPages))).then(() => hasPages && showCounter()));
  for (const type of hasPages ? ["navigation", "resource"] : ["resource"])
    new PerformanceObserver(counted).observe({ type, buffered: true });
  if (!hasPages) return;
  quietly(showCounter());
  document.addEventListener("phone:line", () => quietly(showCounter())); // a kept page was laid over the shell
}

// once per page: a script kept from an older version may bring this file a second time
if (canKeep && self.PerformanceObserver && !(hasPages && "counts" in document.documentElement.dataset)) {
  if (hasPages) document.documentElement.dataset.counts = "on";
  countOn();
}
