"""`manage.py serve PORT`: static files, database, demo people on first use, then Daphne; what `make run` ends in."""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from whitenoise.compress import Compressor

from lms.files import static_font
from lms.people.queries import is_there_anybody

PEOPLE = "amina (community health worker), grace (supervisor), joseph (manager), lena (author), ruth (reviewer), admin"
PAPER_FONTS = ("NotoSans", "NotoSansArabic")


def is_fresh(path: Path) -> bool:
    """Whether the compressed copies of a static file were made of what it holds now: they carry its time. A small file
    that grew by it has none and is tried again."""
    copy = path.with_name(f"{path.name}.br")
    return copy.exists() and int(copy.stat().st_mtime) == int(path.stat().st_mtime)


class Command(BaseCommand):
    """Safe to run again: each step does only what is missing and nothing is ever taken away."""

    help = "Builds static files, migrates, makes demo people if there is nobody yet, and serves by Daphne."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("port", nargs="?", default=settings.PORT)
        parser.add_argument("--prepare-only", action="store_true", help="do everything but serve")

    def handle(self, *args: Any, **options: Any) -> None:
        self.static_files()
        self.fonts()
        self.say("bringing the database up to date")
        call_command("migrate", verbosity=0, interactive=False)
        if settings.LOCAL and not is_there_anybody():
            self.say("making the starter programme and the demo people (once)")
            call_command("demo", stdout=self.stdout)
        connection.close()
        if not options["prepare_only"]:
            self.serve(options["port"])

    def say(self, sentence: str) -> None:
        """One line of progress, at once."""
        self.stdout.write(f"tandem: {sentence}")
        self.stdout.flush()

    def static_files(self) -> None:
        """Joins css and scripts, collects, hashes and compresses; skipped when nothing changed since the last time."""
        call_command("join_css", stdout=self.stdout)
        call_command("join_js", stdout=self.stdout)
        mark = settings.STATIC_ROOT / ".made-of"
        now = self.fingerprint()
        if mark.exists() and mark.read_text() == now:
            return
        self.say("collecting and compressing static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        self.tidy_and_compress()
        mark.write_text(now)

    def tidy_and_compress(self) -> None:
        """Files of before go, and only what is new is compressed: it takes longer than all the rest."""
        listed = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text("utf-8"))["paths"]
        wanted = {*listed, *listed.values(), "staticfiles.json"}
        compressor = Compressor(quiet=True)
        for path in sorted(settings.STATIC_ROOT.rglob("*")):
            name, is_copy = path.relative_to(settings.STATIC_ROOT).as_posix(), path.suffix in {".br", ".gz"}
            if not path.is_file() or path.name == ".made-of":
                continue
            if (name.removesuffix(path.suffix) if is_copy else name) not in wanted:
                path.unlink()
            elif not is_copy and compressor.should_compress(name) and not is_fresh(path):
                compressor.compress(str(path))

    def fonts(self) -> None:
        """Cuts the fonts of certificates and cards now, so that nobody waits for the first paper."""
        wanted = [(weight, family) for weight in (400, 700) for family in PAPER_FONTS]
        if not all((settings.VAR / "fonts" / f"{family}-{weight}.ttf").exists() for weight, family in wanted):
            self.say("preparing the fonts of certificates and cards (once)")
        for weight, family in wanted:
            static_font(weight, family)

    def fingerprint(self) -> str:
        """Changes when a static file of ours or an installed package changes."""
        folders = [settings.BASE_DIR / app / "static" for app in ("lms", "courses", "supervision")]
        parts = [(settings.BASE_DIR / "requirements.txt").read_bytes()]
        for folder in [*folders, settings.VAR / "built"]:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    parts += [str(path).encode(), path.read_bytes()]
        return sha256(b"\0".join(parts)).hexdigest()

    def serve(self, port: str) -> None:
        """Says where, lets a second process do every minute what is due, then becomes Daphne."""
        self.say(f"open http://127.0.0.1:{port}   (stop with Ctrl-C)")
        if settings.LOCAL:
            self.say(f"sign in with the password tandem-demo as {PEOPLE}")
        daphne = [sys.executable, "-m", "lms.wire", "-b", "127.0.0.1", "-p", str(port), "-v", "0"]
        daphne += ["lms.asgi:application"]
        os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings"
        os.environ["PORT"] = str(port)
        subprocess.Popen([sys.executable, "manage.py", "tick", "--every-minute"], cwd=settings.BASE_DIR)
        os.execv(sys.executable, daphne)
