"""Changes of minutes: made by rule, worded, signed; and who is told."""

from supervision.minutes.actions.taking import take_words
from supervision.minutes.actions.telling import remind_due
from supervision.minutes.actions.writing import edit, make, make_missing, sign

__all__ = ["edit", "make", "make_missing", "remind_due", "sign", "take_words"]
