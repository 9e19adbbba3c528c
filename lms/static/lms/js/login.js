// Doors: forms with a PIN or password. What is typed also makes the key that opens this phone later without network.
import { become, canKeep, forgetWrapper, meta, prepareWrapper, proveOpen, setMeta } from "../phone.js";

const ready = new WeakSet();
const form = document.querySelector("[name=new_password], [name=password]")?.form;
const isUnlock = form && "unlock" in form.dataset;

async function prepare(event) {
  const button = event.submitter;
  if (ready.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // the shell sees it when it is really sent
  const secret = (form.elements.new_password ?? form.elements.password).value;
  await prepareWrapper(secret, location.pathname).catch(() => null);
  ready.add(form);
  form.requestSubmit(button);
}

if (canKeep && form) {
  await forgetWrapper();
  if (!document.documentElement.dataset.person && !isUnlock) {
    await setMeta("leaving", null); // the server knows of nobody: signed out elsewhere, she is at rest here too
    await become(null);
  }
  form.addEventListener("submit", prepare, true);
  if (isUnlock && (await proveOpen(true).catch(() => false))) location.replace(form.elements.next?.value || "/home/");
}
