// The one post that is on the wire, so that the order of writing is the order of the log: over the socket, or over HTTP,
// where it can be given up. Sent again under its key, it counts once.
import { composer } from "./room_compose.js";
import { postOver } from "./room_http.js";
import { dropLine, line, tell } from "./room_socket.js";

const ANSWERS = 10000; // ms until a line that says nothing is dead, though nobody has told us
let flight = null; // { key, stop }

const lift = (key) => { flight = { key, stop: new AbortController() }; return flight; };
const bodyOf = ({ key, kind, data }) => ({ key, kind, data });

export const flightKey = () => flight?.key;

/** It is decided: stored, refused or taken back. */
export function land(key) {
  if (flight?.key === key) flight = null;
}

/** The line is gone, or there is a better one: what was on the way waits again. */
export function ground() {
  flight?.stop.abort();
  flight = null;
}

export function sendByLine(post) {
  const [mine, asked] = [lift(post.key), line()];
  setTimeout(() => { if (line() === asked && flight === mine) dropLine(); }, ANSWERS);
  tell({ type: "post", ...bodyOf(post) });
}

/** What the server says; nothing if another line took it over meanwhile. */
export async function sendOverHttp(path, post) {
  const mine = lift(post.key);
  const token = document.cookie.match(/csrftoken=(\w+)/)?.[1] ?? composer.elements.csrfmiddlewaretoken.value;
  const said = await postOver(path, bodyOf(post), token, mine.stop);
  return said.type === "ack" || flight === mine ? said : null;
}
