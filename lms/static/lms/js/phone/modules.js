// Saved modules: course pages that name nobody, an edition for each language that is read here, kept while somebody needs it.
import { dropPart, meta, part, partNames, setMeta } from "./store.js";
import { isOpen } from "./outbox_rules.js";
import { waiting } from "./outbox.js";

export const MODULE = "tandem-module-";
const JUST_NOW = 60000; // a save of just now may not be in the state that was fetched just before
export const editionName = (key, hash = "") => `${MODULE}${key}-${hash}`;
export const listIn = (cache, key) => cache.match(`/learn/phone/${key}/`); // put last: without it the edition is not whole
export const keyIn = (name) => name.slice(MODULE.length, MODULE.length + 36);

// the newest first
export const editionNames = async (begin) => (await caches.keys()).filter((one) => one.startsWith(begin)).reverse();
export const modulesHere = async () => new Set((await editionNames(MODULE)).map(keyIn));

// {name, list} of each edition that is whole, the newest first
export async function editionsOf(key) {
  const found = [];
  for (const name of await editionNames(editionName(key))) {
    const list = await listIn(await caches.open(name), key);
    if (list) found.push({ name, list: await list.json() });
  }
  return found;
}

// {ids, languages, at}: who has it saved, and in which language each last fetched it
export const readersOf = async (key) => ({ ids: [], at: 0, ...(await meta(`saved:${key}`)) });

// Whether this person has it saved, and in which language; what nobody here needs any more goes.
export async function mark(key, personId, isKept, language) {
  const { ids, languages = {} } = await readersOf(key);
  const others = ids.filter((id) => id !== personId);
  const { [personId]: before, ...rest } = languages;
  const reads = language ?? before;
  await setMeta(`saved:${key}`, {
    ids: isKept ? [...others, personId] : others,
    languages: isKept && reads ? { ...rest, [personId]: reads } : rest,
    at: Date.now(),
  });
  await dropSpare(key);
}

// Of each language that is read the newest stays; while somebody's language is not known, of each language.
async function dropSpare(key) {
  const { ids, languages = {} } = await readersOf(key);
  const read = new Set(ids.map((id) => languages[id]));
  const kept = new Map();
  for (const { name, list } of ids.length ? await editionsOf(key) : []) {
    const isRead = read.has(undefined) || read.has(list.language);
    if (isRead && !kept.has(list.language)) kept.set(list.language, name);
  }
  const stays = new Set(kept.values());
  await Promise.all((await editionNames(editionName(key))).filter((one) => !stays.has(one)).map((one) => caches.delete(one)));
}

// At each contact: what she learns no longer goes from this phone. What she did in it waits in the outbox, and is sent.
export async function dropLeft(personId, keep) {
  const state = await part("modules");
  if (!state || !self.caches) return;
  const saved = new Set(state.modules.map((module) => module.key));
  const going = new Set((await waiting()).items.filter((item) => item.kind === "module.saved" && isOpen(item)).map((item) => item.subject));
  for (const key of await modulesHere()) {
    const { ids, at } = await readersOf(key);
    const isNew = going.has(key) || Math.abs(Date.now() - at) < JUST_NOW;
    if (ids.includes(personId) && !saved.has(key) && !isNew) await mark(key, personId, false);
  }
  const pages = (await partNames()).filter((name) => name.startsWith("page:/learn/") && !keep.includes(name.slice(5)));
  await Promise.all(pages.map(dropPart));
}
