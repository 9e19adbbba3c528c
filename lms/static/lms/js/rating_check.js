// Before finishing: what waits on this phone counts too, and a rating is finished only with network.
import { canKeep, flush, onTold, waiting } from "../phone.js";

const page = document.querySelector("[data-check]");
const finish = document.querySelector("[data-finish]");
const laid = "laid" in document.documentElement.dataset;
const isOpen = (item) => item.state === "waiting" || item.state === "sending";
let had = false; // marks were on their way when this page was drawn

async function draw() {
  const { items } = await waiting();
  const ours = items.filter((item) => item.kind === "rating.marked" && item.subject === page.dataset.check);
  const open = ours.some(isOpen);
  page.querySelector("[data-marks-wait]").hidden = !open;
  page.querySelector("[data-needs-network]").hidden = !laid;
  if (finish) finish.hidden = laid || open;
  if (had && !open && !laid) location.reload(); // they have arrived: the list is another one now
  had = open;
}

if (canKeep) {
  draw().then(() => had && flush({ force: true }));
  onTold((news) => news.items && draw());
}
