"""The scripts of the phone are joined into one module for pages and one text for the worker."""

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from lms.management.commands.join_js import PAGE
from lms.phone.queries import WORKER, worker_body
from lms.phone.rules import joined
from tests.lms.phone.quick_phone import SCRIPTS

TOP = re.compile(r"(?m)^(?:export )?(?:async )?(?:const|let|function|class) +(\w+)")


def twice(text: str) -> list[str]:
    """Names that stand twice at the top: in one module that is an error."""
    return [name for name, times in Counter(TOP.findall(text)).items() if times > 1]


def text_of(names: tuple[str, ...]) -> str:
    return "\n".join((SCRIPTS / f"{name}.js").read_text("utf-8") for name in names)


def test_imports_and_comments_go_and_the_rest_stays() -> None:
    first = "// what\nexport const a = 1; // one\nexport function f() {\n  // inside\n  return a;\n}\n"
    second = 'import { a, f } from "./first.js";\n\nf(a);\n'

    assert joined([first, second]) == "const a = 1; // one\nfunction f() {\nreturn a;\n}\nf(a);\n"
    assert joined([first], module=True).startswith("export const a = 1;")


@pytest.mark.parametrize("names", [PAGE, WORKER], ids=["page", "worker"])
def test_every_name_stands_once(names: tuple[str, ...]) -> None:
    assert twice("const a = 1;\nexport async function a() {}") == ["a"]
    assert twice(text_of(names)) == []


@pytest.mark.parametrize("names", [PAGE, WORKER], ids=["page", "worker"])
def test_a_script_imports_only_from_those_before_it(names: tuple[str, ...]) -> None:
    before: list[str] = []
    for name in names:
        asked = re.findall(r'(?m)^import \{[^}]*\} from "\./(\w+)\.js";$', text_of((name,)))
        assert len(asked) == len(re.findall(r"(?m)^import ", text_of((name,)))), f"{name}: one line each, among these"
        assert set(asked) <= set(before), name
        before.append(name)


def test_the_command_writes_what_pages_import_and_the_worker_exports_nothing(
    settings: SimpleNamespace, tmp_path: Path
) -> None:
    settings.VAR = tmp_path
    call_command("join_js", verbosity=0)

    page = (tmp_path / "built/lms/phone.js").read_text("utf-8")
    assert "\nexport async function put(" in page
    assert not re.search(r"(?m)^import ", page)
    assert not re.search(r"(?m)^(import|export) ", worker_body())


def test_no_script_is_longer_than_250_lines() -> None:
    assert [path.name for path in SCRIPTS.glob("*.js") if len(path.read_text("utf-8").splitlines()) > 250] == []
