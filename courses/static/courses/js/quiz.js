// A quiz's form: what is picked stays on this phone until it is sent; a missing answer is named before anything goes.
import { dropPart, part, putPart, readAs } from "../../lms/phone.js";
import { looksIn, stepThrough } from "./quiz_steps.js";

const words = document.querySelector("#quiz-words");
const word = (name) => words.content.querySelector(`[data-word="${name}"]`).cloneNode(true);
const isSaved = Boolean(document.querySelector("main[data-saved]"));
const questionsIn = (form) => [...form.querySelectorAll("fieldset")];
const LOOKS = "looks"; // beside the answers of a draft: which questions she wants to look at again
const picked = (question) => [...question.querySelectorAll("input:checked:not([data-look])")].map((input) => input.value);
const nameOf = (question) => question.querySelector("input").name.slice(2); // q-<key>
const answersIn = (form) => Object.fromEntries(questionsIn(form).map((question) => [nameOf(question), picked(question)]));
const draftOf = (form) => `quiz:${form.elements.attempt.value}`;

readAs("quiz.answered", (form) => ({ attempt: form.elements.attempt.value, answers: answersIn(form) }));

function forget(form) {
  document.querySelector("[data-word=some-missing]")?.remove();
  for (const old of form.querySelectorAll("[data-word=missing], [data-missing]")) {
    old.parentNode.removeAttribute("aria-describedby");
    old.remove();
  }
}

function complain(form, missing) {
  const notice = word("some-missing");
  for (const question of missing) {
    const said = Object.assign(word("missing"), { id: `m${question.id.slice(1)}` });
    question.querySelector("legend").after(said);
    question.setAttribute("aria-describedby", said.id);
    const link = Object.assign(word("link"), { href: `#${question.id}` });
    link.querySelector("[data-n]").textContent = question.id.slice(1);
    notice.querySelector("[data-links]").append(link, " ");
  }
  form.before(notice);
  notice.focus();
}

async function restore(form) {
  const draft = (await part(draftOf(form)).catch(() => null)) ?? {};
  for (const question of questionsIn(form).filter((one) => !picked(one).length)) {
    for (const input of question.querySelectorAll("input")) input.checked = (draft[nameOf(question)] ?? []).includes(input.value);
  }
  return draft[LOOKS] ?? [];
}

// What follows an answer: on a saved page the lay-over shows it in place.
function follow(form) {
  form.addEventListener("outbox:applied", (event) => {
    event.preventDefault();
    if (!isSaved) location.assign(event.detail.answer.data.url);
  });
  form.addEventListener("outbox:kept", (event) => {
    if (isSaved) event.preventDefault();
    else document.querySelector(`[form="${form.id}"]`).hidden = true;
  });
  form.addEventListener("outbox:refused", (event) => {
    if (isSaved) event.preventDefault();
    else if (event.detail.answer.code === "attempt_answered") location.reload();
  });
}

// The newest is kept last, however fast she picks; `data-kept` counts the answers that are on the phone.
async function keep(form) {
  const answers = answersIn(form);
  await putPart(draftOf(form), { ...answers, [LOOKS]: looksIn(form) });
  form.dataset.kept = Object.values(answers).filter((one) => one.length).length;
}

async function prepare(form) {
  let turn = Promise.resolve();
  form.addEventListener("submit", (event) => {
    forget(form);
    const missing = questionsIn(form).filter((question) => !picked(question).length);
    if (missing.length) {
      event.preventDefault();
      complain(form, missing);
      return;
    }
    turn = turn.then(() => dropPart(draftOf(form))).catch(() => {});
  });
  follow(form);
  const looks = await restore(form);
  stepThrough(form, { looks, keep: () => (turn = turn.then(() => keep(form)).catch(() => {})) });
}

const form = document.querySelector("#quiz");
if (form) prepare(form);
document.addEventListener("quiz:laid", ({ target }) => prepare(target));
