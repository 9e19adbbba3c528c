// Forms with fields that are looked at before they leave: found words are held for their writer, who mends them or says
// why they stay. It hears the press before anything else does, the outbox too.
import { plain } from "./guard_names.js";
import { findingsOf, panelOf, ready } from "./guard_panel.js";

const ADDRESS = /\]\((?:https?:\/\/|mailto:)[^\s)]{1,500}\)/g; // of a marked link, where a note can have them
const TAG = /<\/?[a-zA-Z][^<>\n]{0,200}>/g; // HTML is no word, and what follows begins anew
const fieldsOf = (form) => [...form.elements].filter((field) => "guard" in field.dataset && field.value.trim());
const reasonName = (field) => `confirmed_${field.name}`;

function findingsIn(field) {
  const blank = (sign) => (found) => sign.repeat(found.length);
  const text = "guardLinks" in field.dataset ? field.value.replace(ADDRESS, blank(" ")).replace(TAG, blank("\n")) : field.value;
  const found = findingsOf(text, new Set(field.dataset.guard.split(/\s+/).filter(Boolean).map(plain)));
  const before = field.defaultValue.toLowerCase(); // what stood there already was looked at
  return found.filter((one) => !before.includes(one.text.toLowerCase()));
}

const chosen = (form, field) => [...form.elements].some((one) => one.name === reasonName(field) && one.value);

function clear(form, field) {
  for (const one of [...form.elements]) if (one.name === reasonName(field) && one.type === "hidden") one.remove();
  form.querySelector(`[data-held-for="${CSS.escape(field.name)}"]`)?.remove();
}

/** Draws what was found under the field; `again(reason)` sends the form with it. */
function hold(form, field, again) {
  clear(form, field);
  const findings = findingsIn(field);
  if (!findings.length) return false;
  const mend = (text) => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (!hold(form, field, again)) field.focus();
  };
  const all = (reason) => {
    clear(form, field);
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: reasonName(field), value: reason }));
    again();
  };
  const later = () => { clear(form, field); field.focus(); };
  const panel = panelOf(field.value, findings, { mend, all, later });
  panel.dataset.heldFor = field.name;
  (field.closest(".field") ?? field).after(panel);
  panel.querySelector("button, summary").focus();
  return true;
}

addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const field = fieldsOf(form).find((one) => !chosen(form, one) && findingsIn(one).length);
  if (!field) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  hold(form, field, () => form.requestSubmit(submitter));
}, { capture: true });

// other words need another reason
addEventListener("input", ({ target, isTrusted }) => {
  if (isTrusted && target.form && "guard" in target.dataset) clear(target.form, target);
});

export { ready };
