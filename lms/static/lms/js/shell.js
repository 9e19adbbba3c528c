// The shell of every page: what the sync line says, one press sends once, and the first error gets the focus.
const line = document.querySelector("[data-sync]");
const words = document.querySelector("#shell-words");
const quiet = line ? line.hidden : true; // signed out: the line shows only when there is something to know
const LOOKS = { off: "sync-off" };

export function say(state) {
  const text = words?.content.querySelector(`[data-state="${state}"]`);
  if (!line || !text || line.dataset.state === state) return;
  line.replaceChildren(...text.cloneNode(true).childNodes);
  line.classList.remove("sync-off", "sync-wait");
  if (LOOKS[state]) line.classList.add(LOOKS[state]);
  line.dataset.state = state;
  line.hidden = quiet && state !== "off";
}

const typed = new Set(); // forms that hold something not sent yet

function truth() {
  if (!navigator.onLine) return say("off");
  return say(typed.size ? "typing" : "saved");
}

// A page with its own line (the live room) says so: <p class="sync" data-sync="own">.
const ours = line && line.dataset.sync !== "own";
if (ours) {
  addEventListener("online", truth);
  addEventListener("offline", truth);
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.method !== "post") return;
    typed.add(form);
    truth();
  });
  if (!navigator.onLine) truth();
}

// One press sends once. The button is only marked, never switched off: its name and value go with the form.
const sent = new WeakSet();
const MARKED = "data-sent";

// also those that stand outside and belong to it by their form="..."
function buttonsOf(form) {
  return [...form.elements].filter((control) => control.type === "submit");
}

function mark(form) {
  sent.add(form);
  for (const button of buttonsOf(form)) {
    if (button.getAttribute("aria-disabled") === "true") continue;
    button.setAttribute("aria-disabled", "true");
    button.setAttribute(MARKED, "");
  }
}

function release(form) {
  sent.delete(form);
  for (const button of buttonsOf(form).filter((one) => one.hasAttribute(MARKED))) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute(MARKED);
  }
}

// "Off line" is only a guess of the browser, so we ask the server before we hold a form back.
async function reachable() {
  try {
    await fetch("/health/live", { method: "HEAD", cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

const sure = new WeakSet();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "live" in form.dataset) return;
  if (sent.has(form)) return event.preventDefault();
  if (!navigator.onLine && !sure.delete(form)) {
    event.preventDefault();
    const button = event.submitter;
    if (!(await reachable())) return say("off"); // the form and all that was typed stay on the page
    sure.add(form);
    return form.requestSubmit(button);
  }
  typed.delete(form);
  if (ours) say("sending");
  mark(form);
  setTimeout(() => release(form), 20000); // a stuck network: pressing again is safe, the key counts once
});

// Back from the page that followed: the form may be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) release(form);
  if (ours) truth();
});

document.querySelector('[aria-invalid="true"]')?.focus();
