"""Decisions about programmes on plain values: roles, stages, how a stage may change."""

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Refusal

STAFF_ROLES = ("supervisor", "rater", "manager", "author", "reviewer", "admin")
LEARNING_STAGES = ("enrolled", "in_training", "supervised_practice", "certified", "lapsed")
OUT_STAGES = ("withdrawn", "left", "suspended")
DECIDED_STAGES = {"pause": "paused", "leave": "left", "withdraw": "withdrawn", "suspend": "suspended"}

REASONS_OF_SOURCE = {"competency": _("To practise after your rating: %(title)s.")}

CODE_OF_CONDUCT = (
    _("I do not harm. I treat every person with respect, whoever they are."),
    _("What people tell me stays with me. I never use their names when I ask my group for advice."),
    _("When someone is in danger, I do not keep it to myself. I call the person on duty."),
    _("I do only what I have learned, and I ask when I am not sure."),
    _("I take no money, gifts or favours from people I help, and I have no love affair with them."),
    _("I tell people that I am a trained helper, not a doctor or psychologist."),
    _("I meet my supervisor and say honestly what I did and did not do."),
)


class NotInScope(Refusal):
    """The person's roles do not reach this."""

    code = "not_allowed"
    status = 403
    sentence = _("This is not in your part of the programme. Nothing was changed.")


class TwoNarrowings(Refusal):
    """A grant is narrowed by a place or by a cohort, not both."""

    sentence = _("A role can be limited to a place or to a group, not to both.")


class AlreadyDecided(Refusal):
    """The enrolment already is where the decision would take it."""

    sentence = _("This was decided before. Nothing was changed.")


class NothingToComeBackFrom(Refusal):
    """Coming back is for those who were away."""

    sentence = _("This person takes part already. Nothing was changed.")


def decisions_for(stage: str) -> tuple[str, ...]:
    """What can be decided about somebody in this stage: whoever was away or lapsed can come back."""
    away = tuple(decision for decision, reached in DECIDED_STAGES.items() if reached != stage)
    return ("re_enter", *away) if stage in (*DECIDED_STAGES.values(), "lapsed") else away


def reason_words(source: str, reason: str) -> str:
    """Why something was assigned, in the reader's language: by a source only a title is kept, a person's words stay."""
    words = REASONS_OF_SOURCE.get(source.partition(":")[0])
    return words % {"title": reason} if words else reason


def stage_after(decision: str) -> str:
    """The stage that a person's decision leads to; re-entry goes through supervised practice."""
    return DECIDED_STAGES.get(decision, "supervised_practice")
