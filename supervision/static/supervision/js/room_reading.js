// How somebody reads: the size of the letters, and a mode that needs very little data. Both stay on this phone.
const SIZE = "tandem.room.size";
const READING = "tandem.room.reading";
const [SMALLEST, LARGEST] = [0, 3];

function kept(name) {
  try { return localStorage.getItem(name); } catch { return null; } // a private window keeps nothing
}
function keep(name, value) {
  try { localStorage.setItem(name, value); } catch { /* it lasts as long as the page */ }
}

let size = Math.min(LARGEST, Math.max(SMALLEST, Number(kept(SIZE)) || 0));
let reading = kept(READING) === "1";
let heed = () => {};

/** Whether she asked for little data. */
export const reads = () => reading;
export const onReading = (act) => { heed = act; };

function drawSize() {
  document.documentElement.dataset.text = size;
  for (const button of document.querySelectorAll("[data-text-size]")) {
    const step = Number(button.dataset.textSize);
    button.disabled = step < 0 ? size <= SMALLEST : size >= LARGEST;
  }
}

drawSize();
for (const place of document.querySelectorAll(".script-only")) place.hidden = false;
for (const button of document.querySelectorAll("[data-text-size]")) {
  button.addEventListener("click", () => {
    size = Math.min(LARGEST, Math.max(SMALLEST, size + Number(button.dataset.textSize)));
    keep(SIZE, size);
    drawSize();
  });
}
const box = document.querySelector("#reading");
if (box) {
  box.checked = reading;
  box.addEventListener("change", () => {
    reading = box.checked;
    keep(READING, reading ? "1" : "0");
    heed();
  });
}
