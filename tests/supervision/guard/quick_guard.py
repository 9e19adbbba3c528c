"""The phone's own guard, run in QuickJS."""

import json
import re
from pathlib import Path
from typing import Any

import quickjs

from supervision.guard.rules import Register

SCRIPTS = Path(__file__).resolve().parents[3] / "supervision/static/supervision/js"
FILES = ("guard_words.js", "guard_names.js", "guard_patterns.js", "guard.js")


def script_of(name: str) -> str:
    """One module as plain script: its imports are in the same context already."""
    text = re.sub(r"^import .*$", "", (SCRIPTS / name).read_text(encoding="utf-8"), flags=re.M)
    return text.replace("export default", "const lists =").replace("export ", "")


class PhoneGuard:
    """Asks the scripts what the server's rules are asked."""

    def __init__(self) -> None:
        self.context = quickjs.Context()
        self.context.eval("\n".join(script_of(name) for name in FILES))

    def call(self, code: str, *values: Any) -> Any:
        arguments = ", ".join(json.dumps(value, ensure_ascii=False) for value in values)
        return json.loads(self.context.eval(f"JSON.stringify(({code})({arguments}))"))

    def find(self, text: str, register: Register) -> list[tuple[str, str, str]]:
        """Kind, words and hint of each finding."""
        told = {
            "people": sorted(register.people),
            "places": sorted(register.places),
            "spared": sorted(register.spared),
        }
        found = self.call("(text, told) => find(text, registerOf(told))", text, told)
        return [(one["kind"], one["text"], one["hint"]) for one in found]
