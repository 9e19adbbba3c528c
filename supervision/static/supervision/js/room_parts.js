// Parts of the page that the meeting changes: fetched again by name, until they are here.
import { answerTo } from "./room_http.js";
import { complain, drawPresence, tellAloud } from "./room_page.js";
import { keepPlace, toBottom } from "./room_place.js";
import { settle, takeOver, typedIn } from "./room_typed.js";
import { find, root, word } from "./room_words.js";

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
const UNLOGGED = leads ? "private,call,flags,people,polls" : "private,call"; // what changes without a line in the log
const [SOON, LONGEST] = [150, 30000]; // ms

/** An event stands in the log: what it changes is fetched, and what concerns one person is said to her. */
export function changedBy(event) {
  if (event.by?.id === root.dataset.person && settle(event.key, true)) complain("");
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

const told = { private: Number(find("[data-count=private]")?.textContent ?? 0), flags: 0 };

/** How many private words wait for her. */
function drawUnseen(n) {
  const place = find("[data-count=private]");
  if (!place) return;
  if (n > Number(place.textContent)) tellAloud(word("private.new"));
  place.textContent = told.private = n;
  place.hidden = !n;
}

/** What waits for her, as the server counts it: private words, and for who leads, words that could show somebody. */
export function drawWaits({ private: n, flags }) {
  if (n !== undefined && n !== told.private) refresh("private");
  if (n !== undefined) drawUnseen(n);
  if (flags !== undefined && flags !== told.flags) refresh("flags");
  told.flags = flags ?? told.flags;
}

export function hearPrivate(frame) {
  if (frame.about) return void document.dispatchEvent(new Event("room:private"));
  drawWaits({ private: frame.n });
  refresh("private");
}

function takeParts(page) {
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (fresh && fresh.innerHTML !== part.innerHTML) takeOver(part, fresh);
  }
  const hands = find("[data-count=hands]");
  const up = document.querySelectorAll("[data-hand]").length;
  if (hands) [hands.textContent, hands.hidden] = [up, !up];
  if (page.querySelector("[data-part=private]")) drawUnseen(Number(find("[data-unseen]")?.dataset.unseen ?? 0));
  drawPresence();
  keepPlace();
}

const wanted = new Set();
let [timer, fetching, misses] = [0, false, 0];

/** Asks again for these parts (default: all) in a moment, with what else is asked until then. */
export function refresh(names = [...document.querySelectorAll("[data-part]")].map((part) => part.dataset.part).join(",")) {
  for (const name of names.split(",")) wanted.add(name);
  soon(SOON);
}

/** After a time without a line: what no event tells of, and what was asked for in vain. */
export const refreshUnlogged = () => refresh(UNLOGGED);

function soon(wait) {
  clearTimeout(timer);
  timer = setTimeout(fetchParts, wait);
}

/** One question at a time, so that no older answer is laid over a newer one; what is not answered stays wanted. */
async function fetchParts() {
  if (!root.dataset.parts || fetching || !wanted.size) return;
  fetching = true;
  const asked = [...wanted];
  wanted.clear();
  const answer = await answerTo(`${root.dataset.parts}?names=${asked.join(",")}`, { cache: "no-store" });
  const page = answer?.ok && new DOMParser().parseFromString(answer.text, "text/html");
  const fresh = page && page.querySelector("#parts");
  fetching = false;
  misses = fresh ? 0 : misses + 1;
  if (!fresh) for (const name of asked) wanted.add(name);
  if (fresh) draw(page, fresh.dataset.roomState);
  if (wanted.size) soon(misses ? Math.min(LONGEST, 1000 * 2 ** misses) : SOON);
}

function draw(page, state) {
  root.dataset.roomState = state;
  const typed = [...document.querySelectorAll("#composer, [data-part]")].some(typedIn);
  if (/^(lobby|live|wrap_up)$/.test(state)) takeParts(page);
  else if (find("#waiting").childElementCount || typed) find("#over").hidden = false;
  else location.reload();
}

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
  if (root.dataset.tab === "me") refresh("private");
  if (!tab.closest(".room-tabs")) find(`[data-pane="${root.dataset.tab}"] button`)?.focus(); // on a desk the pane stands open already
});
