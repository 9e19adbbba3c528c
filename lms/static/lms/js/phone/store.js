// What this phone keeps, in IndexedDB: who is here, their sealed parts and items. No network, no page.
export const canKeep = Boolean(self.isSecureContext && self.indexedDB && self.crypto?.subtle && navigator.locks);

export class Locked extends Error {} // the key is not on this phone now: nothing can be read or sealed

let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("tandem-phone", 1);
    request.onupgradeneeded = () => {
      for (const name of ["meta", "keys", "parts"]) request.result.createObjectStore(name);
      request.result.createObjectStore("items", { keyPath: "key" }).createIndex("person", "person");
    };
    request.onsuccess = () => {
      const forget = () => (opened = null);
      request.result.onclose = forget;
      request.result.onversionchange = () => forget(request.result.close()); // a newer page may change the shape
      resolve(request.result);
    };
    request.onerror = () => reject(request.error, (opened = null));
  });
  return opened;
}

// Resolves only when the transaction is complete; what people made is on the disk by then, not only in its cache.
async function transact(name, mode, act) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const durability = name === "items" || name === "keys" ? "strict" : "relaxed";
    const change = db.transaction(name, mode, { durability });
    const asked = act(change.objectStore(name));
    change.oncomplete = () => resolve(asked?.result);
    change.onabort = () => reject(change.error);
  });
}

const read = (name, act) => transact(name, "readonly", act);
const write = (name, act) => transact(name, "readwrite", act);

// --- not personal, not sealed ---
export const meta = async (name) => (await read("meta", (store) => store.get(name))) ?? null;
export const setMeta = (name, value) => write("meta", (store) => store.put(value, name));

export function device() {
  return navigator.locks.request("tandem-device", async () => {
    const known = await meta("device");
    if (known) return known;
    const made = crypto.randomUUID();
    await setMeta("device", made);
    return made;
  });
}

// --- who is here ---
let bound = null; // the person this page was made for: when another takes the phone, it may do nothing any more

export const me = () => meta("person");
export const boundTo = () => bound;
export const bind = (personId) => (bound = personId);

// me(), unless this page belongs to somebody else
export async function mine() {
  const person = await me();
  return person && (!bound || bound === person.id) ? person : null;
}

export async function become(person) {
  const before = await me();
  if (before && before.id !== person?.id) await rest(before.id);
  await setMeta("person", person);
  bind(person?.id ?? null);
  if (before?.id !== person?.id) tell({ person: person?.id ?? null });
}

const allOf = (personId) => IDBKeyRange.bound([personId], [personId, []]);

export async function rest(personId) {
  await dropKey(personId);
  await setMeta(`lock:${personId}`, null); // what her PIN opens
  await write("parts", (store) => store.delete(allOf(personId)));
}

export const keyFor = async (personId) => (await read("keys", (store) => store.get(personId))) ?? null;
export const setKey = (personId, cryptoKey) => write("keys", (store) => store.put(cryptoKey, personId));
export const dropKey = (personId) => write("keys", (store) => store.delete(personId));

// --- sealing: a text belongs to its person and its place, nowhere else can it be opened ---
const letters = new TextEncoder();

async function sealed(key, place, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: letters.encode(place) };
  return { iv, text: await crypto.subtle.encrypt(how, key, letters.encode(JSON.stringify(value))) };
}

// null when it cannot be opened: another key, or another place
async function unsealed(key, place, held) {
  try {
    const how = { name: "AES-GCM", iv: held.iv, additionalData: letters.encode(place) };
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, held.text)));
  } catch {
    return null;
  }
}

// --- parts ---
// `of` names the person that a value was fetched for, so that it never lands with who came after
export async function putPart(name, value, of) {
  const person = of ?? (await mine())?.id;
  const key = person && (await keyFor(person));
  if (!key) throw new Locked();
  const held = await sealed(key, `part ${person} ${name}`, value);
  await write("parts", (store) => store.put(held, [person, name]));
}

export async function part(name) {
  const person = (await mine())?.id;
  const key = person && (await keyFor(person));
  const held = key && (await read("parts", (store) => store.get([person, name])));
  return held ? unsealed(key, `part ${person} ${name}`, held) : null;
}

export async function dropPart(name) {
  const person = (await mine())?.id;
  if (person) await write("parts", (store) => store.delete([person, name]));
}

// none while the phone is locked
export async function partNames() {
  const person = (await mine())?.id;
  if (!person || !(await keyFor(person))) return [];
  return (await read("parts", (store) => store.getAllKeys(allOf(person)))).map(([, name]) => name);
}

// --- items: key, person, n, state and tries are plain, the rest is sealed ---
async function sealedItem(key, { key: id, person, n, state, tries, ...body }) {
  return { key: id, person, n, state, tries, body: await sealed(key, `item ${person} ${id}`, body) };
}

// In order. What cannot be opened now has no kind and is marked `closed`; it is kept, and left alone.
export async function allItems(personId) {
  const key = await keyFor(personId);
  const rows = await read("items", (store) => store.index("person").getAll(personId));
  const items = rows.map(async ({ body, ...plain }) => {
    const open = key && (await unsealed(key, `item ${personId} ${plain.key}`, body));
    return open ? { ...open, ...plain } : { ...plain, closed: true };
  });
  return (await Promise.all(items)).sort((one, other) => one.n - other.n);
}

// Reads, decides and writes with nobody between, in one transaction: all of it stands, or nothing.
// `decide(items)` gives {put: [items], drop: [keys], ...}; so does this, once it is on the disk.
export function changeItems(personId, decide) {
  return navigator.locks.request("tandem-items", async () => {
    const key = await keyFor(personId);
    if (!key) throw new Locked();
    const change = decide(await allItems(personId));
    const { put = [], drop = [] } = change;
    const rows = await Promise.all(put.map((item) => sealedItem(key, item)));
    if (rows.length + drop.length)
      await write("items", (store) => {
        drop.forEach((one) => store.delete(one));
        rows.forEach((row) => store.put(row));
      });
    return change;
  });
}

export const putItem = (item) => changeItems(item.person, () => ({ put: [item] }));
export const dropItem = (key) => write("items", (store) => store.delete(key));

// --- news between the pages of this phone, its worker, and oneself ---
const channel = self.BroadcastChannel ? new BroadcastChannel("tandem-phone") : null;
const hearers = new Set();

export function tell(what) {
  channel?.postMessage(what);
  hearers.forEach((act) => act(what));
}

export function onTold(act) {
  if (channel && !hearers.size) channel.onmessage = ({ data }) => hearers.forEach((one) => one(data));
  hearers.add(act);
  return () => hearers.delete(act);
}
