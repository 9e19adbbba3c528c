"""What quizzes offer: “Talk with” on a supervisor's front page; their ledger kinds."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from courses.progress.queries import link
from courses.quizzes.queries import waiting_for_talk
from courses.quizzes.rules import BORDERLINE_FAIL, BORDERLINE_PASS, CLEAR_FAIL, CLEAR_PASS
from lms.home import registry as home
from lms.ledger import registry as ledger
from lms.people.models import User
from lms.programmes.access import has_role

SHOWN = 20


def talk_with(person: User, *, at: datetime) -> dict[str, Any] | None:
    """The people whose result a supervisor has still to decide about; nothing for others, and at no cost."""
    if not has_role(person, "supervisor"):
        return None
    waiting = list(waiting_for_talk(person)[: SHOWN + 1])
    return {"waiting": waiting[:SHOWN], "more": len(waiting) > SHOWN}


def said_answered(facts: dict[str, Any]) -> str:
    """A result in a sentence."""
    sentences = {
        CLEAR_FAIL: _("Answered the quiz “%(title)s”, try %(attempt)s: not yet, %(percent)s %%."),
        BORDERLINE_FAIL: _("Answered the quiz “%(title)s”, try %(attempt)s: nearly, %(percent)s %%."),
        BORDERLINE_PASS: _("Answered the quiz “%(title)s”, try %(attempt)s: just over, %(percent)s %%."),
        CLEAR_PASS: _("Answered the quiz “%(title)s”, try %(attempt)s: clear pass, %(percent)s %%."),
    }
    return sentences[facts["band"]] % facts


def said_decided(facts: dict[str, Any]) -> str:
    """A decision after a talk in a sentence."""
    if facts["passed"]:
        return _("Passed the quiz “%(title)s” after a talk.") % facts
    return _("After a talk about the quiz “%(title)s”: try again.") % facts


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    home.register(home.Panel("talk-with", 12, "main", "courses/talk/_talk_with.html", talk_with))
    answered = {"title": str, "percent": int, "band": str, "attempt": int, "passed": bool}
    ledger.register(ledger.EntryKind("quiz.answered", answered, said_answered, link))
    ledger.register(
        ledger.EntryKind("quiz.decided", {"title": str, "passed": bool, "attempt": int}, said_decided, link)
    )
