"""Decisions about people on plain values, and the shape of every refusal in the product."""

import re
from collections.abc import Collection

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CARD_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Refusal(Exception):
    """A change that was not made, and why, in a sentence for the person who asked.

    Subclasses name the reason; `code` is the word that outsiders see in wire formats, `status` the HTTP answer.
    """

    code = "invalid"
    status = 409
    sentence: str | Promise = _("This could not be done. Nothing was changed.")

    def __init__(self, sentence: str | Promise | None = None) -> None:
        if sentence is not None:
            self.sentence = sentence
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class Invalid(Refusal):
    """What was sent cannot be read or lacks something."""

    status = 400
    sentence = _("We could not read what was sent. Check it and send it again.")


def address_of(peer: str, forwarded: str, trusted: Collection[str]) -> str:
    """Where a request came from: the last address of X-Forwarded-For that is not one of our own proxies.

    What stands further left was written by whoever sent it and is not believed.
    """
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while peer in trusted and hops:
        peer = hops.pop()
    return peer


def plain_card_code(typed: str) -> str:
    """A card code as stored: capital letters without dashes or spaces; O, I and L are read as 0, 1 and 1."""
    letters = re.sub(r"[\s-]", "", typed).upper()
    return letters.translate(str.maketrans("OIL", "011"))


def shown_card_code(code: str) -> str:
    """A card code as printed, in fours."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
