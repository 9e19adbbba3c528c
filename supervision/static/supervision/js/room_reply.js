// Answers: which message is answered, the line that is quoted, and the way back to it.
const log = document.querySelector("#log");
const bar = document.querySelector("#answering");
const field = document.querySelector("#composer")?.elements.reply_to;
const SHOWN = 90; // letters of a quoted message

/** The number of the message that is being answered; 0: none. */
export const answered = () => (field && !field.disabled ? Number(field.value) : 0);

export function forgetAnswer() {
  if (!field) return;
  field.disabled = true;
  bar.hidden = true;
}

function lineOf(seq) {
  const node = log?.querySelector(`[data-seq="${Number(seq)}"][data-kind="message"]`);
  if (!node) return null;
  const text = node.querySelector(".what").textContent.trim();
  return { name: node.querySelector("[data-name]").textContent, text: text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text };
}

/** Shows in a drawn message what it answers, and gives it its own link to be answered. */
export function drawQuote(node, event, word) {
  const [quote, link] = [node.querySelector("[data-quote]"), node.querySelector("[data-reply]")];
  link.hidden = Boolean(event.data.redacted);
  link.dataset.reply = event.seq;
  link.href = `?reply_to=${event.seq}#text`;
  link.querySelector("[data-reply-name]").textContent = event.by?.name ?? "";
  const seq = event.data.reply_to;
  if (!seq) return quote.remove();
  const line = lineOf(seq);
  quote.dataset.quote = seq;
  quote.href = line ? `#line-${seq}` : `?all=1#line-${seq}`;
  quote.querySelector("[data-quote-name]").textContent = line?.name ?? "";
  quote.querySelector("[data-quote-text]").textContent = line?.text ?? word("quote.earlier");
  return quote;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-reply]");
  if (link && field) {
    event.preventDefault();
    const line = lineOf(link.dataset.reply);
    if (!line) return;
    [field.value, field.disabled, bar.hidden] = [link.dataset.reply, false, false];
    bar.querySelector("[data-quote-name]").textContent = line.name;
    bar.querySelector("[data-quote-text]").textContent = line.text;
    field.form.elements.text.focus();
  }
  const quote = event.target.closest?.("[data-quote]");
  const line = quote && document.getElementById(`line-${quote.dataset.quote}`);
  if (line) {
    event.preventDefault();
    line.scrollIntoView({ block: "center" });
    line.focus({ preventScroll: true });
  }
  if (event.target.closest?.("#no-answer")) {
    event.preventDefault();
    forgetAnswer();
  }
});
