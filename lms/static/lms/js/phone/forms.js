// Forms with data-outbox="kind" go through the outbox; whatever cannot be kept here goes the plain way.
import { Locked, canKeep } from "./store.js";
import { answerTo, flush, mend, put } from "./outbox.js";

const PATIENCE = 4000;
const readers = new Map();
const going = new WeakSet();

// Another shape than the form's named fields: read(form, button) gives the item's data.
export const readAs = (kind, read) => readers.set(kind, read);

function fieldsOf(form, button) {
  const fields = {};
  const sent = new FormData(form);
  if (button?.name) sent.append(button.name, button.value);
  for (const [name, value] of sent) {
    if (name === "csrfmiddlewaretoken" || name === "key" || typeof value !== "string") continue;
    fields[name] = name in fields ? [].concat(fields[name], value) : value;
  }
  return fields;
}

export const word = (name) => document.querySelector("#shell-words")?.content.querySelector(`[data-word="${name}"]`)?.cloneNode(true);

function fire(form, name, detail) {
  return form.dispatchEvent(new CustomEvent(`outbox:${name}`, { bubbles: true, cancelable: true, detail }));
}

function notice(form, name, sentence) {
  form.parentNode.querySelectorAll(":scope > [data-word]").forEach((old) => old.remove());
  const shown = word(name);
  if (!shown) return;
  const place = shown.querySelector("[data-said]");
  if (place && sentence) place.textContent = sentence;
  shown.tabIndex = -1;
  form.before(shown);
  shown.focus();
}

const go = (address) => (/^\/(?!\/)/.test(address ?? "") ? location.assign(address) : location.reload());

function newKey(form) {
  if (form.elements.key) form.elements.key.value = crypto.randomUUID();
}

const whenDone = {
  applied(form, { data }) {
    go(data?.next || data?.url || form.dataset.then);
  },
  kept(form) {
    if (form.dataset.then) return go(form.dataset.then);
    notice(form, "kept");
    form.hidden = true;
  },
  refused(form, { detail }) {
    notice(form, "refused", detail);
  },
};

async function sentNow(key) {
  await Promise.race([answerTo(key, PATIENCE), flush({ patience: PATIENCE, force: true })]);
  return answerTo(key, 0);
}

async function send(form, button) {
  const { outbox: kind, subject, label, mends } = form.dataset;
  const data = (readers.get(kind) ?? fieldsOf)(form, button);
  const page = location.pathname + location.search;
  const item = (mends && (await mend(mends, data))) || (await put({ kind, subject, label, page, data, key: form.elements.key?.value }));
  const answer = await sentNow(item.key).catch(() => null); // it is kept: whatever happens now, it is not sent another way
  const name = !answer ? "kept" : answer.status === "refused" ? "refused" : "applied";
  if (name === "refused") {
    form.dataset.mends = item.key; // sent again it is this one, mended
    newKey(form);
  }
  if (fire(form, name, { item, answer })) whenDone[name](form, answer ?? {});
}

export const isPlain = (form, button) =>
  !form.dataset.outbox || "plain" in form.dataset || button?.hasAttribute("formaction") || "plain" in (button?.dataset ?? {});

async function onSubmit(event) {
  const { target: form, submitter: button } = event;
  if (event.defaultPrevented || isPlain(form, button)) return;
  event.preventDefault();
  if (going.has(form)) return;
  going.add(form);
  form.setAttribute("aria-busy", "true");
  try {
    await send(form, button);
  } catch (problem) {
    // nothing was kept: with network the plain way still works, and without it all that was typed stays on the page
    form.dataset.plain = "";
    if (!(problem instanceof Locked)) notice(form, "full");
    form.requestSubmit(button);
    delete form.dataset.plain;
  } finally {
    going.delete(form);
    form.removeAttribute("aria-busy");
  }
}

if (canKeep) document.addEventListener("submit", onSubmit);
