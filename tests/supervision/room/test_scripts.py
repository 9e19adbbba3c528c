"""The room's scripts are asked for at once: on a slow line one round more for each step down the imports is felt."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "supervision" / "static" / "supervision" / "js"
LISTS = [ROOT / "templates" / "supervision" / noun / "_preload.html" for noun in ("guard", "room")]


def imported(name: str, known: set[str]) -> set[str]:
    """Every script that this one needs, and what those need."""
    for other in re.findall(r'(?:from|import)\s+"\./(\w+\.js)"', (SCRIPTS / name).read_text()):
        if other not in known:
            known.add(other)
            imported(other, known)
    return known


def test_the_page_of_the_room_names_every_script_that_it_will_need() -> None:
    named = [name for path in LISTS for name in re.findall(r"js/(\w+\.js)", path.read_text())]

    assert sorted(named) == sorted(imported("room.js", set()))
