// What the guard found, drawn beside the field: why, what could stand there instead, and that it may stay.
import { part } from "../../lms/phone.js";
import { NOTHING, find, registerOf, replaced } from "./guard.js";

const words = document.querySelector("#guard-words")?.content;
let register = NOTHING;

/** Settled when the names and places of the programme are here; without them the lists alone are asked. */
export const ready = part("guard").then((told) => { register = registerOf(told ?? {}); }, () => {});

/** The findings of a text. `spared`: words of names that may be said here. */
export const findingsOf = (text, spared = new Set()) => (words ? find(text, { ...register, spared }) : []);

const said = (kind, name) => words.querySelector(`[data-${kind}="${CSS.escape(name)}"]`)?.textContent ?? "";

/** The words that could stand there, in the reader's language. */
export const insteadOf = ({ hint }) => (hint.startsWith("year:") ? hint.slice(5) : said("hint", hint));

const copy = (asked) => words.querySelector(asked).cloneNode(true);

// One more offer, where the page knows more words for what was found.
function offer(line, write, words, mend) {
  const button = write.cloneNode(true);
  button.querySelector("span").textContent = button.querySelector("span").textContent.replace("{words}", words);
  button.addEventListener("click", mend);
  write.after(button);
}

function lineOf(text, finding, { mend, stays, also }) {
  const line = copy("[data-found]");
  const other = insteadOf(finding);
  line.querySelector("[data-text]").textContent = finding.text;
  line.querySelector("[data-why]").textContent = said("kind", finding.kind);
  const write = line.querySelector("[data-instead]");
  write.hidden = !other;
  const more = also?.(finding);
  if (other && more) offer(line, write, more, () => mend(replaced(text, finding, more)));
  write.querySelector("span").textContent = write.querySelector("span").textContent.replace("{words}", other);
  write.addEventListener("click", () => mend(replaced(text, finding, other)));
  line.querySelector("[data-away]").hidden = Boolean(other);
  line.querySelector("[data-away]").addEventListener("click", () => mend(replaced(text, finding, "")));
  if (!stays) line.querySelector("details").remove();
  else line.querySelectorAll("[data-stays]").forEach((button) => button.addEventListener("click", () => stays(finding, button.dataset.stays)));
  return line;
}

/** A panel with a line for each finding. `mend(text)`: other words; `stays(finding, reason)`: one may stay; `all(reason)`:
    all may; `later()`: it is written differently; `also(finding)`: more words that could stand there. */
export function panelOf(text, findings, { mend, stays, all, later, also }) {
  const box = copy("[data-box]");
  box.querySelector("[data-list]").append(...findings.map((finding) => lineOf(text, finding, { mend, stays, also })));
  if (!all) return box;
  const end = copy("[data-all]");
  end.querySelectorAll("[data-stays]").forEach((button) => button.addEventListener("click", () => all(button.dataset.stays)));
  end.querySelector("[data-later]").addEventListener("click", later);
  box.querySelector("[data-list]").after(end);
  return box;
}
