// Own messages until the server has stored them: in the order of writing, one row each on this phone, over a reload too.
import { drawWaiting, dropWaiting, isDrawn, markStored } from "./room_page.js";
import { forget, keep, kept } from "./room_store.js";

let posts = [];
const acts = { onMend() {}, onDrop: ({ key }) => decide(key, { drop: true }) };
let onDecided = () => {};

/** `decided(key)`: a post is stored, refused or taken back; `mend(post)`: its words go back to the field. */
export function listenToQueue({ decided, mend }) {
  onDecided = decided;
  acts.onMend = (post) => {
    mend(post);
    decide(post.key, { drop: true });
  };
}

export const howMany = () => posts.filter((post) => !post.refused).length;
export const nextPost = () => posts.find((post) => !post.refused);

/** Draws it at once; on the phone when it settles. */
export async function enqueue(room, data) {
  const n = Math.max(Date.now(), 1 + Math.max(0, ...posts.map((post) => post.n)));
  const post = { key: crypto.randomUUID(), room, n, kind: "message", data };
  posts.push(post);
  drawWaiting(post, acts);
  await keep(post);
}

/** The server has it, or its writer took it back. */
export function decide(key, { drop = false } = {}) {
  if (!posts.some((post) => post.key === key)) return;
  posts = posts.filter((post) => post.key !== key);
  forget(key);
  if (drop || isDrawn(key)) dropWaiting(key);
  else markStored(key);
  onDecided(key);
}

/** The server does not take it: it stays with the reason. Says whether there is such a post. */
export function refusePost(key, detail) {
  const post = posts.find((one) => one.key === key);
  if (!post) return false;
  post.refused = detail;
  keep(post);
  drawWaiting(post, acts);
  onDecided(key);
  return true;
}

/** What this phone kept of the room; with `over` the meeting takes no more, and each says so. */
export async function loadQueue(room, over) {
  const rows = await kept(room);
  posts = [...rows, ...posts.filter(({ key }) => !rows.some((row) => row.key === key))]; // what is written meanwhile stays
  for (const post of [...posts]) {
    if (isDrawn(post.key)) {
      decide(post.key);
      continue;
    }
    if (over) post.refused ??= over;
    drawWaiting(post, acts);
  }
}
