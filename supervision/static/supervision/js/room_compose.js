// The field to write in: sending, the line that is answered, and telling the others that somebody writes.
import { answered, forgetAnswer } from "./room_reply.js";
import { holds } from "./room_guard.js";
import { complain } from "./room_page.js";
import { find, word } from "./room_words.js";

const TEXT_LIMIT = 4000; // characters, as the server counts them
const TYPING_EVERY = 3000; // milliseconds

export const composer = find("#composer");

export function listenToWriting({ write, typing }) {
  if (!composer) return;
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = composer.elements.text;
    const [text, length] = [field.value.trim(), [...field.value.trim()].length];
    complain(length > TEXT_LIMIT ? word("too_long", { n: length }) : "");
    if (!length || length > TEXT_LIMIT) return;
    const go = (reason) => {
      field.value = "";
      field.focus();
      write(text, answered(), reason);
      forgetAnswer();
    };
    if (!holds(field, go)) go();
  });
  let told = 0;
  composer.addEventListener("input", () => {
    if (Date.now() - told > TYPING_EVERY) { told = Date.now(); typing(); }
  });
  composer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") forgetAnswer();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !matchMedia("(pointer: fine)").matches) return;
    event.preventDefault();
    composer.requestSubmit();
  });
}
