"""Static files of a start: what is gone goes, and only what is new is compressed."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

from lms.management.commands.serve import Command

TEXT = "body { color: red; } " * 50


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def lay_out(folder: Path, **files: str) -> None:
    """Files of this text, and the list that says which of them stand."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    listed = {name.replace("_", "."): name.replace("_", ".") for name in files}
    (folder / "staticfiles.json").write_text(json.dumps({"paths": listed}))


def test_new_files_get_their_copies_and_old_ones_go(tmp_path: Path, settings: SimpleNamespace) -> None:
    settings.STATIC_ROOT = tmp_path
    lay_out(tmp_path, old_css=TEXT)
    Command().tidy_and_compress()

    lay_out(tmp_path, new_css=TEXT)
    Command().tidy_and_compress()

    assert names_in(tmp_path) == {"new.css", "new.css.br", "new.css.gz", "staticfiles.json"}


def test_a_copy_is_made_again_only_when_its_file_changed(tmp_path: Path, settings: SimpleNamespace) -> None:
    settings.STATIC_ROOT = tmp_path
    lay_out(tmp_path, site_css=TEXT)
    Command().tidy_and_compress()
    copy, stamps = tmp_path / "site.css.br", (tmp_path / "site.css").stat()
    copy.write_bytes(b"as before")
    os.utime(copy, (stamps.st_atime, stamps.st_mtime))

    Command().tidy_and_compress()
    kept = copy.read_bytes()
    os.utime(tmp_path / "site.css", (stamps.st_atime, stamps.st_mtime + 10))
    Command().tidy_and_compress()

    assert kept == b"as before"
    assert copy.read_bytes() != b"as before"
