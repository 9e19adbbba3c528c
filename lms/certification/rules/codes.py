"""The letters on a certificate: Crockford base32, read kindly."""

import re
from secrets import randbits

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LETTERS = 16
TOKEN_LETTERS = 26
PREFIX = "TND"


def new_code() -> str:
    """A printed code: TND- and 16 letters (80 random bits) in fours."""
    letters = _letters(randbits(80), CODE_LETTERS)
    return "-".join([PREFIX, *(letters[start : start + 4] for start in range(0, CODE_LETTERS, 4))])


def new_token() -> str:
    """What the QR carries: 26 letters (128 random bits), so that nobody finds a certificate by trying."""
    return _letters(randbits(128), TOKEN_LETTERS)


def _letters(number: int, length: int) -> str:
    return "".join(LETTERS[(number >> (5 * place)) & 31] for place in reversed(range(length)))


def read_code(typed: str) -> str | None:
    """
    A code or token as stored, from what somebody typed; None if it cannot be one.

    Case, spaces and dashes do not matter; O, I and L are read as 0, 1 and 1; the TND may be left out.
    """
    letters = re.sub(r"[\s\-\u2010-\u2015_.]", "", typed).upper().translate(str.maketrans("OIL", "011"))
    if len(letters) == CODE_LETTERS + len(PREFIX) and letters.startswith(PREFIX):
        letters = letters.removeprefix(PREFIX)
    if not set(letters) <= set(LETTERS):
        return None
    if len(letters) == CODE_LETTERS:
        return "-".join([PREFIX, *(letters[start : start + 4] for start in range(0, CODE_LETTERS, 4))])
    return letters if len(letters) == TOKEN_LETTERS else None
