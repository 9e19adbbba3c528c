// Parts of the page that the meeting changes: fetched again by name; and the forms in them, sent without leaving the page.
import { holds } from "./room_guard.js";
import { complain, drawPresence, find, keepPlace, root, tellAloud, toBottom, word } from "./room_page.js";

const PARTS = [
  [/^phase$/, "agenda,notice,case,hand,hands,advice,lead"],
  [/^agenda$/, "agenda,lead"],
  [/^case\./, "agenda,case,advice,lead"],
  [/^recommendation\.|^redact$/, "advice"],
  [/^hand\./, "hand,hands"],
  [/^poll\.(open|close)$|^redact$/, "ask,polls"],
  [/^call$/, "call"],
];
const FOR_LEAD = [[/^(join|leave)$/, "people"], [/^poll\.vote$/, "ask,polls"], [/^redact$/, "flags"]];
const leads = root.dataset.lead !== undefined;
const typedText = () => find("#composer")?.elements.text.value ?? "";

/** An event stands in the log: what it changes is fetched, and what concerns one person is said to her. */
export function changedBy(event) {
  for (const [kind, names] of leads ? [...PARTS, ...FOR_LEAD] : PARTS) if (kind.test(event.kind)) refresh(names);
  if (event.kind === "join" || event.kind === "leave") askConsent();
  if (event.kind === "leave" && find(`[data-hand="${CSS.escape(event.by?.id ?? "")}"]`)) refresh("hand,hands");
  if (event.kind === "hand.raise" && leads) tellAloud(word("hand.raised", { name: event.by?.name ?? "" }));
  if (event.kind === "hand.lower" && event.data.called && event.data.person === root.dataset.person) tellAloud(word("hand.floor"));
}

// Whether it may be recorded hangs on who came and on answers that stand in no log. Who leads sees it at once, the others
// within some seconds; a frame may be lost, so who leads looks now and then too, and who has no line.
const LOOK_EVERY = 30000;
let consent = 0;

function askConsent() {
  if (consent || !find("[data-recording]")) return;
  consent = setTimeout(() => { consent = 0; refresh("call"); }, leads ? 0 : 5000 * Math.random());
}

root.addEventListener("room:frame", ({ detail }) => {
  if (detail.type === "ready" || (detail.type === "changed" && detail.part === "call")) askConsent();
});
setInterval(() => { if (leads || root.dataset.state === "http") askConsent(); }, LOOK_EVERY);

document.addEventListener("room:private", () => { if (leads) refresh("flags"); });

/** How many private words wait for her. */
export function drawUnseen(n) {
  const place = find("[data-count=private]");
  if (!place) return;
  if (n > Number(place.textContent)) tellAloud(word("private.new"));
  place.textContent = n;
  place.hidden = !n;
}

/** Takes the parts that changed from fresh copies, and lays what is being typed or stands open back over them. */
function takeParts(page) {
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!fresh || fresh.innerHTML === part.innerHTML) continue;
    const typed = [...part.querySelectorAll("input:not([type=hidden]), textarea, select")].filter((field) => field.id && (field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== (field.defaultValue ?? "")));
    const open = [...part.querySelectorAll("details")].map((one) => one.open);
    const focus = part.contains(document.activeElement) ? document.activeElement.id : "";
    part.replaceChildren(...document.importNode(fresh, true).childNodes);
    for (const field of typed) {
      const again = document.getElementById(field.id);
      if (again && part.contains(again)) [again.value, again.checked] = [field.value, field.checked];
    }
    [...part.querySelectorAll("details")].forEach((one, n) => { one.open = open[n] ?? false; });
    if (focus) document.getElementById(focus)?.focus();
  }
  const hands = find("[data-count=hands]");
  const up = document.querySelectorAll("[data-hand]").length;
  if (hands) [hands.textContent, hands.hidden] = [up, !up];
  if (page.querySelector("[data-part=private]")) drawUnseen(Number(find("[data-unseen]")?.dataset.unseen ?? 0));
  drawPresence();
  keepPlace();
}

const wanted = new Set();
let asking = 0;

/** Asks again for these parts (default: all) in a moment, with what else is asked until then. */
export function refresh(names = [...document.querySelectorAll("[data-part]")].map((part) => part.dataset.part).join(",")) {
  for (const name of names.split(",")) wanted.add(name);
  clearTimeout(asking);
  asking = setTimeout(fetchParts, 150);
}

async function fetchParts() {
  if (!root.dataset.parts) return;
  const asked = [...wanted].join(",");
  wanted.clear();
  const answer = await fetch(`${root.dataset.parts}?names=${asked}`, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#parts");
  if (!fresh) return;
  root.dataset.roomState = fresh.dataset.roomState;
  if (/^(lobby|live|wrap_up)$/.test(fresh.dataset.roomState)) takeParts(page);
  else if (find("#waiting").childElementCount || typedText()) find("#over").hidden = false;
  else location.reload();
}

// Where words that are held are shown in a form: before its buttons.
function placeIn(form) {
  const there = form.querySelector("[data-held]");
  if (there) return there;
  const place = Object.assign(document.createElement("div"), { className: "stack-s" });
  place.dataset.held = "";
  const button = form.querySelector("button:last-of-type");
  (form.querySelector(".row:has(> button)") ?? button).before(place);
  return place;
}

// Controls and advice: the same form, sent without leaving the page; what was typed stays until it is stored.
async function sendForm(form, submitter, reasons = new Map()) {
  if (form.dataset.busy) return;
  for (const field of form.querySelectorAll("[data-guard]")) {
    const stays = (why) => sendForm(form, submitter, new Map(reasons).set(field, why));
    if (!reasons.has(field) && holds(field, stays, placeIn(form))) return;
  }
  form.dataset.busy = "1";
  try {
    const body = new FormData(form, submitter);
    for (const [field, reason] of reasons) for (const name of ["confirmed", `confirmed_${field.name}`]) body.set(name, reason);
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await answer.json();
    complain(said.type === "ack" ? "" : said.detail);
    if (said.type === "ack") form.reset();
    refresh(form.dataset.roomPost || form.closest("[data-part]")?.dataset.part || undefined);
  } catch {
    complain(word("not_sent"));
  } finally {
    delete form.dataset.busy;
  }
}

document.addEventListener("submit", (event) => {
  if (!("roomPost" in event.target.dataset) || !root.dataset.parts || event.submitter?.dataset.plain !== undefined) return;
  event.preventDefault();
  sendForm(event.target, event.submitter);
});

document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[data-tab-link]");
  if (!tab) return;
  event.preventDefault();
  root.dataset.tab = tab.dataset.tabLink;
  for (const one of document.querySelectorAll(".room-tabs [data-tab-link]")) {
    if (one.dataset.tabLink === root.dataset.tab) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  }
  if (root.dataset.tab === "talk") toBottom();
  if (root.dataset.tab === "people") refresh("people");
  if (!tab.closest(".room-tabs")) find(`[data-pane="${root.dataset.tab}"] button`)?.focus(); // on a desk the pane stands open already
});
