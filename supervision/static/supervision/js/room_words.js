// The words and pieces that the room's page brings along for its scripts.
export const find = (selector) => document.querySelector(selector);
export const root = find("#room");
const words = find("#room-words");
const plural = new Intl.PluralRules(document.documentElement.lang || "en");

export function word(name, values = {}) {
  const text = words.content.querySelector(`[data-word="${name}"]`)?.textContent ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

export function counted(name, n) {
  return word(`${name}.${plural.select(n)}`, { n }) || word(`${name}.other`, { n });
}

export const copy = (name) => find(`#t-${name}`).content.firstElementChild.cloneNode(true);
