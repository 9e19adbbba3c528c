// The room's socket: one at a time, opened, watched for signs of life, given up where there are none.
const OPENS = 8000; // ms
const ANSWERS = 5000;
const LIVES = 45000;

let [socket, heard, end] = [null, 0, () => {}];

export const line = () => socket;

export function openLine(address, { hear, closed }) {
  const opened = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}${address}`);
  const live = (act) => (event) => { if (socket === opened) act(event); }; // a line that we gave up says nothing more
  socket = opened;
  end = (code) => { socket = null; closed(code, opened.lived); };
  opened.onopen = () => { opened.lived = true; heard = Date.now(); };
  opened.onmessage = live((message) => { heard = Date.now(); hear(JSON.parse(message.data)); });
  opened.onclose = live(({ code }) => end(code));
  setTimeout(live(() => opened.lived || dropLine()), OPENS);
}

export function tell(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

/** Hangs up; nobody hears more of it. */
export function leaveLine() {
  const left = socket;
  socket = null;
  left?.close();
}

/** It is dead, though nobody has told us. */
export function dropLine() {
  const dead = socket;
  end(1006);
  dead.close();
}

/** The phone woke up: a line that looks open may be dead, so we ask for a sign of life. */
export function prove() {
  const [asked, when] = [socket, Date.now()];
  tell({ type: "ping" });
  setTimeout(() => { if (socket === asked && heard < when) dropLine(); }, ANSWERS);
}

export function beat(ready) {
  tell({ type: "ping" });
  if (ready && Date.now() - heard > LIVES) dropLine();
}
