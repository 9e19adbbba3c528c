// What in a text could show who somebody is, before it leaves the phone. The same rules as the server's; a test compares.
import { findNames, known, plain, wordsOf } from "./guard_names.js";
import { findShapes } from "./guard_patterns.js";

const LIMIT = 32000;
const YEAR = /(?:19|20)[0-9]{2}/;
const KINDS_OF_PLACE = {
  village: "village estate kijiji mtaa قريه حي",
  school: "school primary secondary academy college university shule chuo مدرسه",
  church: "church mosque parish kanisa msikiti مسجد جامع كنيسه",
  clinic: "hospital clinic dispensary hospitali zahanati kituo مستشفى عياده مستوصف",
  market: "market soko سوق",
  camp: "camp settlement kambi مخيم",
};
const PLACES_OF = new Map(Object.entries(KINDS_OF_PLACE).flatMap(([kind, words]) => words.split(" ").map((word) => [word, kind])));
const DIGITS = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹";
export const NOTHING = { people: new Set(), places: [], spared: new Set() };

const latinDigits = (text) => text.replace(/[٠-٩۰-۹]/g, (digit) => DIGITS.indexOf(digit) % 10);

/** A register as the server sends it: {people: [word], places: [[word]], spared: [word]}. */
export function registerOf({ people = [], places = [], spared = [] } = {}) {
  return { people: new Set(people), places, spared: new Set(spared) };
}

/** All findings of a text in order: {kind, start, end, text, hint}. */
export function find(text, register = NOTHING) {
  const latin = latinDigits(text.slice(0, LIMIT));
  const shapes = findShapes(latin);
  const found = [...shapes, ...findNames(latin, register, shapes)].sort((one, other) => one.start - other.start);
  return found.map(({ kind, start, end }) => ({ kind, start, end, text: text.slice(start, end), hint: hintOf(kind, latin, start, end) }));
}

function hintOf(kind, text, start, end) {
  if (kind === "date") {
    const year = YEAR.exec(text.slice(start, end));
    return year ? `year:${year[0]}` : "date";
  }
  if (kind !== "name" && kind !== "place") return kind;
  const words = wordsOf(text.slice(0, start)).map((word) => word.low);
  const before = words[words.length - 1] ?? "";
  if (kind === "name") return known.relations.has(before) ? "kin" : "name";
  const after = wordsOf(text.slice(end, end + 40)).slice(0, 2).map((word) => word.low);
  const inside = wordsOf(text.slice(start, end)).map((word) => word.low);
  const heads = [before, ...words.slice(-3, -1), ...after, ...inside];
  return PLACES_OF.get(heads.find((head) => PLACES_OF.has(head))) ?? "place";
}

/** The text with other words there; nothing leaves no doubled space. */
export function replaced(text, { start, end }, words) {
  const before = text.slice(0, start);
  return (!words && before.endsWith(" ") ? before.slice(0, -1) : before) + words + text.slice(end);
}

/** Whether two findings say the same: letters count, not how they are written. */
export const sameWords = (one, other) => {
  const [left, right] = [one, other].map((words) => latinDigits(words).split(/\s+/).filter(Boolean).map(plain).join(" "));
  return left === right;
};
