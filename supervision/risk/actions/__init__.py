"""Changes to dangers and to the rota: pressing Urgent, telling people, each step on it, and who is on call."""

from .looking import remind_of_days
from .raising import keep_telling, raise_risk, tell_next
from .rota import add_shift, end_shift, set_minutes
from .taking import take_words
from .working import (
    acknowledge,
    act,
    add_words,
    close,
    hand_over,
    make_plan,
    pass_on,
    plan_follow_ups,
    reopen,
    report_follow_up,
    see,
)

__all__ = [
    "acknowledge",
    "act",
    "add_shift",
    "add_words",
    "close",
    "end_shift",
    "hand_over",
    "keep_telling",
    "make_plan",
    "pass_on",
    "plan_follow_ups",
    "raise_risk",
    "remind_of_days",
    "reopen",
    "report_follow_up",
    "see",
    "set_minutes",
    "take_words",
    "tell_next",
]
