// The list of cases, with what lies only on this phone; without network writing goes on on the phone's page.
import { canKeep, onTold, waiting } from "../../lms/phone.js";
import { eraseCase, isErased, mayErase } from "../../lms/js/erase.js";
import { PAGE, conflicts, draftsHere, isKeptHere, sending, stopped, valueOf } from "./draft.js";

const laid = "laid" in document.documentElement.dataset; // drawn from this phone, not by the server

const words = (asked) => document.querySelector("#cases-words").content.querySelector(asked).cloneNode(true);

function stateOf(draft) {
  if (conflicts(draft).length) return "torn";
  if (stopped(draft)) return "refused";
  return sending(draft) ? "sending" : "kept";
}

function rowOf(draft, list) {
  const row = words("[data-draft]");
  row.dataset.draft = draft.key;
  row.dataset.own = "";
  const link = row.querySelector("a");
  link.href = `${PAGE}#${draft.key}`;
  list.prepend(row);
  return row;
}

async function draw() {
  const list = document.querySelector("[data-cases]");
  if (!list) return;
  const drafts = await draftsHere();
  const keys = drafts.map((draft) => draft.key);
  for (const row of list.querySelectorAll("[data-own]")) keys.includes(row.dataset.draft) || row.remove();
  for (const chip of list.querySelectorAll("[data-here]")) chip.remove();
  for (const draft of drafts) {
    const row = list.querySelector(`[data-draft="${draft.key}"]`) ?? rowOf(draft, list);
    row.querySelector("p").prepend(words(`[data-here="${stateOf(draft)}"]`), " ");
    const question = valueOf(draft, "question");
    if (question) row.querySelector("a").textContent = question;
  }
  await drawErasing(list);
  const any = [...list.children].some((row) => !row.hidden);
  list.hidden = !any;
  document.querySelector("[data-no-cases]")?.toggleAttribute("hidden", any);
}

// What was never sent can be deleted; then it is not shown, whatever the server's page still says.
async function drawErasing(list) {
  const { items } = await waiting();
  for (const row of list.querySelectorAll("[data-draft]")) {
    const key = row.dataset.draft;
    row.hidden = isErased(key, items);
    const [may, shown] = [await mayErase(key, items), row.querySelector("[data-erasing]")];
    if (!may) shown?.remove();
    else if (!shown) row.append(words("[data-erasing]"));
    row.querySelectorAll("[data-question]").forEach((place) => (place.textContent = row.querySelector("a").textContent));
  }
}

function askSure(row, sure) {
  const ask = row.querySelector("[data-erase=ask]");
  row.querySelector("[data-sure]").hidden = !sure;
  ask.hidden = sure;
  (sure ? row.querySelector("[data-erase=yes]") : ask).focus();
}

const ERASING = {
  ask: (row) => askSure(row, true),
  no: (row) => askSure(row, false),
  async yes(row) {
    await eraseCase(row.dataset.draft, !("own" in row.dataset));
    row.remove();
    await soon();
    const said = document.querySelector("[data-erased]");
    said.hidden = false;
    said.focus();
  },
};

let turn = Promise.resolve();
const soon = () => (turn = turn.then(draw).catch((problem) => console.info("cases:", problem.message)));

async function reachable() {
  if (laid || !navigator.onLine) return false;
  const ask = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(3000) };
  return fetch("/health/live", ask).then((answer) => answer.ok, () => false);
}

async function onClick(event) {
  const press = event.target.closest("[data-erase]");
  if (press) return ERASING[press.dataset.erase](press.closest("[data-draft]"));
  const link = event.target.closest("a");
  const key = link?.closest("[data-draft]")?.dataset.draft;
  if (!link || !("write" in link.dataset || key) || event.ctrlKey || event.metaKey || link.pathname === PAGE) return;
  event.preventDefault();
  const onPhone = !(await reachable()) && (await isKeptHere());
  location.assign(onPhone ? `${PAGE}${key ? `#${key}` : ""}` : link.href);
}

if (canKeep) {
  soon();
  onTold((news) => (news.items || news.parts) && soon());
  document.querySelector("main").addEventListener("click", onClick);
  for (const one of document.querySelectorAll("[data-kept-only]")) one.hidden = !laid;
}
