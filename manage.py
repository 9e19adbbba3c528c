#!/usr/bin/env python
"""Django's command line, with this machine's own settings file below the environment."""

import os
import sys
from pathlib import Path


def read_env_file(path: Path) -> None:
    """Put `NAME=value` lines of a file into the environment where the name is not set yet."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not line.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


def main() -> None:
    """Run one management command."""
    here = Path(__file__).resolve().parent
    read_env_file(Path(os.environ.get("TANDEM_VAR", here / "var")) / "env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
