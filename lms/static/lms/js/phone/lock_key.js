// The key behind the PIN: her data key lies here wrapped under a key that is made of what she types. No page.
import { dropKey, keyFor, meta, setKey, setMeta } from "./store.js";

const ROUNDS = 150000;
const STALE = 3600000; // a wrapping key that no page took up within an hour is of no use
const WAIT_FROM = 5;
const NETWORK_FROM = 10; // so many wrong tries: from here on only the server may say
const LONGEST_WAIT = 900000;

// lock: {salt, iv, wrapped} what the PIN opens, {shut} locked, {told} the server knows, {tries, until} wrong ones
const lockName = (personId) => `lock:${personId}`;
export const lockOf = async (personId) => (await meta(lockName(personId))) ?? {};
export const setLock = async (personId, change) => setMeta(lockName(personId), { ...(await lockOf(personId)), ...change });

async function wrapperOf(secret, salt) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

// Called when a form with a secret is sent: the page that comes next takes it up, if it is another page than this.
export async function prepareWrapper(secret, from) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  await setMeta("wrapper", { key: await wrapperOf(secret, salt), salt, from, at: Date.now() });
}

export const forgetWrapper = () => setMeta("wrapper", null);

async function pendingWrapper(path) {
  const pending = await meta("wrapper");
  if (!pending || pending.from === path) return null;
  if (Math.abs(Date.now() - pending.at) < STALE) return pending;
  return forgetWrapper().then(() => null);
}

// What the server keeps for this person and phone, as a usable key; wrapped too, if her PIN was just typed.
async function take(personId, base64, wrapper) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const usages = ["encrypt", "decrypt"];
  if (wrapper) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const open = await crypto.subtle.importKey("raw", bytes, "AES-GCM", true, usages);
    const wrapped = await crypto.subtle.wrapKey("raw", open, wrapper.key, { name: "AES-GCM", iv });
    await setMeta(lockName(personId), { salt: wrapper.salt, iv, wrapped });
  }
  await setKey(personId, await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, usages));
  bytes.fill(0);
}

// Makes sure of her key on a page that the server gave her: "open", "shut", or "none" (no network, signed out).
export async function takeKey(personId, path, askKey) {
  const pending = await pendingWrapper(path);
  const lock = await lockOf(personId);
  if (!pending && lock.shut) return "shut";
  if (!pending && (await keyFor(personId))) return "open";
  const given = await askKey(personId);
  if (!given) return (await keyFor(personId)) ? "open" : "none";
  await take(personId, given, pending);
  if (pending) await setMeta("active", Date.now());
  if (pending) await forgetWrapper(); // last: a page that is closed meanwhile leaves it to the next
  return "open";
}

// Opens by what was typed alone, without network. "open", "no", "wait" (too many tries), or "ask" (only the server can).
export async function openHere(personId, secret, now = Date.now()) {
  const lock = await lockOf(personId);
  if (!lock.wrapped || (lock.tries ?? 0) >= NETWORK_FROM) return "ask";
  if (waitLeft(lock, now)) return "wait";
  try {
    const wrapper = await wrapperOf(secret, lock.salt);
    const how = { name: "AES-GCM", iv: lock.iv };
    const key = await crypto.subtle.unwrapKey("raw", lock.wrapped, wrapper, how, "AES-GCM", false, ["encrypt", "decrypt"]);
    await setKey(personId, key);
    await setLock(personId, { shut: false, tries: 0, until: 0 });
    return "open";
  } catch {
    await countTry(personId, now);
    return "no";
  }
}

async function countTry(personId, now) {
  const tries = ((await lockOf(personId)).tries ?? 0) + 1;
  const wait = tries < WAIT_FROM ? 0 : Math.min(LONGEST_WAIT, 30000 * 2 ** (tries - WAIT_FROM));
  await setLock(personId, { tries, until: wait ? now + wait : 0 });
}

// Milliseconds; a clock that was set back does not make it longer than the longest.
export const waitLeft = (lock, now) => Math.min(LONGEST_WAIT, Math.max(0, (lock.until ?? 0) - now));

// The server knew the secret: its key again, wrapped under what was typed.
export async function openByServer(personId, secret, base64) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  await take(personId, base64, { key: await wrapperOf(secret, salt), salt });
}

export async function shutHere(personId) {
  await setLock(personId, { shut: true, told: false });
  await dropKey(personId);
}
