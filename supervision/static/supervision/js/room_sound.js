// Microphone and sound: how light a voice is on the wire (Opus for speech, in words that the other phone reads and as a limit
// of our own), how loud somebody is, a button that is held.
import { reads } from "./room_reading.js";

const BITS = 16000;

/** Narrow-band speech: low bitrate, nothing in pauses, few packets. */
export function light(text) {
  const opus = text.match(/a=rtpmap:(\d+) opus/i)?.[1];
  if (!opus) return text;
  const wish = `maxaveragebitrate=${BITS};maxplaybackrate=16000;stereo=0;useinbandfec=1;usedtx=1`;
  const known = new RegExp(`a=fmtp:${opus} .*`);
  const line = `a=fmtp:${opus} ${wish}`;
  const with_wish = known.test(text) ? text.replace(known, line) : text.replace(/(a=rtpmap:\d+ opus.*)/i, `$1\r\n${line}`);
  return with_wish.replace(/(m=audio [\s\S]*)$/, (part) => part.replace(/\r\na=ptime:\d+/, "").replace(line, `${line}\r\na=ptime:60`));
}

export function limit(sender) {
  const wanted = sender.getParameters();
  for (const encoding of wanted.encodings) encoding.maxBitrate = BITS;
  sender.setParameters(wanted).catch(() => {}); // an old browser has only the wish above
}

const SPEECH = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export const microphone = () => navigator.mediaDevices.getUserMedia({ audio: SPEECH });

/** Where two phones find each other. */
export async function addresses(path) {
  if (reads()) throw new TypeError("no line"); // to save data there is none, and nobody would hear who she is
  const answer = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!answer.ok) throw new TypeError("no addresses");
  return (await answer.json()).iceServers;
}

/** 0 to 1: how loud the other one is now. */
export const levelOf = (line) => line.getReceivers()[0]?.getSynchronizationSources?.()[0]?.audioLevel ?? 0;

/** `press(true)` while a finger or a key holds the button. */
export function whileHeld(button, press) {
  button.addEventListener("pointerdown", (event) => { button.setPointerCapture(event.pointerId); press(true); });
  for (const end of ["pointerup", "pointercancel", "blur", "keyup"]) button.addEventListener(end, () => press(false));
  button.addEventListener("keydown", (event) => { if (event.key === " " || event.key === "Enter") { event.preventDefault(); press(true); } });
  button.addEventListener("contextmenu", (event) => event.preventDefault());
}
