// What became of an advice, said on this phone: the line says so until the server's page does.
import { canKeep, onTold, waiting } from "../../lms/phone.js";

const isReport = (item) => item.kind === "advice.reported";
const word = (name) => document.querySelector("#advice-words").content.querySelector(`[data-word="${name}"]`).cloneNode(true);

function drawOne(box, item) {
  const said = box.querySelector("[data-advice-said]");
  const forms = box.querySelector("[data-advice-forms]");
  const stands = item && item.state !== "refused";
  forms.hidden = Boolean(stands);
  const became = item?.data?.became ?? item?.answer?.data?.became;
  const name = stands ? `${item.state === "applied" ? "sent" : "kept"}-${became === "done" ? "done" : "not"}` : item ? "refused" : "";
  if (said.dataset.state === name) return;
  said.dataset.state = name;
  said.replaceChildren(...(name ? [word(name)] : []));
  if (name !== "refused") return;
  said.querySelector("[data-said]").textContent = item.answer?.detail ?? "";
  for (const form of forms.querySelectorAll("form")) form.dataset.mends = item.key;
}

async function draw() {
  const boxes = document.querySelectorAll("[data-advice]");
  if (!boxes.length) return;
  const { items } = await waiting();
  for (const box of boxes) drawOne(box, items.filter((item) => isReport(item) && item.subject === box.dataset.advice).at(-1));
}

addEventListener("focusin", ({ target }) => "guard" in target.dataset && import("./guard_form.js"));

if (canKeep) {
  draw();
  onTold((news) => news.items && draw());
  document.addEventListener("outbox:kept", (event) => {
    if (event.target.dataset.outbox !== "advice.reported" || !event.target.closest("[data-advice]")) return;
    event.preventDefault();
    draw();
  });
}
