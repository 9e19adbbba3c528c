// Before a message or an idea leaves: words that could show who somebody is are held for their writer.
import { findingsOf, panelOf } from "./guard_panel.js";
import { plain } from "./guard_names.js";
import { find, root } from "./room_words.js";

const place = find("#held");
const leads = root.dataset.lead !== undefined;

// The words in the names of those who sit here: they call each other by name.
function spared() {
  const names = [...document.querySelectorAll("[data-member-name]")].map((one) => one.dataset.memberName);
  return new Set(names.flatMap((name) => name.split(/\s+/)).map(plain));
}

/** Whether this text is held. `field` gets other words; `go(reason)` sends it as it is. */
export function holds(field, go, where = place) {
  const text = field.value.trim();
  const findings = findingsOf(text, spared());
  where?.replaceChildren();
  if (!findings.length || !where) return false;
  const done = () => { where.replaceChildren(); field.focus(); };
  const mend = (other) => {
    field.value = other;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (!holds(field, go, where)) field.focus();
  };
  const panel = panelOf(text, findings, { mend, all: (reason) => { done(); go(reason); }, later: done });
  where.append(panel);
  panel.querySelector("button, summary").focus();
  return true;
}

// Gives a drawn message the way to the page about its words.
document.addEventListener("room:said", ({ detail: { node, event } }) => {
  const link = node.querySelector("[data-words]");
  if (!link) return;
  const own = leads || event.by?.id === root.dataset.person;
  link.hidden = Boolean(event.data.redacted);
  link.href = link.dataset.words.replace(/\/words\/\d+\//, `/words/${Number(event.seq)}/`);
  link.querySelector("[data-words-own]").hidden = !own;
  link.querySelector("[data-words-other]").hidden = own;
  link.querySelector("[data-reply-name]").textContent = event.by?.name ?? "";
});
