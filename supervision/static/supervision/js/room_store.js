// What was written and not yet stored by the server: one row per message in IndexedDB, so that a reload or a crash loses nothing.
const store = new Promise((resolve) => {
  const asked = indexedDB.open("tandem-room", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("posts", { keyPath: "key" }).createIndex("room", "room");
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => resolve(null); // no store (private window): the queue lives as long as the page
});
async function inStore(mode, act) {
  const opened = await store;
  if (!opened) return [];
  return new Promise((resolve) => {
    const change = opened.transaction("posts", mode, { durability: "strict" });
    const asked = act(change.objectStore("posts"));
    change.oncomplete = () => resolve(asked.result);
    change.onabort = () => resolve([]); // a full disk: it lives as long as the page
  });
}
/** Everything that waits in this room for this person, in the order of writing. */
export const kept = async (room) => (await inStore("readonly", (posts) => posts.index("room").getAll(room))).sort((a, b) => a.n - b.n);
export const keep = (post) => inStore("readwrite", (posts) => posts.put(post));
export const forget = (key) => inStore("readwrite", (posts) => posts.delete(key));
