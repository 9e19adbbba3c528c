// Keeps a draft on the server while it is typed, and says truly whether it is there.
const form = document.querySelector("[data-case-form]");
const line = document.querySelector("[data-case-sync]");
const words = document.querySelector("#case-words");
const PAUSE = 1500; // ms of quiet before a save
const AGAIN = 10000; // ms until the next try without network

let timer = 0;
let typed = 0; // how often something was typed
let kept = 0; // up to which of these the server has it

function say(state, text) {
  const drawn = words.content.querySelector(`[data-state="${state}"]`).cloneNode(true);
  if (text) drawn.lastElementChild.textContent = text;
  line.replaceChildren(...drawn.childNodes);
  line.className = "sync" + (state === "off" || state === "refused" ? " sync-off" : "");
  line.dataset.state = state;
}

function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(save, pause);
}

async function save() {
  if (kept === typed) return;
  const upTo = typed;
  try {
    const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), redirect: "error", headers: { Accept: "application/json" } });
    if (answer.status >= 500) throw new Error("server");
    if (!answer.headers.get("content-type")?.includes("json")) return say("typing");
    const said = await answer.json();
    if (!answer.ok) return say("refused", said.detail);
    kept = Math.max(kept, upTo);
    history.replaceState(null, "", said.address);
    if (kept === typed) say("saved", said.saved);
    else later(PAUSE);
  } catch {
    say("off");
    later(AGAIN);
  }
}

if (form && form.elements.step.value !== "screening") {
  form.addEventListener("input", () => {
    typed += 1;
    say(navigator.onLine ? "typing" : "off");
    later(PAUSE);
  });
  addEventListener("online", () => later(0));
  addEventListener("pagehide", () => {
    if (kept !== typed) navigator.sendBeacon(form.dataset.autosave, new FormData(form));
  });
  form.addEventListener("submit", () => { kept = typed; });
}
