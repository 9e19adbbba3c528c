// What stands in the forms of a part: laid over its fresh copy. A form that was sent keeps its key until its answer is
// known: sent again under it, it counts once.
const sent = new Map(); // name of a form -> {words, busy}
const changed = (field) => (field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== (field.defaultValue ?? ""));
const fieldsOf = (place) => [...place.querySelectorAll("input:not([type=hidden]), textarea, select")];
const wordsOf = (form) => JSON.stringify(fieldsOf(form).map((field) => [field.name, field.value, field.checked]));
const hiddenOf = (form) => [...form.querySelectorAll("input[type=hidden]")].filter(({ name }) => name !== "key" && name !== "csrfmiddlewaretoken");
const kindOf = (form) => JSON.stringify([form.getAttribute("action"), ...hiddenOf(form).map(({ name, value }) => [name, value])]);
const formNamed = (name) => [...document.forms].find((form) => nameOf(form) === name);

/** By what a form is known: its key, or the address of one that has none. */
export const nameOf = (form) => form.elements.key?.value ?? form.action;

/** Whether somebody's own words stand there. */
export const typedIn = (place) => fieldsOf(place).some((field) => field.matches("textarea, input:not([type=checkbox], [type=radio])") && changed(field) && field.value.trim());

export const isBusy = (name) => sent.get(name)?.busy === true;
export const sends = (form) => sent.set(nameOf(form), { words: wordsOf(form), busy: true });

/** No answer came: it may be stored or not. Says whether that is still open. */
export function unheard(name) {
  const held = sent.get(name);
  if (held) held.busy = false;
  return held !== undefined;
}

/** The answer is known. What is stored leaves the form, unless other words stand there by now; says whether we waited. */
export function settle(name, stored) {
  const held = sent.get(name);
  sent.delete(name);
  const form = stored && held && formNamed(name);
  if (!form || !fieldsOf(form).length) return held !== undefined;
  if (wordsOf(form) === held.words) form.reset();
  if (form.elements.key) form.elements.key.value = crypto.randomUUID();
  return true;
}

/** Takes the fresh copy, and lays what is being typed, stands open or is on its way back over it. */
export function takeOver(part, fresh) {
  const typed = fieldsOf(part).filter((field) => field.id && changed(field));
  const open = [...part.querySelectorAll("details")].map((one) => one.open);
  const focus = part.contains(document.activeElement) ? document.activeElement.id : "";
  const keys = [...part.querySelectorAll("form")].filter((form) => sent.has(nameOf(form))).map((form) => [kindOf(form), nameOf(form)]);
  part.replaceChildren(...document.importNode(fresh, true).childNodes);
  for (const field of typed) {
    const again = document.getElementById(field.id);
    if (again && part.contains(again)) [again.value, again.checked] = [field.value, field.checked];
  }
  for (const [kind, key] of keys) {
    const again = [...part.querySelectorAll("form")].find((form) => kindOf(form) === kind);
    if (again?.elements.key) again.elements.key.value = key;
  }
  [...part.querySelectorAll("details")].forEach((one, n) => { one.open = open[n] ?? false; });
  if (focus) document.getElementById(focus)?.focus();
}
