// The shell of every page: what the sync line says, one press sends once, and the first error gets the focus.
const words = document.querySelector("#shell-words");
const LOOKS = { off: "sync-off", working: "sync-off", asof: "sync-off", kept: "sync-wait", signin: "sync-wait", refused: "sync-wait" };
const lineOf = () => document.querySelector("[data-sync]"); // asked anew: a kept page may have been laid over this one
const quiet = lineOf()?.hidden ?? true; // signed out: the line shows only when there is something to know

// `n` stands in the sentence: how many things, or what time
export function say(state, n = "") {
  const line = lineOf();
  const text = words?.content.querySelector(`[data-state="${state}"]`);
  if (!line || !text || line.dataset.state === state + n) return;
  line.replaceChildren(...text.cloneNode(true).childNodes);
  const place = line.querySelector("[data-n]");
  if (place) place.textContent = n;
  line.classList.remove("sync-off", "sync-wait");
  if (LOOKS[state]) line.classList.add(LOOKS[state]);
  line.dataset.state = state + n;
  line.hidden = quiet && (state === "saved" || state === "sending" || state === "typing");
}

const typed = new Set(); // forms that hold something not sent yet
let posting = false; // a plain form is on its way
let phone = {}; // what the phone's outbox says: {waiting, refused, state, laid}
let slow = false; // sending has taken so long that it is truer to say what lies on this phone
let patience = 0;
const SLOW = 4000;

const inOutbox = (form) => "outbox" in form.dataset && "phone" in document.documentElement.dataset;

// The most urgent of what is true.
function truth() {
  const off = !navigator.onLine;
  typed.forEach((form) => form.isConnected || typed.delete(form));
  if (posting) return say("sending");
  if (phone.refused) return say("refused", phone.refused);
  if (phone.state === "sending" && !slow) return say("sending");
  if ([...typed].some((form) => !inOutbox(form)) && off) return say("off");
  if (typed.size) return say("typing");
  if (phone.waiting) return phone.state === "sign in" ? say("signin") : say("kept", phone.waiting);
  if (phone.laid) return say("asof", timeOf(phone.laid));
  return say(!off ? "saved" : "phone" in document.documentElement.dataset ? "working" : "off");
}

function stopWaiting() {
  clearTimeout(patience);
  patience = 0;
  slow = false;
}

function timeOf(moment) {
  const at = new Date(moment);
  const today = at.toDateString() === new Date().toDateString();
  const how = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(document.documentElement.lang, how).format(at);
}

// A page with its own line (the live room) says so: <p class="sync" data-sync="own">.
const ours = lineOf() && lineOf().dataset.sync !== "own";
if (ours) {
  addEventListener("online", truth);
  addEventListener("offline", truth);
  document.addEventListener("phone:line", ({ detail }) => {
    phone = { ...detail };
    if (phone.state === "sending") patience ||= setTimeout(() => truth((slow = true)), SLOW);
    else stopWaiting();
    truth();
  });
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.method !== "post") return;
    typed.add(form);
    truth();
  });
  for (const name of ["outbox:kept", "outbox:applied"]) {
    document.addEventListener(name, (event) => {
      typed.delete(event.target);
      truth();
    });
  }
  if (!navigator.onLine) truth();
}

// One press sends once. The button is only marked: its name and value go with the form.
const sent = new WeakSet();
const MARKED = "data-sent";

// also those outside
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

// "Off line" is a browser's guess: the server is asked before a form is held back.
async function reachable() {
  try {
    await fetch("/health/live", { method: "HEAD", cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

const sure = new WeakSet();

// What the phone's outbox takes (see phone/forms.js) is none of ours.
function isTaken(form, button) {
  const plain = "plain" in form.dataset || button?.hasAttribute("formaction") || "plain" in (button?.dataset ?? {});
  return inOutbox(form) && !plain;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "live" in form.dataset) return;
  if (isTaken(form, event.submitter)) return;
  if (sent.has(form)) return event.preventDefault();
  if (!navigator.onLine && !sure.delete(form)) {
    event.preventDefault();
    const button = event.submitter;
    if (!(await reachable())) return say("off"); // the form and all that was typed stay on the page
    sure.add(form);
    form.dataset.plain = ""; // it came to us, and stays with us
    form.requestSubmit(button);
    return delete form.dataset.plain;
  }
  typed.delete(form);
  posting = true;
  if (ours) truth();
  mark(form);
  setTimeout(() => {
    release(form); // a stuck network: pressing again is safe, the key counts once
    posting = false;
    if (ours) truth();
  }, 20000);
});

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  posting = false;
  for (const form of document.forms) release(form);
  if (ours) truth();
});

document.querySelector('[aria-invalid="true"]')?.focus();

// A larger field comes out whole from under the bar at the foot.
document.addEventListener("focusin", ({ target }) => { if (target.matches("textarea")) target.scrollIntoView({ block: "nearest" }); });
