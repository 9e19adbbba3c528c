// What is asked of a page as it stands; each function gives the places that are not right. Read by looks.py.
const shown = (el) => el.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && el.getClientRects().length > 0;
const told = (el) => (el.outerHTML.split(">")[0] + "> " + el.textContent.trim().replace(/\s+/g, " ")).slice(0, 110);

// A finger needs 48 px both ways. A link within a line of text is let off; a tick inside a tile counts as the tile.
function targets() {
  const isText = (node) => node.textContent.trim() && (node.nodeType === 3 || getComputedStyle(node).display === "inline");
  const within = (el) => [...el.parentElement.childNodes].some((node) => node !== el && isText(node));
  const faults = [];
  for (const el of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!shown(el) || el.closest(".skip, .vh")) continue;
    const box = (["radio", "checkbox"].includes(el.type) && el.closest("label")) || el;
    const { width, height } = box.getBoundingClientRect();
    if (Math.min(width, height) >= 47.5) continue;
    if (el.matches("a") && getComputedStyle(el).display === "inline" && within(el)) continue;
    faults.push(`${Math.round(width)}x${Math.round(height)} ${told(box)}`);
  }
  return faults;
}

// Words that stand outside the screen, or outside a box that cuts off what stands out of it.
function cut() {
  const root = document.documentElement;
  const beyond = [...document.querySelectorAll("body *")].filter((el) => el.getBoundingClientRect().right > root.clientWidth + 1);
  const faults = root.scrollWidth > root.clientWidth ? [`the page scrolls sideways, by ${beyond.slice(0, 3).map(told).join(" | ")}`] : [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const el = walker.currentNode.parentElement;
    const drawnElsewhere = ".vh, .skip, template, script, style, noscript, option, svg, [hidden]";
    if (!walker.currentNode.textContent.trim() || el.closest(drawnElsewhere) || !shown(el)) continue;
    if (getComputedStyle(el).clipPath === "inset(50%)") continue; // only to be heard, like .vh
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const fault = placed(el, range.getBoundingClientRect());
    if (fault) faults.push(`${fault}: ${told(el)}`);
  }
  return faults;
}

function placed(el, text) {
  if (!text.width) return "";
  for (let box = el; box && box !== document.body; box = box.parentElement) {
    const { overflowX } = getComputedStyle(box);
    if (overflowX === "auto" || overflowX === "scroll") return "";
    const edge = box.getBoundingClientRect();
    const clips = overflowX === "hidden" || overflowX === "clip";
    if (clips && (text.left < edge.left - 2 || text.right > edge.right + 2)) return "cut";
  }
  return text.right > document.documentElement.clientWidth + 1 || text.left < -1 ? "outside" : "";
}

// What stays in place while the rest scrolls, as a part of the screen's height.
function stuck() {
  scrollTo(0, (document.documentElement.scrollHeight - innerHeight) / 2);
  const heights = [...document.querySelectorAll("body *")].map((el) => {
    const { position } = getComputedStyle(el);
    if (position !== "fixed" && position !== "sticky") return 0;
    const { top, bottom, height } = el.getBoundingClientRect();
    return bottom > 0 && top < innerHeight && (top <= 1 || bottom >= innerHeight - 1) ? height : 0;
  });
  scrollTo(0, 0);
  return heights.reduce((sum, height) => sum + height, 0) / innerHeight;
}

function moving() {
  const moves = (look) => look.animationName !== "none" || look.transitionDuration.split(", ").some((time) => time !== "0s");
  const parts = [undefined, "::before", "::after"];
  return [...document.querySelectorAll("body *")].filter((el) => parts.some((part) => moves(getComputedStyle(el, part)))).map(told);
}

// With the system's own colours only lines are left to tell a control from the page around it.
function unlined() {
  const has = (look, side) => look[`border${side}Style`] !== "none" && parseFloat(look[`border${side}Width`]) > 0;
  const lined = (el) => ["Top", "Bottom"].every((side) => has(getComputedStyle(el), side));
  const boxes = document.querySelectorAll(".btn, .input, .card, .choice, .notice, .chip");
  return [...boxes].filter((el) => shown(el) && !lined(el)).map(told);
}

// Where the keyboard stands: its name, whether that is drawn, and whether nothing lies over it. null: nowhere.
function focus() {
  const el = document.activeElement;
  if (!el || el === document.body) return null;
  const lined = (look) => look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  const drawn = (one) => lined(getComputedStyle(one)) || getComputedStyle(one).boxShadow !== "none";
  const tile = el.closest("label");
  const { top, left, width, height } = (tile ?? el).getBoundingClientRect();
  const middle = top + Math.min(height, innerHeight) / 2;
  const over = document.elementFromPoint(left + width / 2, Math.max(1, Math.min(innerHeight - 1, middle)));
  const free = Boolean(over && [el, tile].some((one) => one && (one.contains(over) || over.contains(one))));
  return { name: told(tile ?? el), drawn: drawn(el) || Boolean(tile && drawn(tile)), free };
}
