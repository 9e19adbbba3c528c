// Reads a lesson aloud with the phone's own voice. Without a voice for the lesson's language there is no button.
const READ = "h1, h2, h3, p, li, legend, label, figcaption, img[alt]";
const NOT_READ = "details, p.soft, .stitches, .light, .licence, .eyebrow, [data-listen], [data-told], [hidden]";
const box = document.querySelector("[data-listen]");
const speech = self.speechSynthesis;

const base = (language) => language.toLowerCase().split(/[-_]/)[0];

// One of the phone itself before one that needs the network.
export function voiceFor(language, voices) {
  const fitting = voices.filter((voice) => base(voice.lang) === base(language));
  return fitting.find((voice) => voice.localService) ?? fitting[0] ?? null;
}

// Short pieces: some phones stop in the middle of a long one.
export const piecesOf = (text) => (text.match(/[^.!?؟\n]+[.!?؟]*/g) ?? []).map((one) => one.trim()).filter(Boolean);

function textsOf(main, language) {
  const parts = [...main.querySelectorAll(READ)].filter(
    (part) => !part.closest(NOT_READ) && !part.querySelector(READ) && base(part.closest("[lang]").lang) === base(language),
  );
  return parts.flatMap((part) => piecesOf(part.alt ?? part.textContent));
}

function listen(main, language) {
  const play = box.querySelector("[data-play]");
  const stop = box.querySelector("[data-stop]");
  let texts = [];
  let place = 0;
  let turn = 0; // of what was begun before, nothing is heard any more

  function show(state) {
    box.dataset.state = state;
    for (const word of play.children) word.hidden = word.dataset.when !== state;
    stop.hidden = state === "still";
  }

  function say(mine) {
    if (mine !== turn) return;
    if (place >= texts.length) return rest("still");
    const said = new SpeechSynthesisUtterance(texts[place]);
    said.voice = voiceFor(language, speech.getVoices());
    said.lang = said.voice?.lang ?? language;
    said.onend = () => mine === turn && ((place += 1), say(mine));
    said.onerror = () => mine === turn && rest("still");
    speech.speak(said);
  }

  // A pause is a stop that remembers its place: many phones cannot pause.
  function rest(state) {
    turn += 1;
    speech.cancel();
    if (state === "still") place = 0;
    show(state);
  }

  play.addEventListener("click", () => {
    if (box.dataset.state === "speaking") return rest("paused");
    if (!place) texts = textsOf(main, language);
    show("speaking");
    speech.cancel();
    say((turn += 1));
  });
  stop.addEventListener("click", () => {
    rest("still");
    play.focus();
  });
  addEventListener("pagehide", () => rest("still"));
  show("still");
}

function offer() {
  const main = document.querySelector("main");
  const language = main.querySelector("div.prose[lang]")?.lang || document.documentElement.lang;
  if (!box.hidden || !voiceFor(language, speech.getVoices())) return;
  listen(main, language);
  box.hidden = false;
}

if (box && speech) {
  offer();
  speech.addEventListener?.("voiceschanged", offer); // voices come late
}
