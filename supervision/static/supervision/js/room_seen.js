// Tells the server which lines are here. Fifty may be on the wire unseen, so not each is told: a phone sends less.
const MANY = 20; // lines that are told at once
const SOON = 2000; // ms until fewer are told
let told = 0;
let timer = 0;

export function saw(seq, tell) {
  clearTimeout(timer);
  const now = () => {
    told = seq;
    tell({ type: "seen", seq });
  };
  if (seq - told >= MANY || seq < told) now();
  else timer = setTimeout(now, SOON);
}
