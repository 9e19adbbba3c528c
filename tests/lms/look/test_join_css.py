"""The joined stylesheet: small, whole, and with nothing taken out that a browser needs."""

import gzip

import pytest
from django.core.management import call_command

from lms.management.commands.join_css import FOLDER, SHARED, joined, minified


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a  {\n color : red;\n}", "a{color : red}"),
        ("a { color: red; }", "a{color:red}"),
        ("/* why */ a { b: c }", "a{b:c}"),
        ("a { inline-size: calc(100% - 2rem) }", "a{inline-size:calc(100% - 2rem)}"),
        (".next :focus-visible { x: y }", ".next :focus-visible{x:y}"),
        ('a::before { content: "a;  /* b */ }" }', 'a::before{content:"a;  /* b */ }"}'),
        ("@media (width > 9rem) and (hover: none) { a { b: c } }", "@media (width > 9rem) and (hover:none){a{b:c}}"),
        (".a, .b > .c { d: e f, g }", ".a,.b > .c{d:e f,g}"),
    ],
)
def test_only_comments_and_blank_space_go(written: str, kept: str) -> None:
    assert minified(written) == kept


def test_the_shared_sheet_stays_small_enough_for_a_weak_network() -> None:
    assert len(gzip.compress(joined().encode())) <= 14 * 1024


def test_no_rule_is_lost() -> None:
    written = sum((FOLDER / f"{name}.css").read_text("utf-8").count("{") for name in SHARED)

    assert joined().count("{") == written


def test_the_command_writes_the_sheet_among_the_built_files(settings, tmp_path) -> None:
    settings.VAR = tmp_path

    call_command("join_css", verbosity=0)

    assert (tmp_path / "built" / "lms" / "site.css").read_text("utf-8") == joined()
