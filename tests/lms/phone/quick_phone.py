"""A phone without a browser: the real outbox_rules.js and outbox.js in QuickJS, over a disk that outlives crashes.

Only what the browser gives is stood in for: the store's disk, locks, timers, the clock and the network.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import quickjs

from lms.phone.rules import joined

SCRIPTS = Path(__file__).resolve().parents[3] / "lms/static/lms/js/phone"
BROWSER = """
class Locked extends Error {}
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...said) { said.length ? super(...said) : super(clock()); }
  static now() { return clock(); }
};
globalThis.navigator = { locks: { request: async (name, how, act) => (act || how)({}) } };
globalThis.crypto = { randomUUID: () => uuid() };
globalThis.AbortController = class { abort() {} };
globalThis.setTimeout = () => 0;
globalThis.clearTimeout = () => {};
const me = async () => JSON.parse(disk_person());
const mine = me;
const keyFor = async (person) => disk_opens(person) || null;
const meta = async (name) => JSON.parse(disk_meta(name));
const setMeta = async (name, value) => disk_set_meta(name, JSON.stringify(value));
const device = async () => disk_device();
const tell = () => {};
const onTold = () => () => {};
const allItems = async (person) => JSON.parse(disk_items(person));
async function changeItems(person, decide) {
  if (!(await keyFor(person))) throw new Locked();
  const change = decide(await allItems(person));
  disk_write(person, JSON.stringify({ put: change.put || [], drop: change.drop || [] }));
  return change;
}
async function fetch(address, how) {
  const said = JSON.parse(network(how.method || "GET", how.body || ""));
  if (said.dies) return new Promise(() => {});
  if (said.lost) throw new Error("no answer");
  return { status: said.status, text: async () => said.text };
}
async function asJson(what) {
  try {
    done(JSON.stringify({ gave: (await what()) ?? null }));
  } catch (problem) {
    done(JSON.stringify({ threw: String(problem) }));
  }
}
"""


def script(*names: str) -> str:
    """Scripts of the phone, joined as for the worker."""
    return joined((SCRIPTS / f"{name}.js").read_text("utf-8") for name in names)


RULES = script("outbox_rules")
OUTBOX = script("outbox_rules", "outbox")


class Rules:
    """The decisions alone: Rules().settled(items, keys, 200, answer, now)."""

    def __init__(self) -> None:
        self.context = quickjs.Context()
        self.context.eval(RULES)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def decide(*given: Any) -> Any:
            said = ", ".join(json.dumps(one) for one in given)
            return json.loads(self.context.eval(f"JSON.stringify({name}({said}) ?? null)"))

        return decide


@dataclass
class Disk:
    """What survives a crash: items by key, and which people's keys are here."""

    device: str = field(default_factory=lambda: str(uuid4()))
    person: str | None = None
    keys: set[str] = field(default_factory=set)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)


class Phone:
    """`network(method, body)` gives {"status", "text"}, {"lost": True}, or {"dies": True}: the phone is killed there.

    `watch(old, new)` is told of each item that is written or dropped (new None).
    """

    def __init__(
        self,
        network: Callable[[str, str], dict[str, Any]],
        watch: Callable[[dict[str, Any] | None, dict[str, Any] | None], None] = lambda old, new: None,
    ) -> None:
        self.disk, self.network, self.watch, self.clock = Disk(), network, watch, 1_790_000_000_000
        self.fault: BaseException | None = None
        self.start()

    def start(self) -> None:
        """As after a crash: all but the disk is forgotten."""
        disk, self.context = self.disk, quickjs.Context()
        offered = {
            "uuid": lambda: str(uuid4()),
            "clock": lambda: float(self.clock),  # whole numbers are cut to 32 bits
            "disk_person": lambda: json.dumps({"id": disk.person} if disk.person else None),
            "disk_opens": lambda person: person in disk.keys,
            "disk_meta": lambda name: json.dumps(disk.meta.get(name)),
            "disk_set_meta": lambda name, value: disk.meta.__setitem__(name, json.loads(value)),
            "disk_device": lambda: disk.device,
            "disk_items": self.items_of,
            "disk_write": self.write,
            "network": lambda method, body: json.dumps(self.network(method, body)),
            "done": self.done,
        }
        for name, act in offered.items():
            self.context.add_callable(name, self.noting(act))
        self.context.eval(BROWSER)
        self.context.eval(OUTBOX)

    def noting(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """A fault of the test itself must not look like one of the network."""

        def noted(*given: Any) -> Any:
            try:
                return act(*given)
            except BaseException as fault:
                self.fault = self.fault or fault
                raise

        return noted

    def items_of(self, person: str) -> str:
        mine = [item for item in self.disk.items.values() if item["person"] == person]
        return json.dumps(sorted(mine, key=lambda item: item["n"]))

    def write(self, person: str, change: str) -> None:
        said = json.loads(change)
        for key in said["drop"]:
            self.watch(self.disk.items.pop(key), None)
        for item in said["put"]:
            assert item["person"] == person
            self.watch(self.disk.items.get(item["key"]), item)
            self.disk.items[item["key"]] = item

    def done(self, said: str) -> None:
        self.said = json.loads(said)

    def ask(self, call: str) -> Any:
        """What a call of outbox.js comes to; None when it never ended, as after a crash in the middle."""
        self.said: dict[str, Any] = {"gave": None}
        self.context.eval(f"asJson(() => {call})")
        while self.context.execute_pending_job():
            pass
        if self.fault:
            raise self.fault
        if "threw" in self.said:
            raise RuntimeError(self.said["threw"])
        return self.said["gave"]

    def put(self, kind: str, subject: str, data: dict[str, Any], **other: Any) -> dict[str, Any]:
        return self.ask(f"put({json.dumps({'kind': kind, 'subject': subject, 'data': data, **other})})")

    def flush(self) -> dict[str, Any] | None:
        return self.ask("flush({ force: true })")

    def open_items(self) -> list[dict[str, Any]]:
        return [item for item in self.disk.items.values() if item["state"] in {"waiting", "sending"}]
