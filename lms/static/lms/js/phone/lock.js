// The lock of a phone that lies idle: nothing of hers is shown until her PIN was typed, with network or without.
import { canKeep, device, keyFor, me, meta, onTold, part, setMeta, tell } from "./store.js";
import { asked } from "./outbox.js";
import { lockOf, openByServer, openHere, setLock, shutHere, takeKey, waitLeft } from "./lock_key.js";
import { isIdle, isLive, sayShut } from "./idle.js";
import { finishLeaving, leave } from "./leave.js";
import { word } from "./forms.js";

const LOOK_EVERY = 15000;
const ANSWER_IN = 8000;
const FREE = /^\/(urgent|login|language|phone\/unlock)\//; // help in need, and the doors
let layer = null;
let wake = null; // {opened, resolve}: who waits for the layer to go
let used = 0; // when somebody last touched this page

// POST with a fresh token; status 0: no answer, or somebody else than `whose` is signed in.
async function posted(address, fields, whose) {
  const hello = await asked(ANSWER_IN);
  if (hello.status !== 200) return { status: hello.status, answer: null };
  if (whose && hello.answer.person !== whose) return { status: 0, answer: null };
  const headers = { "X-CSRFToken": hello.answer.csrf, Accept: "application/json" };
  try {
    const signal = AbortSignal.timeout?.(ANSWER_IN);
    const response = await fetch(address, { method: "POST", body: new URLSearchParams(fields), headers, signal });
    return { status: response.status, answer: response.status === 204 ? null : await response.json() };
  } catch {
    return { status: 0, answer: null };
  }
}

async function askKey(personId) {
  const { status, answer } = await posted("/phone/key/", { device: await device() }, personId);
  return status === 200 ? answer.key : null;
}

// --- what the server knows of the lock ---
async function tellServer(personId) {
  const lock = await lockOf(personId);
  if (!lock.shut || lock.told) return;
  const { status } = await posted("/phone/lock/", {});
  if (status === 204 || status === 401) await setLock(personId, { told: true });
}

const unbase = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// Open here while the server holds it shut: whoever can use the key has typed the PIN.
export async function proveOpen(isShut = false) {
  const person = await me();
  const lock = person ? await lockOf(person.id) : {};
  const key = person && !lock.shut && (await keyFor(person.id));
  if (!key || (!lock.told && !isShut)) return false;
  if (isIdle(await meta("active"), Date.now())) return false; // it only was not locked yet
  const own = { device: await device() };
  const { status, answer } = await posted("/phone/proof/", own);
  if (status !== 200) return false;
  const how = { name: "AES-GCM", iv: unbase(answer.iv) };
  const proof = new TextDecoder().decode(await crypto.subtle.decrypt(how, key, unbase(answer.challenge)));
  const opened = (await posted("/phone/proof/", { ...own, proof })).status === 204;
  if (opened) await setLock(person.id, { told: false });
  return opened;
}

// --- the layer ---
function explain(which, said = "") {
  for (const one of layer.querySelectorAll("[data-why]")) one.hidden = one.dataset.why !== which;
  const place = layer.querySelector(`[data-why="${which}"] [data-said]`);
  if (place) place.textContent = said;
  const field = layer.querySelector("input");
  field.setAttribute("aria-invalid", "true");
  field.value = "";
  field.focus();
}

async function showNumbers(place) {
  for (const { name, phone } of (await meta("numbers")) ?? []) {
    const call = word("call");
    call.href = `tel:${phone.replace(/\s/g, "")}`;
    call.querySelector("[data-name]").textContent = name;
    call.querySelector("[data-number]").textContent = phone;
    place.append(call);
  }
}

function uncover() {
  const old = layer;
  layer = null;
  old?.close();
  old?.remove();
}

// Resolves when it is open again, by this page or another.
function cover(person) {
  if (layer) return wake.opened;
  wake = {};
  wake.opened = new Promise((resolve) => (wake.resolve = resolve));
  layer = word("lock");
  sayShut(true);
  document.body.append(layer);
  layer.querySelector("[data-name]").textContent = person.name.split(" ")[0];
  layer.addEventListener("cancel", (event) => event.preventDefault());
  const covering = layer;
  layer.addEventListener("close", () => covering === layer && layer.showModal());
  layer.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    tryOpen(person, layer.querySelector("input").value);
  });
  layer.querySelector("[data-leave]").addEventListener("click", leave);
  showNumbers(layer.querySelector("[data-numbers]"));
  layer.showModal();
  layer.querySelector("input").focus();
  return wake.opened;
}

async function open() {
  await setMeta("active", (used = Date.now()));
  uncover();
  sayShut(false);
  wake?.resolve();
}

async function tryOpen(person, secret) {
  const button = layer.querySelector("form button");
  if (!secret || button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  const how = await openHere(person.id, secret);
  const why = how === "open" || how === "wait" ? how : await askServer(person, secret, how);
  button.removeAttribute("aria-disabled");
  if (!layer) return; // another page opened it meanwhile
  if (why !== "open") return explain(why.which ?? why, why.said ?? minutesLeft(await lockOf(person.id)));
  tell({ lock: false });
  await open();
  if (how === "open" && (await lockOf(person.id)).told) await settleWithServer(person, secret);
}

const minutesLeft = (lock) => String(Math.max(1, Math.ceil(waitLeft(lock, Date.now()) / 60000)));

async function askServer(person, secret, how) {
  const { status, answer } = await posted("/phone/unlock/", { password: secret });
  if (status === 204) {
    await setMeta("leaving", null);
    const key = await askKey(person.id);
    if (!key) return "network";
    await openByServer(person.id, secret, key);
    return "open";
  }
  if (status === 401) return location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`), "door";
  if (answer?.detail) return { which: "said", said: answer.detail };
  return how === "no" ? "no" : "network";
}

async function settleWithServer(person, secret) {
  const { status } = await posted("/phone/unlock/", { password: secret });
  if (status === 204) await setLock(person.id, { told: false });
}

// --- when ---
async function lockNow() {
  const person = await me();
  if (!person || layer || FREE.test(location.pathname)) return;
  await shutHere(person.id);
  tell({ lock: true });
  cover(person);
  await tellServer(person.id);
}

// `isBack`: the page was out of sight until now, and nobody knows who looks at it.
async function look(isBack = false) {
  const now = Date.now();
  if (!isBack && isLive()) used = now;
  const kept = (await meta("active")) ?? now;
  if (isIdle(Math.max(used, kept), now)) return lockNow();
  if (used > kept) await setMeta("active", used);
}

function watch() {
  const touch = () => (used = Date.now());
  for (const name of ["pointerdown", "keydown", "scroll", "touchstart"])
    addEventListener(name, () => layer || touch(), { passive: true, capture: true });
  setInterval(() => look(), LOOK_EVERY);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look(true));
  addEventListener("pageshow", (event) => event.persisted && look(true));
  document.addEventListener("phone:shut", () => proveOpen(true).catch(() => null)); // the room's server says so
  addEventListener("online", async () => {
    const person = await me();
    if (person) await tellServer(person.id);
    await proveOpen();
  });
  onTold(async (news) => {
    if (news.parts) await noteNumbers();
    if (news.shut) await proveOpen(true);
    const person = news.lock === undefined ? null : await me();
    if (!person || FREE.test(location.pathname)) return;
    if (news.lock && !layer) cover(person);
    if (news.lock === false && layer && (await keyFor(person.id))) open();
  });
}

// Whom to call is no secret of hers: it stands on the lock, and where nobody is signed in.
async function noteNumbers() {
  const urgent = await part("urgent");
  if (urgent) await setMeta("numbers", urgent.numbers);
}

function onSignOut(event) {
  const { target: form } = event;
  if (new URL(form.action).pathname !== "/logout/") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  leave().finally(() => form.removeAttribute("aria-busy"));
}

if (canKeep) document.addEventListener("submit", onSignOut, true);

// Every page waits here before it shows, keeps or sends anything of hers. False: it may not, but need not be covered.
export async function passLock() {
  const person = await me();
  const urgent = document.querySelector("[data-shell] [data-numbers]");
  if (urgent) await showNumbers(urgent);
  if (!person) return true;
  if ((await meta("leaving")) === person.id && document.documentElement.dataset.person) {
    cover(person);
    if (await finishLeaving()) return location.replace("/login/"), new Promise(() => {});
  }
  if (FREE.test(location.pathname)) return !(await lockOf(person.id)).shut;
  const { shut } = await lockOf(person.id);
  // also on a page without her: she may have left the page after the door before her key was there
  const mayAsk = document.documentElement.dataset.person || (!shut && !(await keyFor(person.id)));
  const how = mayAsk ? await takeKey(person.id, location.pathname, askKey) : shut ? "shut" : "open";
  if (how !== "shut" && isIdle(await meta("active"), Date.now())) await shutHere(person.id);
  if ((await lockOf(person.id)).shut) {
    const opened = cover(person);
    tellServer(person.id);
    await opened;
  } else proveOpen().catch(() => null);
  await setMeta("active", (used = Date.now()));
  watch();
  await noteNumbers();
  return true;
}

// The page was let through, or need not be covered.
export const letThrough = () => layer || sayShut(false);
