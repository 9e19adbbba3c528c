"""What a learner's page weighs over the line, in bytes of the files as they are served: the same on every machine."""

import http.cookiejar
import re
import urllib.parse
import urllib.request
from collections.abc import Callable

import brotli
import pytest

from tests.journeys.server import STATIC, Server

pytestmark = pytest.mark.xdist_group("access")
KB = 1024
HEAD = 350  # bytes of an answer's head
COURSE = "/learn/helping-kisumu/first-steps/"
PAGES = {
    "home": "/home/",
    "course": COURSE,
    "module": f"{COURSE}module-1/",
    "lesson": f"{COURSE}module-1/lesson-1/",
    "quiz": f"{COURSE}module-1/quiz/",
    "certificate": "/certificate/",
    "me": "/me/",
    "urgent": "/urgent/",
    "case": "/supervision/",
}
Get = Callable[[str], tuple[str, int]]


@pytest.fixture(scope="module")
def get(server: Server) -> Get:
    """Gives a page's text, and how many bytes it was on the line; signed in as Amina, in a browser of today."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    opener.addheaders = [("Accept-Encoding", "gzip, deflate, br"), ("Referer", server.url)]

    def got(path: str, **sent: str) -> tuple[str, int]:
        body = urllib.parse.urlencode(sent).encode() if sent else None
        with opener.open(server.url + path, body) as answer:
            content = answer.read()
            coded = answer.headers["Content-Encoding"]
        return (brotli.decompress(content) if coded == "br" else content).decode(), len(content)

    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', got("/login/")[0]).group(1)
    got("/login/", csrfmiddlewaretoken=token, username="amina", password="tandem-demo")
    return got


def files_of(text: str, ending: str) -> list[str]:
    """The files of a page with this ending, each once."""
    found = re.findall(rf'(?:href|src)="/static/([^"#]+\.{ending})', text)
    return sorted(set(found))


def on_the_line(files: list[str]) -> int:
    """As the server sends them to a browser that takes brotli."""
    return sum(min((STATIC / file).stat().st_size, small_size(file)) for file in files)


def small_size(file: str) -> int:
    small = STATIC / f"{file}.br"
    return small.stat().st_size if small.exists() else (STATIC / file).stat().st_size


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_styles_are_at_most_14_kb(get: Get, path: str) -> None:
    assert on_the_line(files_of(get(path)[0], "css")) <= 14 * KB


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_scripts_are_at_most_20_kb(get: Get, path: str) -> None:
    assert on_the_line(files_of(get(path)[0], "js")) <= 20 * KB


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_first_visit_is_at_most_45_kb(get: Get, path: str) -> None:
    text, size = get(path)
    files = [file for ending in ("css", "js", "svg") for file in files_of(text, ending)]

    assert files
    assert size + on_the_line(files) + HEAD * (1 + len(files)) <= 45 * KB


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_second_visit_is_at_most_5_kb(get: Get, path: str) -> None:
    """Files are named for what is in them, so only the page itself comes again."""
    text, size = get(path)

    named = re.findall(r'(?:href|src)="/static/([^"#]+)', text)
    assert [file for file in named if not re.search(r"\.[0-9a-f]{12}\.\w+$", file)] == []
    assert size + HEAD <= 5 * KB


def test_the_worker_and_what_it_keeps_at_once_are_at_most_25_kb(get: Get) -> None:
    """Fetched once, after the first page has been drawn; the files that the page brought are not fetched again."""
    text, size = get("/sw.js")
    kept = re.search(r"SHELL_FILES = \[(.*?)\]", text).group(1)
    own = [file for file in re.findall(r'"/static/([^"]+)"', kept) if "on_phone" in file]

    assert size + on_the_line(own) + sum(get(page)[1] for page in ("/phone/shell/", "/phone/")) <= 25 * KB
