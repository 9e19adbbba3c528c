// Beside an open room, for who leads it: dangers, asked for when there is private news and every few seconds.
const LOOK_EVERY = 10000;
const AFTER_PRESS = 800;
const place = document.querySelector("[data-private]");
const stands = (box) => box.querySelector("[data-risks]")?.dataset.risks ?? "";

// What is new is drawn and announced; of what stands already only the time moves on.
async function look() {
  const answer = await fetch(place.dataset.private, { cache: "no-store", redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const { body } = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (stands(body) !== stands(place)) return place.replaceChildren(...document.importNode(body, true).childNodes);
  for (const since of body.querySelectorAll("[data-since]"))
    place.querySelector(`[data-since="${since.dataset.since}"]`).textContent = since.textContent;
}

document.addEventListener("room:private", look);
place.addEventListener("submit", () => setTimeout(look, AFTER_PRESS));
setInterval(() => document.visibilityState === "visible" && look(), LOOK_EVERY);
