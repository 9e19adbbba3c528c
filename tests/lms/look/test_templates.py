"""What every template and stylesheet keeps to, read from the files."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SHEETS = sorted(sheet for app in ("lms", "courses", "supervision") for sheet in (ROOT / app).glob("static/**/*.css"))
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "lms/static/lms/icons.svg").read_text("utf-8")))
SIDED = r"(?:margin|padding|border)-(?:left|right)|(?:left|right)\s*:|(?:text-align|float):\s*(?:left|right)"
PHYSICAL = re.compile(rf"(?<![\w-])(?:{SIDED})")


def faults_of(text: str) -> list[str]:
    found = re.findall(r"<style\b|\sstyle=|\son\w+=\"|<script(?![^>]*\ssrc=)", text)
    strange = [name for name in re.findall(r'{% icon "([^"]+)"', text) if name not in ICONS]
    return [*found, *strange]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_no_inline_style_or_script_and_only_icons_that_exist(path: Path) -> None:
    assert faults_of(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_stays_under_150_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < 150


@pytest.mark.parametrize(
    "planted",
    ['<p style="color: red">', "<style>", '<a onclick="x()">', "<script>x()</script>", '{% icon "unicorn" %}'],
)
def test_a_planted_fault_is_found(planted: str) -> None:
    assert len(faults_of(f"<main>{planted}</main>")) == 1


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_stylesheet_speaks_of_start_and_end_and_never_of_left_and_right(path: Path) -> None:
    assert PHYSICAL.findall(path.read_text("utf-8")) == []


def test_a_planted_left_is_found() -> None:
    assert PHYSICAL.findall("a { margin-left: 1px }") == ["margin-left"]
