// The next step on a front page as it was: what she did since, and what waits on this phone, moves it on.
import { canKeep, onTold } from "../../lms/phone.js";
import { isOpen, wayThrough } from "./way.js";

const card = document.querySelector("[data-next]");
const words = document.querySelector("#next-words");
const LEARNED = ["lesson.completed", "quiz.answered"];

function button(step, found) {
  const module = found.path.modules.find((one) => one.steps.includes(step));
  const made = words.content.querySelector(`[data-word="${step ? step.kind : "over"}"]`).cloneNode(true);
  made.href = step && found.onPhone.has(module.key) ? step.url : found.path.url;
  return made;
}

async function lay() {
  const found = await wayThrough(card.dataset.next);
  if (!found.path || !found.items.some((item) => LEARNED.includes(item.kind) && isOpen(item))) return;
  const step = found.now;
  const places = step ? found.path.modules.find((one) => one.steps.includes(step)).steps : [];
  card.querySelector("h2").textContent = step ? step.title : found.path.title;
  card.querySelectorAll("p.soft").forEach((line) => (line.hidden = true));
  const stitches = card.querySelector(".stitches");
  if (stitches && stitches.children.length === places.length)
    places.forEach((one, at) => (stitches.children[at].className = one === step ? "now" : ["done", "answered", "waiting"].includes(one.state) ? "done" : "todo"));
  else if (stitches) stitches.hidden = true;
  card.querySelector(":scope > .btn").replaceWith(button(step, found));
}

if (canKeep && card && words) {
  const soon = () => lay().catch((problem) => console.info("next step:", problem.message));
  onTold((news) => (news.items || news.parts) && soon());
  soon();
}
