// What the room's page shows: events, own messages that still wait, who is here, and the state of the line in words.
import { add, clearPlace, toBottom } from "./room_place.js";
import { drawQuote } from "./room_reply.js";
import { copy, counted, find, root, word } from "./room_words.js";

const log = find("#log");
const waiting = find("#waiting");
const STATE_ICON = { live: "signal", http: "signal", reading: "doc", reconnecting: "wait", offline: "offline", out: "lock", locked: "lock" };

function said(event) {
  const mine = event.by?.id === root.dataset.person;
  const node = copy("said");
  node.classList.toggle("me", mine);
  node.classList.toggle("presenter", event.by?.id === find("[data-presenter]")?.dataset.presenter);
  node.querySelector("[data-name]").textContent = mine ? word("you") : event.by?.name ?? "";
  const presents = node.classList.contains("presenter");
  node.querySelector("[data-presents]").hidden = !presents;
  node.querySelector(".what").textContent = event.data.redacted ? word("redacted") : event.data.text;
  drawQuote(node, event, word);
  document.dispatchEvent(new CustomEvent("room:said", { detail: { node, event } }));
  return node;
}

const WORDED = new Set(["recommendation.propose", "poll.open"]); // lines with somebody's own words

function line(event) {
  const node = copy("line");
  node.querySelector("[data-text]").textContent = lineOf(event);
  if (WORDED.has(event.kind)) document.dispatchEvent(new CustomEvent("room:said", { detail: { node, event } }));
  return node;
}

function lineOf(event) {
  const values = { name: event.by?.name ?? "", text: event.data.text ?? "" };
  if (event.data.redacted) return word("redacted");
  if (event.kind === "agenda") return "extend" in event.data ? counted("agenda.extend", event.data.extend) : word("items" in event.data ? "agenda.items" : "agenda.box");
  if (event.kind === "poll.open") return word("poll.open", { question: event.data.question });
  if (event.kind === "poll.close") return counted("poll.close", event.data.votes);
  if (event.kind === "phase") return event.data.step ? word(`step.${event.data.step}`) : word(`state.${event.data.state}`);
  return word(event.kind, values) || word("other");
}

function redact(seq) {
  const node = log.querySelector(`[data-seq="${Number(seq)}"]`);
  const place = node?.querySelector(".what, [data-text]");
  if (place) place.textContent = word("redacted");
  for (const link of node?.querySelectorAll("[data-words], [data-reply]") ?? []) link.hidden = true;
  for (const quote of log.querySelectorAll(`[data-quote="${Number(seq)}"] [data-quote-text]`)) quote.textContent = word("redacted");
}

const QUIET = new Set(["hand.raise", "hand.lower", "poll.vote"]); // the side shows them; in the talk they would be noise

/** One event of the log, drawn once: an event that stands there already is left as it is. */
export function drawEvent(event) {
  if (writer && event.kind === "message" && event.by?.id === writer) stopTyping();
  if (log.querySelector(`[data-seq="${event.seq}"]`) || QUIET.has(event.kind)) return;
  const message = event.kind === "message";
  const node = message ? said(event) : line(event);
  node.dataset.seq = event.seq;
  node.dataset.key = event.key ?? "";
  node.dataset.kind = event.kind;
  if (message) node.id = `line-${event.seq}`;
  dropWaiting(event.key);
  add(node, { own: message && event.by?.id === root.dataset.person, counts: message });
  if (event.kind === "redact") redact(event.data.seq);
}

export const isDrawn = (key) => log.querySelector(`[data-key="${CSS.escape(key)}"]`) !== null;

/** Our copy is of another log. */
export function clearLog() {
  log.replaceChildren();
  clearPlace();
}

const waitingNode = (key) => waiting.querySelector(`[data-key="${CSS.escape(key ?? "")}"]`);

/** An own message before the server has it; with `refused`, why it was not taken, and what can be done. */
export function drawWaiting(post, { onMend, onDrop }) {
  const node = copy(post.refused ? "refused" : "waiting");
  node.dataset.key = post.key;
  node.querySelector(".what").textContent = post.data.text;
  if (post.refused) {
    node.querySelector("[data-why]").textContent = post.refused;
    node.querySelector("[data-mend]").hidden = !find("#composer");
    node.querySelector("[data-mend]").addEventListener("click", () => onMend(post));
    node.querySelector("[data-drop]").addEventListener("click", () => onDrop(post));
  }
  const old = waitingNode(post.key);
  if (old) old.replaceWith(node);
  else waiting.append(node);
  toBottom();
}

/** Stored by the server, its event is on the way: no longer dashed. */
export function markStored(key) {
  const node = waitingNode(key);
  node?.classList.remove("waiting");
  node?.querySelector(".chip")?.remove();
}

export const dropWaiting = (key) => waitingNode(key)?.remove();
/** The state of the line in words, and as `data-state` for whoever looks by program. */
export function say(state, count, { shown = state } = {}) {
  if (!root.dataset.socket) return; // the minutes have no line
  root.dataset.state = state;
  const text = count && state !== "live" ? `${word(`line.${shown}`)} ${counted("waiting", count)}` : word(`line.${shown}`);
  for (const place of document.querySelectorAll("[data-line]")) {
    place.querySelector("[data-text]").textContent = word(`short.${shown}`);
    const use = place.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${STATE_ICON[shown] ?? "wait"}`));
  }
  const lost = find("#lost");
  lost.hidden = state === "live" || state === "http";
  lost.querySelector("[data-text]").textContent = text;
  find("#sign-in").hidden = shown !== "out";
  find("#open-lock").hidden = shown !== "locked";
  find("#try-now").hidden = shown === "out" || shown === "gone";
}

/** Said to a screen reader only: the page shows it elsewhere. */
export function tellAloud(text) {
  const place = find("#told");
  if (place) place.textContent = text;
}

export function complain(text) {
  const place = find("#complaint");
  place.hidden = !text;
  place.querySelector("[data-text]").textContent = text;
}

let writing = 0;
let writer = "";
let names = new Map();

export function drawTyping(by) {
  const name = names.get(by) ?? names.get(by?.id);
  const place = find("#typing");
  if (!place || !name || by === root.dataset.person) return;
  place.textContent = word("typing", { name });
  clearTimeout(writing);
  writer = by?.id ?? by;
  writing = setTimeout(stopTyping, 4000);
}

function stopTyping() {
  clearTimeout(writing);
  writer = "";
  find("#typing").textContent = "";
}

let lastMembers = [];

export function drawPresence(members = lastMembers) {
  lastMembers = members;
  names = new Map(members.map((member) => [member.id, member.name]));
  const here = new Set(members.map((member) => member.id));
  const people = [...document.querySelectorAll("[data-member]")];
  for (const person of people) {
    const present = here.has(person.dataset.member);
    person.classList.toggle("here", present);
    person.querySelector("[data-here]").textContent = word(present ? "here" : "away");
  }
  const total = Math.max(people.length, here.size);
  for (const place of document.querySelectorAll("[data-here-count]")) place.textContent = word("here.count", { n: here.size, total });
}
