"""The interface speaks every language it offers: nothing missing, nothing stale, no placeholder lost."""

import ast
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from tests import catalogues
from tests.catalogues import Key, Message

TRANSLATION = "django.utils.translation"
EAGER = {"gettext", "ngettext", "pgettext", "npgettext"}
LANGUAGES = sorted(catalogues.PLURALS)
PLANTED: dict[Key, Message] = {
    ("", "Go in"): Message(),
    ("", "Hello {name}, <b>welcome</b>."): Message(),
    ("", "%(count)d lesson of %(name)s"): Message(plural="%(count)d lessons of %(name)s"),
}
SPOKEN = {
    "Go in": ["Ingia"],
    "Hello {name}, <b>welcome</b>.": ["Habari {name}, <b>karibu</b>."],
    "%(count)d lesson of %(name)s": ["Somo %(count)d la %(name)s", "Masomo %(count)d ya %(name)s"],
}


@pytest.fixture(scope="module")
def found() -> dict[Key, Message]:
    """The texts of the code."""
    return catalogues.collect()


def python_files() -> list[Path]:
    """The product's Python."""
    return [path for path in catalogues.sources() if path.suffix == ".py"]


def planted(**changes: list[str]) -> polib.POFile:
    """A catalogue of the planted texts, right but for the changes (by number of the text)."""
    catalogue = polib.POFile()
    catalogue.metadata = {"Plural-Forms": catalogues.PLURALS["sw"]}
    catalogues.merge(catalogue, PLANTED)
    words = SPOKEN | {list(SPOKEN)[int(number[1:])]: texts for number, texts in changes.items()}
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = dict(enumerate(words[entry.msgid]))
        else:
            entry.msgstr = words[entry.msgid][0]
    return catalogue


def test_each_language_offered_has_a_catalogue() -> None:
    assert [code for code, _ in settings.LANGUAGES] == ["en", "sw", "ar"]
    assert {code for code, _ in settings.LANGUAGES} - {"en"} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_says_what_the_code_says(language: str, found: dict[Key, Message]) -> None:
    assert catalogues.faults(catalogues.opened(language), found) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_fresh(language: str) -> None:
    assert catalogues.is_compiled(language), "run python -m tests.catalogues update"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_declares_its_plural_forms(language: str) -> None:
    declared = polib.pofile(str(catalogues.file_of(language))).metadata["Plural-Forms"]
    assert declared == catalogues.PLURALS[language]


def test_a_planted_catalogue_is_right() -> None:
    assert catalogues.faults(planted(), PLANTED) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"n0": [""]}, "'Go in': untranslated"),
        ({"n1": ["Habari, <b>karibu</b>."]}, "placeholders differ: {name}"),
        ({"n1": ["Habari {jina}, <b>karibu</b>."]}, "placeholders differ: {name} {jina}"),
        ({"n1": ["Habari {name}, karibu."]}, "tags differ: <b> </b>"),
        ({"n2": ["Somo moja la %(name)s", "Masomo ya %(name)s"]}, "placeholders differ: %(count)d"),
        ({"n2": ["Somo moja", "Masomo %(count)d ya %(name)s"]}, "placeholders differ: %(count)d %(name)s"),
        ({"n2": ["Somo la %(name)s", ""]}, "untranslated"),
        ({"n2": ["Somo la %(name)s"]}, "has 1 plural forms, the language has 2"),
        ({"n2": ["Somo 100% la %(name)s", "Masomo %(count)d ya %(name)s"]}, "a lone % would break"),
    ],
)
def test_a_planted_fault_is_found(changes: dict[str, list[str]], fault: str) -> None:
    assert any(fault in said for said in catalogues.faults(planted(**changes), PLANTED))


def test_the_form_for_one_may_say_the_number_in_words() -> None:
    spoken = ["Somo moja la %(name)s", "Masomo %(count)d ya %(name)s"]
    assert catalogues.faults(planted(n2=spoken), PLANTED) == []


def test_missing_stale_and_fuzzy_texts_are_found() -> None:
    catalogue = planted()
    catalogue[0].flags = ["fuzzy"]
    code = PLANTED | {("", "New in the code"): Message()}
    del code[("", "Go in")]
    said = catalogues.faults(catalogue, code)
    assert "'New in the code': missing" in said
    assert "'Go in': stale" in said
    assert any(line.endswith(": fuzzy") for line in said)


def test_update_keeps_what_was_said_and_drops_what_nobody_says() -> None:
    catalogue = planted()
    code = PLANTED | {("button", "Go in"): Message()}
    del code[("", "Hello {name}, <b>welcome</b>.")]
    catalogues.merge(catalogue, code)
    kept = {catalogues.key_of(entry): catalogues.words_of(entry) for entry in catalogue}
    assert kept == {
        ("", "Go in"): ["Ingia"],
        ("button", "Go in"): [""],
        ("", "%(count)d lesson of %(name)s"): SPOKEN["%(count)d lesson of %(name)s"],
    }


def test_texts_of_code_and_templates_are_collected(tmp_path: Path) -> None:
    for app in ("lms", "courses", "supervision", "templates"):
        (tmp_path / app).mkdir()
    (tmp_path / "lms" / "rules.py").write_text('word = _("One " "sentence.")\nngettext("%d day", "%d days", 2)\n')
    (tmp_path / "courses" / "rules.py").write_text('pgettext_lazy("a month", "May")\n')
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}\n  <p>it's {% translate 'Go in' context 'button' %}</p>\n"
        "{% blocktranslate count n=days trimmed %}\n  Wait\n  {{ n }} day\n{% plural %}\n"
        "Wait {{ n }} days, 5 %\n{% endblocktranslate %}\n"
    )
    texts = {key: message.plural for key, message in catalogues.collect(tmp_path).items()}
    assert texts == {
        ("", "One sentence."): "",
        ("", "%d day"): "%d days",
        ("a month", "May"): "",
        ("button", "Go in"): "",
        ("", "Wait %(n)s day"): "Wait %(n)s days, 5 %%",
    }


def translated_at_import(text: str) -> list[int]:
    """Lines that translate while the file is read, so that everybody gets the server's language."""
    tree = ast.parse(text)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == TRANSLATION]
    eager = {name.asname or name.name for node in imports for name in node.names if name.name in EAGER}

    def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                yield child
                yield from run_at_import(child)

    calls = [node for node in run_at_import(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [call.lineno for call in calls if call.func.id in eager]


def test_no_text_is_translated_before_the_reader_is_known() -> None:
    found = {path: translated_at_import(path.read_text(encoding="utf-8")) for path in python_files()}
    assert {str(path): lines for path, lines in found.items() if lines} == {}


def test_a_planted_early_translation_is_found() -> None:
    eager = "from django.utils.translation import gettext as _\nclass Form:\n    label = _('Name')\n"
    lazy = eager.replace("gettext as", "gettext_lazy as")
    assert (translated_at_import(eager), translated_at_import(lazy)) == ([3], [])


def test_no_text_carries_the_layout_of_its_file(found: dict[Key, Message]) -> None:
    assert [text for _, text in found if "\n" in text or text != text.strip()] == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sign_in_page_speaks_the_browsers_language(language: str, found: dict[Key, Message]) -> None:
    page = Client().get("/login/", headers={"accept-language": language})
    with translation.override(language):
        welcome = translation.gettext("Let us get you in.")
    assert welcome != "Let us get you in."
    assert welcome in page.content.decode()
    assert page.headers["Content-Language"] == language


@pytest.mark.django_db
def test_the_sign_in_page_says_go_in_in_swahili() -> None:
    page = Client().get("/login/", headers={"accept-language": "sw"}).content.decode()
    assert "Karibu." in page
