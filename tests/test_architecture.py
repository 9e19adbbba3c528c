"""Layers and file names, read from the imports: which file may import which, late imports included."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("lms", "courses", "supervision")

# lower noun first; a noun may import those before it
NOUNS = {
    "lms": [
        {"sealing", "people"},
        {"outbox", "phone", "notices"},
        {"ledger"},
        {"programmes"},
        {"competency"},
        {"certification"},
        {"home", "reporting"},
    ],
    "courses": [{"pictures"}, {"questions"}, {"pages"}, {"progress"}, {"quizzes"}, {"serving"}],
    "supervision": [
        {"guard"},
        {"groups"},
        {"pictures", "cutoffs"},
        {"cases"},
        {"sessions"},
        {"risk", "calls", "opinions"},
        {"room"},
        {"minutes"},
        {"briefs"},
    ],
}
# a file may import its own row and the rows before it, in its own noun
FILES = [
    {"rules", "registry"},
    {"blocks", "page_forms"},
    {"models"},
    {"queries"},
    {"access"},
    {"actions"},
    {"forms"},
    {"views", "consumers", "api"},
    {"panels", "exports", "tasks"},
    {"urls", "routing", "apps"},
]
ROW = {name: row for row, names in enumerate(FILES) for name in names}
# what stands at an app's root beside the nouns: wiring, and the project itself
ROOT_FILES = {
    "lms": {
        "__init__",
        "models",
        "apps",
        "settings",
        "urls",
        "asgi",
        "middleware",
        "files",
        "health",
        "launch",
        "wire",
    },
    "courses": {"__init__", "models", "apps", "urls", "wagtail_hooks"},
    "supervision": {"__init__", "models", "apps", "urls", "routing"},
}
HOUSE_FOLDERS = {"management", "templatetags", "migrations", "locale", "static", "starter"}
# of a lower noun one takes these files; models for types and foreign keys only
OFFERED = {"rules", "registry", "models", "queries", "access", "actions", "tasks", "blocks", "forms"}
FORBIDDEN_CALLS = {"objects", "save", "create", "bulk_create", "delete", "update_or_create", "get_or_create"}
BANNED_NAMES = {"utils", "helpers", "common", "services", "misc"}


@dataclass(frozen=True)
class Import:
    """One imported module of ours: where it stands and what it names."""

    path: Path
    line: int
    module: str
    names: tuple[str, ...]
    late: bool


def source_files() -> list[Path]:
    """Every Python file of the product but migrations."""
    found = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def place(module: str) -> tuple[str, str | None, str]:
    """(app, noun or None, file) of a module: ("lms", "people", "models"); a folder of a file's name counts as it."""
    parts = module.split(".")
    app = parts[0]
    nouns = set().union(*NOUNS[app])
    if len(parts) > 1 and parts[1] in nouns:
        return app, parts[1], parts[2] if len(parts) > 2 else "__init__"
    return app, None, parts[1] if len(parts) > 1 else "__init__"


def module_of(path: Path) -> str:
    """The dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports_of(path: Path, text: str | None = None) -> Iterator[Import]:
    """What a file imports of ours, inside functions too."""
    tree = ast.parse(text if text is not None else path.read_text(encoding="utf-8"))
    top = set(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in APPS:
            names = tuple(alias.name for alias in node.names)
            yield Import(path, node.lineno, node.module, names, node not in top)
            known = [f"{node.module}.{name}" for name in names if is_module(f"{node.module}.{name}")]
            yield from (Import(path, node.lineno, module, (), node not in top) for module in known)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in APPS:
                    yield Import(path, node.lineno, alias.name, (), node not in top)


def is_module(name: str) -> bool:
    """Whether a dotted name is a file or a folder of ours."""
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


def above_all(path: Path) -> bool:
    """Files that wire or command: they may import any part."""
    parts = path.relative_to(ROOT).parts
    return bool({"management", "templatetags"} & set(parts)) or (
        path.name in {"urls.py", "apps.py", "asgi.py", "routing.py"} and len(parts) == 2
    )


def rank(app: str, noun: str) -> int:
    """How high a noun stands in its app."""
    return next(row for row, names in enumerate(NOUNS[app]) if noun in names)


def faults_of(path: Path, text: str | None = None) -> list[str]:
    """Every import of a file that goes against the picture, each with file and line."""
    app, noun, file = place(module_of(path))
    faults = []
    for found in imports_of(path, text):
        where = f"{path.relative_to(ROOT)}:{found.line} imports {found.module}"
        to_app, to_noun, to_file = place(found.module)
        if app != to_app and not (to_app == "lms" and app != "lms") and not above_all(path):
            faults.append(f"{where}: {app} may not know {to_app}")
        if found.late and path.name != "apps.py":
            faults.append(f"{where} inside a function")
        if above_all(path) or to_noun is None or noun is None:
            continue
        if app == to_app and noun != to_noun and rank(app, noun) < rank(app, to_noun):
            faults.append(f"{where}: {noun} lies below {to_noun}")
        if (app, noun) != (to_app, to_noun) and to_file not in OFFERED | {"__init__"}:
            faults.append(f"{where}: from another noun one takes {sorted(OFFERED)}")
        if (app, noun) == (to_app, to_noun) and ROW.get(file, 99) < ROW.get(to_file, -1):
            faults.append(f"{where}: {file} may not import {to_file}")
    return faults


def foreign_writes(path: Path, text: str | None = None) -> list[str]:
    """`.objects`, `.save(` or `.create(` on a model that was imported from another noun."""
    app, noun, _ = place(module_of(path))
    foreign = set()
    for found in imports_of(path, text):
        to_app, to_noun, to_file = place(found.module)
        if to_file == "models" and to_noun and (app, noun) != (to_app, to_noun):
            foreign |= set(found.names)
    tree = ast.parse(text if text is not None else path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} asks {node.value.id}.{node.attr}: for its own queries and actions"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in foreign
        and node.attr in FORBIDDEN_CALLS
    ]


def name_faults(path: Path) -> list[str]:
    """A file whose name is not of the vocabulary."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    app, noun, file = place(".".join(parts))
    if HOUSE_FOLDERS & set(parts):
        return []
    if BANNED_NAMES & set(parts):
        return [f"{path.relative_to(ROOT)}: a name that says nothing"]
    known = ROOT_FILES[app] if noun is None else {*ROW, "__init__"}
    return [] if file in known else [f"{path.relative_to(ROOT)}: {file} is not in the vocabulary of file names"]


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_the_picture_only(path: Path) -> None:
    assert faults_of(path) == []


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_foreign_model_is_for_types_and_foreign_keys_only(path: Path) -> None:
    if above_all(path):
        return

    assert foreign_writes(path) == []


def test_every_file_has_a_name_of_the_vocabulary() -> None:
    assert [fault for path in source_files() for fault in name_faults(path)] == []


def test_the_check_finds_an_upward_import() -> None:
    planted = "from lms.certification.actions import issue\n"

    assert faults_of(ROOT / "lms/people/actions.py", planted) == [
        "lms/people/actions.py:1 imports lms.certification.actions: people lies below certification"
    ]


def test_the_check_finds_an_import_between_the_upper_parts() -> None:
    planted = "from supervision.cases.models import CasePresentation\n"

    assert faults_of(ROOT / "courses/pages/models.py", planted) == [
        "courses/pages/models.py:1 imports supervision.cases.models: courses may not know supervision"
    ]


def test_the_check_finds_a_late_import_and_a_foreign_write() -> None:
    planted = "def f():\n    from lms.people.models import User\n    User.objects.all()\n"
    path = ROOT / "lms/programmes/queries.py"

    assert faults_of(path, planted) == ["lms/programmes/queries.py:2 imports lms.people.models inside a function"]
    assert foreign_writes(path, planted) == [
        "lms/programmes/queries.py:3 asks User.objects: for its own queries and actions"
    ]


def test_the_check_finds_a_file_that_reaches_above_itself() -> None:
    planted = "from lms.people.views import login\n"

    assert faults_of(ROOT / "lms/people/rules.py", planted) == [
        "lms/people/rules.py:1 imports lms.people.views: rules may not import views"
    ]
