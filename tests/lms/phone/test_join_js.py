"""The scripts of the phone are joined into one module for pages and one text for the worker."""

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from lms.management.commands.join_js import PAGE
from lms.phone.queries import WORKER, worker_body
from lms.phone.rules import bare, joined
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


def test_other_scripts_go_over_the_wire_without_remarks(settings: SimpleNamespace, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    stale = tmp_path / "built/supervision/js/gone.js"
    stale.parent.mkdir(parents=True)
    stale.write_text("1;")

    call_command("join_js", verbosity=0)

    room = (tmp_path / "built/supervision/js/room.js").read_text("utf-8")
    assert not re.search(r"(?m)^\s*(//|/\*|$)", room.rstrip("\n"))
    assert 'import "./room_voice.js";' in room
    assert not stale.exists()


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("// a\n/** b\n    c */\nlet a = 1; // stays\n\n  let b = 2;\n", "let a = 1; // stays\nlet b = 2;\n"),
        ('let a = "/** no */";\n', 'let a = "/** no */";\n'),
    ],
)
def test_code_is_left_as_it_is(text: str, wire: str) -> None:
    assert bare(text) == wire


def test_no_script_holds_a_text_over_several_lines() -> None:
    """Blanks at the beginning of its lines would be part of it."""
    scripts = [path for app in ("lms", "courses", "supervision") for path in Path(app).rglob("js/**/*.js")]
    assert len(scripts) > 30
    assert [path for path in scripts for line in path.read_text("utf-8").splitlines() if line.count("`") % 2] == []


def test_no_script_is_250_lines_long() -> None:
    scripts = [path for app in ("lms", "courses", "supervision") for path in Path(app).rglob("js/**/*.js")]
    assert [path.name for path in scripts if len(path.read_text("utf-8").splitlines()) >= 250] == []
