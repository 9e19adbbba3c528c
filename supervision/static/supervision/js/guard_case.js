// The guard beside the fields of a case: found while she writes, and asked for before the case leaves the phone.
import { findingsOf, panelOf, ready } from "./guard_panel.js";
import { sameWords } from "./guard.js";

const QUIET = 700; // ms without typing before a field is looked at

const persons = document.querySelector("#case-words")?.content;

// "a woman of 18 to 39": how the person of this case can be named, once sex and age band are chosen.
function personIn(form) {
  const chosen = (name) => new FormData(form).get(name) || form.dataset[name] || "";
  return persons?.querySelector(`[data-person="${CSS.escape(`${chosen("sex")}-${chosen("age_band")}`)}"]`)?.textContent ?? "";
}

/** `write(name, text)`: other words for an answer; `confirm(name, finding, reason)`: they may stay (without it only
    mending is offered). `confirmed()`: [{field, words, reason}] that were said before. */
export function guardFields(form, { write, confirm, confirmed = () => [] }) {
  const fields = [...form.querySelectorAll("textarea")];
  let timer = 0;

  const findingsIn = (field) => {
    const known = confirmed().filter((one) => one.field === field.name);
    return findingsOf(field.value).filter((finding) => !known.some((one) => sameWords(one.words, finding.text)));
  };

  function draw(field) {
    const findings = findingsIn(field);
    const wanted = JSON.stringify(findings.map(({ text, start }) => [text, start]));
    const old = form.querySelector(`[data-guarded="${field.name}"]`);
    if (old && old.dataset.found === wanted) return;
    old?.remove();
    if (!findings.length) return;
    const mend = (text) => { field.value = text; write(field.name, text); draw(field); field.focus(); };
    const stays = confirm && (async (finding, reason) => { await confirm(field.name, finding, reason); draw(field); field.focus(); });
    const also = ({ hint }) => (hint === "name" ? personIn(form) : "");
    const panel = panelOf(field.value, findings, { mend, stays, also });
    panel.dataset.guarded = field.name;
    panel.dataset.found = wanted;
    field.closest(".field").after(panel);
  }

  form.addEventListener("input", ({ target }) => {
    if (!fields.includes(target)) return;
    clearTimeout(timer);
    timer = setTimeout(() => draw(target), QUIET);
  });
  const all = () => fields.forEach(draw);
  ready.then(all);

  /** The names of the answers in which something is found that nobody has given a reason for. */
  return { draw: all, open: () => fields.filter((field) => findingsIn(field).length).map((field) => field.name) };
}
