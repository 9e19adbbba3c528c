// Leaving a shared phone. Without network the sign-out is owed, and paid before anything else at the next contact.
import { become, me, meta, rest, setMeta } from "./store.js";
import { asked, flush } from "./outbox.js";

// True when nobody's session is left on the server; also run by the worker before it opens a page.
export async function finishLeaving(limit = 8000) {
  const leaving = await meta("leaving");
  if (!leaving) return true;
  const hello = await asked(limit);
  if (hello.status === 200 && hello.answer?.person === leaving) {
    const how = { method: "POST", redirect: "manual", headers: { "X-CSRFToken": hello.answer.csrf } };
    await fetch("/logout/", how).catch(() => null);
    if ((await asked(limit)).status !== 401) return false;
  } else if (hello.status !== 401 && hello.status !== 200) return false;
  await setMeta("leaving", null);
  return true;
}

// Sends first; what could not be sent stays sealed, and opens again when she signs in on this phone.
export async function leave() {
  const person = await me();
  await flush({ patience: 8000, force: true }).catch(() => null);
  if (person) {
    await setMeta("leaving", person.id);
    await rest(person.id);
  }
  await become(null);
  location.assign((await finishLeaving().catch(() => false)) ? "/" : "/login/");
}
