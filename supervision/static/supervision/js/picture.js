// A picture is made small on the phone before it is sent: a photo of 5 MB costs money and minutes. The server writes it
// anew all the same. Without this script the picture goes as it is.
const form = document.querySelector("[data-picture]");
const SMALL = 200 * 1024; // bytes that go as they are
const SIDE = 1600; // points
const TRIES = [[SIDE, 0.8], [SIDE, 0.6], [1200, 0.6], [900, 0.5]]; // side and quality, until it is small
let ready = false;

async function drawn(picture, side, quality) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // what is clear in a PNG becomes paper
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
}

async function small(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  let kept = file;
  for (const [side, quality] of TRIES) {
    kept = await drawn(picture, side, quality);
    if (kept.size <= SMALL) break;
  }
  return new File([kept], "picture.jpg", { type: "image/jpeg" });
}

async function shrink(field) {
  const file = field.files[0];
  if (!file || file.size <= SMALL) return;
  const held = new DataTransfer();
  held.items.add(await small(file));
  field.files = held.files;
}

form?.addEventListener("submit", async (event) => {
  const off = form.querySelector("[data-off]");
  off.hidden = navigator.onLine;
  if (!navigator.onLine) return event.preventDefault(off.scrollIntoView({ block: "center" }));
  if (ready) return;
  event.preventDefault();
  await shrink(form.elements.picture).catch((problem) => console.info("picture:", problem.message)); // the server judges it
  ready = true;
  form.requestSubmit();
});
