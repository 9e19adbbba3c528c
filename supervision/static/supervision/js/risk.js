// The red button on this phone: says loudly what was not sent yet, and who was told when it was; follow-ups too.
import { canKeep, onTold, waiting } from "../../lms/phone.js";

const HOUR = 3600000;
const place = document.querySelector("[data-risk-said]");
const form = document.querySelector("form[data-outbox='risk.raised']");
const asked = new URLSearchParams(location.search).get("case");
const word = (name) => document.querySelector("#risk-words").content.querySelector(`[data-word="${name}"]`).cloneNode(true);
const isOpen = (item) => item.state === "waiting" || item.state === "sending";

function say(name, { answer } = {}) {
  if (place.dataset.state === name) return;
  place.dataset.state = name;
  const shown = word(name);
  const said = shown.querySelector("[data-said]");
  if (said) said.textContent = answer?.data?.said ?? answer?.detail ?? "";
  const link = shown.querySelector("[data-link]");
  if (link && /^\/supervision\//.test(answer?.data?.url ?? "")) link.href = answer.data.url;
  place.replaceChildren(shown);
}

function drawPressed(items) {
  if (!place) return;
  const item = items.filter((one) => one.kind === "risk.raised").at(-1);
  if (!item) return;
  if (isOpen(item)) say("kept");
  else if (item.state === "refused") say("refused", item);
  else if (Date.now() - item.done < HOUR) say("sent", item);
}

function drawReported(items) {
  for (const box of document.querySelectorAll("[data-follow-up]")) {
    const item = items.filter((one) => one.kind === "risk.followed_up" && one.subject === box.dataset.followUp).at(-1);
    const name = !item ? "" : isOpen(item) ? "noted" : item.state === "applied" ? "reported" : "";
    const said = box.querySelector("[data-said]");
    box.querySelector("[data-forms]").hidden = Boolean(name);
    if (said.dataset.state === name) continue;
    said.dataset.state = name;
    said.replaceChildren(...(name ? [word(name)] : []));
  }
}

async function draw() {
  const { items } = await waiting();
  drawPressed(items);
  drawReported(items);
}

// The page may have been kept before the case was named: the address still says which.
if (form && asked && !form.elements.case.value) form.elements.case.value = asked;

if (canKeep && document.querySelector("#risk-words")) {
  draw();
  onTold((news) => news.items && draw());
  document.addEventListener("outbox:kept", async (event) => {
    if (!/^risk\./.test(event.target.dataset.outbox)) return;
    event.preventDefault();
    await draw();
    if (event.target !== form) return;
    form.closest("section").hidden = true;
    place.scrollIntoView({ block: "center" });
    place.focus({ preventScroll: true });
  });
}
