// The room over HTTP, where no socket gets through: the same rows, the same posts. `state` says why there is nothing: out,
// gone (of the group), over (our copy is of another log), locked, fail.
const WHY = { 401: "out", 404: "gone", 409: "over", 423: "locked" };
const SILENCE = 15000; // ms in which not a byte comes: the line is dead, though nobody has told us; a slow one may go on

/** {ok, status, text}, or null where nothing came. `stop` gives it up from outside. */
export async function answerTo(path, how = {}, stop = new AbortController()) {
  let timer = 0;
  const alive = () => { clearTimeout(timer); timer = setTimeout(() => stop.abort(), SILENCE); };
  alive();
  try {
    const answer = await fetch(path, { ...how, signal: stop.signal });
    const [reader, parts] = [answer.body?.getReader(), []];
    for (let part; reader && !(part = await reader.read()).done;) {
      alive();
      parts.push(part.value);
    }
    return { ok: answer.ok, status: answer.status, text: await new Blob(parts).text() };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function asked(path, how, stop) {
  const answer = await answerTo(path, how, stop);
  try {
    return answer?.ok ? JSON.parse(answer.text) : { state: WHY[answer?.status] ?? "fail" };
  } catch {
    return { state: "fail" };
  }
}

/** {events, more} after this number, or {state}. */
export const rowsAfter = (path, seq, stop) => asked(`${path}?after=${seq}`, { headers: { Accept: "application/json" }, cache: "no-store" }, stop);

/** The server's ack or refusal, or {state}. */
export const postOver = (path, body, token, stop) => asked(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": token } }, stop);
