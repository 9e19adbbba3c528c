"""`make bench`: prints the tables of docs/benchmarks.md, measured now.

python -m tests.bench            everything
python -m tests.bench pages      only the pages; likewise phone, guard, room, doors
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import doors, guard, phone, room
from tests.journeys.browser import chromium
from tests.journeys.server import Server, served

GOALS = "A phone on slow 3G: first <= 45 KB and 2 s, second <= 5 KB, saved <= 1 s"
ROOT = Path(__file__).resolve().parents[2]


def table(title: str, rows: list[dict[str, Any]]) -> None:
    """Rows as Markdown, the columns in the order in which they first appear."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    print(f"\n### {title}\n")
    print("| " + " | ".join(columns) + " |\n|" + " --- |" * len(columns))
    for row in rows:
        print("| " + " | ".join(str(row.get(name, "")) for name in columns) + " |")
    sys.stdout.flush()


def rows_of(server: Server, *words: str) -> list[dict[str, Any]]:
    """What tests.bench.pages prints in the server's environment."""
    environment = server.environment | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.pages", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise SystemExit("bench: the pages could not be measured; the reason stands above")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def main() -> None:
    """Pages, phone, guard, room, doors."""
    wanted = sys.argv[1:] or ["pages", "phone", "guard", "room", "doors"]
    print(f"Measured on {os.cpu_count()} processors; CPU time, not wall-clock; numbers beside each other, same run.")
    if {"pages", "phone"} & set(wanted):
        with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "bench") as server:
            if "pages" in wanted:
                table("Pages: at most 10 queries, the same at 1 and at 30 rows", rows_of(server))
            if "phone" in wanted and chromium():
                table(GOALS, phone.measure(server))
    if "guard" in wanted:
        table("What could show who somebody is: 334 texts", guard.measure())
    if "room" in wanted:
        table("Live room: 20 rooms of 20 members", room.measure())
        table("Live room: one room of 1,000 members", room.large())
    if "doors" in wanted:
        table("Live room: how soon the socket is lost (promised: 2 s)", doors.measure())


if __name__ == "__main__":
    main()
