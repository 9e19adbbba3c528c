// The rating page: works the level out while lines are marked, and saves each mark. The server works it out again.
const form = document.querySelector("[data-rating]");
const words = document.getElementById("level-words").content;
const sync = document.querySelector("[data-sync] span");
let waiting = false; // something is not saved yet
let sending = false;
let changed = false; // something changed while a saving was on its way: never two at once, or an older one could win
let timer = 0;

function lines() {
  return [...form.querySelectorAll(".beh")].map((row) => ({
    row,
    number: row.dataset.number,
    kind: row.dataset.kind,
    mark: row.querySelector("input:checked")?.value ?? null,
  }));
}

// The same rule as lms/competency/rules.py level_of.
function levelOf(all) {
  const found = (kind, mark) => all.filter((line) => line.kind === kind && line.mark === mark).map((line) => line.number);
  const blanks = all.filter((line) => line.mark === null).length;
  if (blanks) return { number: null, blanks };
  const harms = found("harmful", "observed");
  if (harms.length) return { number: 1, name: "harm", because: harms };
  const missed = found("basic", "not_observed");
  if (missed.length) return { number: 2, name: "missed", because: missed };
  const unasked = found("basic", "not_elicited");
  if (unasked.length) return { number: 2, name: "unasked", because: unasked };
  const advanced = found("advanced", "observed");
  return advanced.length ? { number: 4, name: "advanced", because: advanced } : { number: 3, name: "basic", because: [] };
}

function sentenceOf(level) {
  const asked = level.blanks ? `[data-blanks="${level.blanks}"]` : `[data-case="${level.name}"]`;
  return words.querySelector(asked).textContent.replace("{lines}", (level.because ?? []).join(", "));
}

function show() {
  const all = lines();
  const level = levelOf(all);
  all.forEach((line) => line.row.classList.toggle("todo", line.mark === null));
  document.querySelector("[data-level-n]").textContent = level.number ?? "?";
  document.querySelector("[data-level-why]").textContent = sentenceOf(level);
  document.querySelectorAll("[data-level] .stitches i").forEach((stitch, place) => {
    stitch.className = level.number !== null && place < level.number ? "done" : "todo";
  });
}

function tell(state) {
  sync.textContent = words.querySelector(`[data-save="${state}"]`).textContent;
  sync.parentElement.classList.toggle("sync-wait", state === "waiting");
}

// Saving again what is saved changes nothing, so a lost answer is simply sent again.
async function save() {
  changed = sending;
  if (sending) return;
  clearTimeout(timer);
  sending = true;
  const stored = await send();
  sending = false;
  waiting = !stored || changed;
  tell(waiting ? "waiting" : "saved");
  if (stored && changed) save();
  if (!stored) timer = setTimeout(save, 5000);
}

async function send() {
  const body = new FormData(form);
  body.set("go", "stay");
  try {
    return (await fetch(form.action, { method: "POST", body, redirect: "manual" })).status === 204;
  } catch {
    return false;
  }
}

form.addEventListener("change", () => {
  show();
  waiting = true;
  save();
});
addEventListener("online", () => waiting && save());
addEventListener("beforeunload", (event) => {
  if (waiting && !form.dataset.sending) event.preventDefault();
});
form.addEventListener("submit", () => {
  form.dataset.sending = "1";
});
show();
