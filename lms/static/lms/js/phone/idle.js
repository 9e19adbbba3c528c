// When a phone lies idle, and what pages hear of its lock: <html data-shut>, and the event `phone:lock` {shut}.
const IDLE = 900000;
const CLOCK_BACK = 60000; // a clock that went back says nothing of how long the phone lay there

export const isIdle = (last, now) => Boolean(last) && (now - last >= IDLE || now < last - CLOCK_BACK);

// In a meeting, or listening to a lesson, somebody is there though nothing is touched.
export function isLive() {
  const plays = [...document.querySelectorAll("audio, video")].some((one) => !one.paused);
  const meets = document.visibilityState === "visible" && document.querySelector("[data-live]");
  return Boolean(meets) || plays || Boolean(self.speechSynthesis?.speaking);
}

export function sayShut(shut) {
  document.documentElement.toggleAttribute("data-shut", shut);
  document.dispatchEvent(new CustomEvent("phone:lock", { detail: { shut } }));
}
