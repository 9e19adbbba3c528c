// Names of people and places in a text. The same rules as the server's `guard/rules/names.py`; a test compares them.
import lists from "./guard_words.js";

export const known = Object.fromEntries(Object.entries(lists).map(([name, words]) => [name, new Set(words.split(" "))]));

const WORD = /\p{L}(?:[\p{L}\u0300-\u036f\u064b-\u065f\u0670]|['’-](?=\p{L}))*/gu;
const MARKS = /[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g;
const ENDS = /[.!?:;\n…"“”«»([]/;
const ARABIC = /^[\u0621-\u064a]/;
const PREFIXES = ["وال", "و", "ف", "ل", "ب", "ك"];
const SHORTENED = new Set(["mr", "mrs", "ms", "dr", "rev", "prof"]); // their dot ends no sentence
const MIDDLE_LINK = 2;
const KIN_TITLES = new Set(["ابو", "ام", "بنت", "عم", "الاب", "الست", "خال", "عمه", "خاله"]);
const NO_NAMING = new Set(["i", "he", "she", "we", "they", "who", "and", "has", "have", "had"]);
const ALIKE = { "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ؤ": "و", "ئ": "ي", "’": "'" };

/** A word as the lists have it. */
export function plain(word) {
  const small = word.toLowerCase().replace(MARKS, "").replace(/[أإآٱةؤئ’]/g, (letter) => ALIKE[letter]);
  return small.endsWith("'s") ? small.slice(0, -2) : small.replace(/^['-]+|['-]+$/g, "");
}

/** The words of a text in order. */
export function wordsOf(text) {
  const found = [];
  for (const match of text.matchAll(WORD)) {
    const [word, start] = [match[0], match.index];
    const before = found.length ? text.slice(found[found.length - 1].end, start) : "";
    const first = !found.length || ENDS.test(before);
    const head = String.fromCodePoint(word.codePointAt(0));
    const shouted = word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase();
    found.push({ start, end: start + word.length, low: plain(word), capital: head !== head.toLowerCase(), shouted, first, arabic: ARABIC.test(word) });
  }
  return found;
}

const low = (reading, at) => reading.words[at]?.low ?? "";

/** Names and places outside of what is `taken`. `register` has `people`, `spared` (Sets) and `places` (runs of words). */
export function findNames(text, register, taken) {
  const words = wordsOf(text).filter((word) => taken.every(({ start, end }) => word.end <= start || word.start >= end));
  const latin = words.filter((word) => !word.arabic);
  const capitals = latin.filter((word) => word.capital).length;
  const reading = { words, register, loud: capitals > 5 && capitals > 0.6 * latin.length, kinds: words.map(() => null) };
  markRegisterPlaces(reading);
  for (let at = 0; at < words.length; at += 1) reading.kinds[at] ??= kindOf(reading, at);
  reachBack(reading);
  return joined(text, reading);
}

function markRegisterPlaces({ words, register, kinds }) {
  const runs = new Set(register.places.map((run) => run.join(" ")));
  const longest = Math.max(0, ...register.places.map((run) => run.length));
  for (let at = 0; at < words.length; at += 1) {
    for (let length = Math.min(longest, words.length - at); length > 0; length -= 1) {
      if (!runs.has(words.slice(at, at + length).map((word) => word.low).join(" "))) continue;
      kinds.fill("place", at, at + length);
      break;
    }
  }
}

function kindOf(reading, at) {
  const word = reading.words[at];
  if (reading.register.spared.has(word.low) || [...word.low].length < 2) return null;
  if (word.arabic) return arabicKind(reading, at);
  if (isPlaceHere(reading, at)) return "place";
  const listed = (part) => known.names.has(part) || reading.register.people.has(part);
  if (listed(word.low) || (word.capital && word.low.split("-").some(listed))) return "name";
  if (known.soft.has(word.low)) return word.capital && softIsName(reading, at) ? "name" : null;
  if (known.places.has(word.low)) return "place";
  if (namedBefore(reading, at) && !known.starters.has(word.low) && word.capital) return "name";
  return capitalKind(reading, at);
}

function capitalKind(reading, at) {
  const word = reading.words[at];
  const explained = ["allow", "starters", "titles", "placeAfter"].some((name) => known[name].has(word.low));
  if (!word.capital || explained || (word.shouted && word.low.length < 6)) return null;
  const before = low(reading, at - 1);
  if (known.titles.has(before) && (!word.first || SHORTENED.has(before))) return "name";
  if (word.first || reading.loud) return null;
  return inPlaceWords(reading, at) ? "place" : "name";
}

function isPlaceHere(reading, at) {
  const word = reading.words[at];
  const listed = known.names.has(word.low) || known.soft.has(word.low);
  return listed && word.capital && !word.first && known.placeAfter.has(low(reading, at + 1));
}

function inPlaceWords(reading, at) {
  if (known.placeBefore.has(low(reading, at - 1)) || known.placeAfter.has(low(reading, at + 1))) return true;
  if (reading.words[at + 1]?.capital && known.placeAfter.has(low(reading, at + 2))) return true;
  return headBefore(reading, at);
}

function headBefore(reading, at) {
  for (let back = 1; back <= MIDDLE_LINK + 1; back += 1) {
    const before = low(reading, at - back);
    if (known.placeHeads.has(before)) return true;
    if (!known.links.has(before)) return false;
  }
  return false;
}

function namedBefore(reading, at) {
  const before = low(reading, at - 1);
  if (known.named.has(before)) return true;
  if (before === "called") return !NO_NAMING.has(low(reading, at - 2));
  if (!["is", "ni", "lake", "yake", "langu"].includes(before)) return false;
  return [low(reading, at - 2), low(reading, at - 3)].some((word) => word === "name" || word === "jina");
}

function softIsName(reading, at) {
  const word = reading.words[at];
  const before = low(reading, at - 1);
  if (known.titles.has(before) || known.relations.has(before) || namedBefore(reading, at)) return true;
  for (const other of [at - 1, at + 1]) {
    const beside = reading.words[other];
    if (!beside) continue;
    const strange = !["allow", "starters", "soft", "titles"].some((name) => known[name].has(beside.low));
    const apart = reading.words[Math.max(at, other)].first;
    const told = known.names.has(beside.low) || (strange && !beside.first);
    if (beside.capital && told && !apart && !reading.register.spared.has(beside.low)) return true;
  }
  return !word.first && !reading.loud && !known.allow.has(word.low);
}

function arabicKind(reading, at) {
  const word = reading.words[at];
  const stems = stemsOf(word.low);
  const before = low(reading, at - 1);
  const among = (set) => stems.some((stem) => set.has(stem));
  if (among(known.places)) return "place";
  if (among(known.names) || among(reading.register.people)) return "name";
  const titles = before ? stemsOf(before).filter((stem) => known.titles.has(stem)) : [];
  const naming = known.named.has(before);
  if (known.soft.has(word.low) && (titles.length || naming || known.relations.has(before) || isArabicName(reading, at - 1))) return "name";
  if ((naming || titles.some((title) => !KIN_TITLES.has(title))) && isOpen(word.low)) return "name";
  if (known.placeHeads.has(before) && word.low.startsWith("ال") && !known.generic.has(word.low)) return "place";
  return null;
}

const isOpen = (word) => word.length > 2 && !word.startsWith("ال") && !known.generic.has(word);
const isArabicName = ({ words }, at) => Boolean(words[at]?.arabic) && stemsOf(words[at].low).some((stem) => known.names.has(stem));

function stemsOf(word) {
  const shorter = PREFIXES.filter((start) => word.startsWith(start) && word.length > start.length + 2);
  return [word, ...shorter.map((start) => word.slice(start.length))];
}

function reachBack({ words, kinds, register, loud }) {
  const explained = (word) => ["allow", "starters", "titles", "relations"].some((name) => known[name].has(word)) || register.spared.has(word);
  for (let at = words.length - 2; at >= 0; at -= 1) {
    const [word, following] = [words[at], words[at + 1]];
    if (kinds[at] !== null || !word.capital || following.first || explained(word.low)) continue;
    if (kinds[at + 1] === "name" && following.capital && !loud) kinds[at] = "name";
  }
}

function joined(text, { words, kinds }) {
  const found = [];
  words.forEach((word, at) => {
    const last = found[found.length - 1];
    const closes = last?.kind === "place" && known.placeAfter.has(word.low);
    if (kinds[at] === null && closes && text.slice(last.end, word.start) === " ") last.end = word.end;
    if (kinds[at] === null) return;
    if (last?.kind === kinds[at] && /^ *$/.test(text.slice(last.end, word.start))) last.end = word.end;
    else found.push({ kind: kinds[at], start: word.start, end: word.end });
  });
  return found;
}
