// The fields of a case on a page: reading and filling them, and showing two texts where two phones wrote.
const BESIDE = new Set(["csrfmiddlewaretoken", "key", "step", "programme", "go"]);
const SCORE = ["tool", "version", "score", "cut_off", "cut_off_source"];

// The name of the answer that a control belongs to: the lists of scores are one answer.
export function answerOf(control) {
  if (!control.name || BESIDE.has(control.name)) return null;
  return control.name.startsWith("form-") ? "scores" : control.name;
}

// A point in the last question of PHQ-9 says that there are thoughts of self-harm.
export const tellsHarm = (control) => control.name === "form-harm" && control.value === "yes";

export const answersIn = (form) => [...new Set([...form.elements].map(answerOf).filter(Boolean))];

const scoreField = (form, line, name) => form.elements[`form-${line}-${name}`];

function linesIn(form) {
  const lines = [];
  for (let line = 0; scoreField(form, line, "tool"); line++) {
    const told = Object.fromEntries(SCORE.map((name) => [name, scoreField(form, line, name).value]));
    if (SCORE.some((name) => told[name])) lines.push(told);
  }
  return lines;
}

export function read(form, name) {
  if (name === "scores") return linesIn(form);
  const control = form.elements[name];
  return control.type === "checkbox" ? control.checked : control.value;
}

export function fill(form, name, value) {
  if (name === "scores") return fillLines(form, value ?? []);
  const control = form.elements[name];
  if (control.type === "checkbox") control.checked = value === true;
  else if (control instanceof RadioNodeList) control.forEach((radio) => (radio.checked = radio.value === value));
  else control.value = value ?? "";
}

function fillLines(form, lines) {
  for (let line = 0; scoreField(form, line, "tool"); line++) {
    for (const name of SCORE) scoreField(form, line, name).value = lines[line]?.[name] ?? "";
    const more = scoreField(form, line, "tool").closest("details");
    if (more && lines[line]) more.open = true;
  }
}

// Where something about an answer is said: before its field.
function placeOf(form, name) {
  const control = name === "scores" ? scoreField(form, 0, "tool") : form.elements[name];
  const first = control instanceof RadioNodeList ? control[0] : control;
  return name === "scores" ? first.closest("fieldset") : first.closest("fieldset, .field, .stack-s");
}

// An answer in the words of the page.
function wordsOf(form, name, value) {
  if (name === "scores") return (value ?? []).map((line) => [line.tool, line.version, line.score].filter(Boolean).join(" · ")).join("\n");
  const control = form.elements[name];
  if (control.type === "checkbox") return value ? "✓" : "";
  if (!(control instanceof RadioNodeList)) return value ?? "";
  return [...control].find((radio) => radio.value === value)?.closest("label").innerText ?? "";
}

export const word = (name) => document.querySelector("#case-words").content.querySelector(`[data-word="${name}"]`).cloneNode(true);

// `others`: answer -> what another phone wrote; `act(name, mineStays)` when she chose.
export function drawConflicts(form, others, act) {
  form.querySelectorAll("[data-conflict]").forEach((old) => old.dataset.conflict in others || old.remove());
  for (const [name, other] of Object.entries(others)) {
    const known = form.querySelector(`[data-conflict="${name}"]`);
    const panel = known ?? word("conflict");
    panel.querySelector("[data-other]").textContent = wordsOf(form, name, other) || word("empty").textContent;
    if (known) continue;
    panel.dataset.conflict = name;
    panel.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-choose]");
      if (button) act(name, button.dataset.choose === "mine");
    });
    placeOf(form, name).before(panel);
  }
}

// The page's own words about what is missing; `names` are answers, or "scores".
export function drawMissing(section, names) {
  for (const line of section.querySelectorAll("[data-missing]")) line.hidden = !names.includes(line.dataset.missing);
  const shown = section.querySelector("[data-missing]:not([hidden])");
  shown?.nextElementSibling?.querySelector("input, textarea")?.focus();
  return Boolean(shown);
}

// The same rule as is_one_sentence in supervision/cases/rules.py.
export const isOneSentence = (text) => (text.trim().match(/[.!?؟۔।።]+\s+\S/g) ?? []).length <= 1;
