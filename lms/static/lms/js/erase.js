// Deleting a case that was never sent, with all its words on this phone, with network or without.
import { dropPart, erase, flush, onTold, part, partNames, putPart, tell, waiting } from "../phone.js";

const KIND = "case.withdrawn";

// Deleted here; the server knows it, or will hear of it.
export const isErased = (key, items) => items.some((item) => item.kind === KIND && item.subject === key && item.state !== "refused");

const onServer = async (key) => (await part("cases"))?.drafts.find((one) => one.key === key);

// What was sent to the supervisor, or may have been, is no draft any more.
export async function mayErase(key, items) {
  const isSent = ({ kind, state }) => kind === "case.submitted" && (state === "sending" || state === "applied");
  const own = (items ?? (await waiting()).items).filter((item) => item.subject === key);
  return !own.some(isSent) && !isErased(key, own) && (await onServer(key))?.state !== "returned";
}

// Out of what the server said last, and out of the pages that were kept.
async function strike(key) {
  const cases = await part("cases");
  if (cases) await putPart("cases", { ...cases, drafts: cases.drafts.filter((one) => one.key !== key) });
  for (const name of (await partNames()).filter((one) => one.startsWith("page:"))) {
    const kept = await part(name);
    const page = kept?.html.includes(key) && new DOMParser().parseFromString(kept.html, "text/html");
    const rows = page ? page.querySelectorAll(`[data-draft="${key}"]`) : [];
    rows.forEach((row) => row.remove());
    if (rows.length) await putPart(name, { ...kept, html: page.body.innerHTML });
  }
}

// `isThere`: a page shows that the server has it.
export async function eraseCase(key, isThere = false) {
  tell({ erased: key }); // first: another page that writes on it would bring the words back
  const known = isThere || Boolean(await onServer(key));
  await dropPart(`draft:${key}`);
  await strike(key);
  await erase(key, KIND, known); // last: it says so to all pages
  flush({ force: true });
}

export const stopWhenErased = (draft, list) =>
  onTold((news) => {
    if (news.erased !== draft.key) return;
    draft.gone = true;
    location.replace(list);
  });
