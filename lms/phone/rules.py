"""Decisions about the phone's scripts on plain texts."""

import re
from collections.abc import Iterable

# no script of the phone holds a text over several lines, so blank space at a line's start and lines of comment may go
_DROPPED = re.compile(r"(?m)^(?:import .*|[ \t]*//.*|[ \t]*)\n|^[ \t]+")


_REMARKS = re.compile(r"(?m)^[ \t]*/\*\*(?:.|\n)*?\*/[ \t]*\n|^[ \t]*//.*\n|^[ \t]*\n|^[ \t]+")


def bare(text: str) -> str:
    """A script as it goes over the wire: without lines of comment, empty lines and blanks at the beginning."""
    return _REMARKS.sub("", text.strip() + "\n")


def joined(texts: Iterable[str], *, module: bool = False) -> str:
    """Modules as one text, without imports among them (each stands on one line) and comment.

    For the worker the word `export` goes too; a module for pages keeps it.
    """
    whole = _DROPPED.sub("", "\n".join(text.strip() for text in texts) + "\n")
    return whole if module else re.sub(r"(?m)^export ", "", whole)
