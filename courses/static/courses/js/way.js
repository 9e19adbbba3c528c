// Where somebody stands in a course: the same walk as the server's, with what waits on this phone counted in.
import { part, waiting } from "../../lms/phone.js";

const CLEARED = ["done", "waiting", "answered"];
export const isOpen = (item) => item.state === "waiting" || item.state === "sending";

export function walk(course, done, answered) {
  let clear = true;
  const modules = course.modules.map((module) => {
    const closed = module.state === "done";
    const steps = module.steps.map((step) => {
      let { state } = step;
      if (done.has(step.key)) state = "done";
      else if (state !== "done" && answered.has(step.key)) state = "answered";
      else if (state === "now" || state === "locked") state = clear ? "now" : "locked";
      clear &&= closed || CLEARED.includes(state);
      return { ...step, state };
    });
    return { ...module, steps, state: stateOf(steps, closed) };
  });
  return { ...course, modules };
}

function stateOf(steps, closed) {
  const has = (state) => steps.some((step) => step.state === state);
  if (closed || steps.every((step) => step.state === "done")) return "done";
  return ["now", "waiting", "answered"].find(has) ?? (steps[0].state === "locked" ? "locked" : "now");
}

// The answers to a quiz that are on their way: until the state says what became of them.
export function pendingOf(quiz, entry, items) {
  return items.find((item) => {
    if (item.kind !== "quiz.answered" || item.subject !== quiz) return false;
    return isOpen(item) || (item.state === "applied" && entry?.attempt && entry.attempt === item.answer?.data?.attempt);
  });
}

// {known, path, entries (key of a quiz -> what was given out), items, onPhone (keys of saved modules), steps, now}
export async function wayThrough(courseKey) {
  const [state, { items }] = [await part("modules"), await waiting()];
  const course = state?.courses.find((one) => one.key === courseKey);
  if (!course) return { known: Boolean(state) };
  const entries = Object.assign({}, ...state.modules.map((module) => module.quizzes));
  const quizzes = course.modules.flatMap((module) => module.steps.filter((step) => step.kind === "quiz"));
  const answered = new Set(quizzes.filter(({ key }) => pendingOf(key, entries[key], items)).map(({ key }) => key));
  const read = items.filter((item) => item.kind === "lesson.completed" && item.state !== "refused");
  const path = walk(course, new Set(read.map((item) => item.subject)), answered);
  const steps = path.modules.flatMap((one) => one.steps);
  const onPhone = new Set(state.modules.map((one) => one.key));
  return { known: true, path, entries, items, onPhone, steps, now: steps.find((one) => one.state === "now") };
}
