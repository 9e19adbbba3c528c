// The forms in the parts of the room: sent without leaving the page. What was typed stays until it is stored.
import { holds } from "./room_guard.js";
import { answerTo } from "./room_http.js";
import { complain, tellAloud } from "./room_page.js";
import { refresh } from "./room_parts.js";
import { isBusy, nameOf, sends, settle, unheard } from "./room_typed.js";
import { root, word } from "./room_words.js";

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

/** The room's answer; null if none came, or none that is the room's. */
async function saidTo(address, body) {
  const answer = await answerTo(address, { method: "POST", body, headers: { Accept: "application/json" } });
  try { return JSON.parse(answer.text); } catch { return null; }
}

// What stands instead of a form that has done its work.
function finish(form, done) {
  tellAloud(done.content.textContent.trim());
  form.replaceWith(done.content.cloneNode(true));
}

async function sendForm(form, submitter, reasons = new Map()) {
  const name = nameOf(form);
  if (isBusy(name)) return;
  for (const field of submitter?.dataset.plain === undefined ? form.querySelectorAll("[data-guard]") : []) {
    const stays = (why) => sendForm(form, submitter, new Map(reasons).set(field, why));
    if (!reasons.has(field) && holds(field, stays, placeIn(form))) return;
  }
  const parts = form.dataset.roomPost || form.closest("[data-part]")?.dataset.part || undefined;
  const body = new FormData(form, submitter);
  for (const [field, reason] of reasons) for (const one of ["confirmed", `confirmed_${field.name}`]) body.set(one, reason);
  sends(form);
  const said = await saidTo(submitter?.getAttribute("formaction") ?? form.action, body);
  if (!said) {
    if (unheard(name)) complain(word("not_sent")); // else its event has told that it is stored
    return;
  }
  settle(name, said.type === "ack");
  complain(said.type === "ack" ? "" : said.detail);
  const done = said.type === "ack" && form.querySelector("template[data-done]");
  if (done) finish(form, done);
  else refresh(parts);
}

document.addEventListener("submit", (event) => {
  if (!("roomPost" in event.target.dataset) || !root.dataset.parts) return;
  event.preventDefault();
  sendForm(event.target, event.submitter);
});
