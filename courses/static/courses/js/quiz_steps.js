// One question a screen: the form stays whole, the others are only put away. Without script all stand below each other.
const words = document.querySelector("#quiz-words");
const word = (name) => words.content.querySelector(`[data-word="${name}"]`).cloneNode(true);
const has = (question) => question.querySelector("input:checked:not([data-look])") !== null;

/** Takes a form apart into its questions and, at the end, a look over all of them. */
export function stepThrough(form, { looks = [], keep }) {
  const questions = [...form.querySelectorAll("fieldset")];
  const send = document.querySelector(`[form="${form.id}"]:not([type=button])`);
  const stitches = form.parentNode.querySelectorAll("[data-steps] i");
  const [before, next, all] = [word("before"), word("next"), word("check")];
  const last = questions.length;
  let here = 0;

  send.before(before, next);
  form.append(all);
  form.querySelector("[data-last]")?.remove(); // said on the last screen
  for (const question of questions) {
    question.tabIndex = -1;
    const look = word("look");
    look.querySelector("input").checked = looks.includes(question.id);
    question.append(look);
  }

  function show(place, { focus = true } = {}) {
    here = place;
    questions.forEach((question, number) => (question.hidden = number !== place));
    all.hidden = place !== last;
    send.hidden = send.disabled = place !== last; // a press on Enter sends nothing before
    next.hidden = place === last;
    for (const intro of [document.querySelector("main h1").parentNode, ...form.parentNode.querySelectorAll("[data-intro]")]) intro.classList.toggle("vh", place > 0);
    before.hidden = place === 0;
    next.querySelector("[data-text]").textContent = word(place === last - 1 ? "to-check" : "to-next").textContent;
    history.replaceState(history.state, "", place === last ? "#check" : `#${questions[place].id}`);
    if (place === last) overview();
    mark();
    if (!focus) return;
    scrollTo(0, 0);
    (place === last ? all.querySelector("h2") : questions[place]).focus({ preventScroll: true });
  }

  function mark() {
    stitches.forEach((stitch, number) => (stitch.className = number === here ? "now" : has(questions[number]) ? "done" : "todo"));
    const bar = stitches[0]?.parentNode;
    bar?.setAttribute("aria-label", here === last ? bar.dataset.all : bar.dataset.one.replace("{n}", here + 1));
  }

  function line(name, question) {
    const row = word(name);
    const link = row.querySelector("a");
    link.href = `#${question.id}`;
    link.querySelector("[data-n]").textContent = questions.indexOf(question) + 1;
    return row;
  }

  function overview() {
    const open = questions.filter((question) => !has(question));
    const looking = questions.filter((question) => has(question) && question.querySelector("[data-look]").checked);
    const rest = last - open.length - looking.length;
    const rows = [...looking.map((one) => line("line-look", one)), ...open.map((one) => line("line-open", one))];
    if (rest) {
      const row = word(rest === last ? "line-all" : "line-rest");
      row.querySelectorAll("[data-n]").forEach((place) => (place.textContent = rest));
      rows.push(row);
    }
    all.querySelector("ul").replaceChildren(...rows);
  }

  form.addEventListener("change", () => { mark(); keep(); });
  before.addEventListener("click", () => show(here - 1));
  next.addEventListener("click", () => show(here + 1));
  form.parentNode.addEventListener("click", (event) => {
    const id = event.target.closest?.("a")?.getAttribute("href")?.match(/^#(q\d+)$/)?.[1];
    const place = questions.findIndex((question) => question.id === id);
    if (place < 0) return;
    event.preventDefault();
    show(place);
  });

  const asked = questions.findIndex((question) => `#${question.id}` === location.hash);
  const wrong = questions.findIndex((question) => question.querySelector("[data-missing]"));
  const open = questions.findIndex((question) => !has(question));
  const first = [wrong, asked, location.hash === "#check" ? last : open].find((place) => place >= 0) ?? last;
  show(first, { focus: false });
}

export const looksIn = (form) => [...form.querySelectorAll("[data-look]:checked")].map((look) => look.closest("fieldset").id);
