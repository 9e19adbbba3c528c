// The room over HTTP, where no socket gets through: the same rows, the same posts. `state` says why there is nothing: out,
// gone (of the group), over (our copy is of another log), locked, fail.
const WHY = { 401: "out", 404: "gone", 409: "over", 423: "locked" };

async function asked(path, how) {
  try {
    const answer = await fetch(path, how);
    return answer.ok ? await answer.json() : { state: WHY[answer.status] ?? "fail" };
  } catch {
    return { state: "fail" };
  }
}

/** {events, more} after this number, or {state}. */
export const rowsAfter = (path, seq) => asked(`${path}?after=${seq}`, { headers: { Accept: "application/json" }, cache: "no-store" });

/** The server's ack or refusal, or {state}. */
export const postOver = (path, body, token) => asked(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": token } });
