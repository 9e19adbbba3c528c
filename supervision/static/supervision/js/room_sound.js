// How light a voice is on the wire: Opus for speech, in words that the other phone reads and as a limit of our own.
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
