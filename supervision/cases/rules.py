"""What can happen to a case and when: states, the steps of its form, what is still missing. No database."""

import json
import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.rules import Refusal

TEXT_LIMIT = 4000
QUESTION_LIMIT = 300

STATES: dict[str, Promise] = {
    "draft": _("You are writing it"),
    "self_check": _("Ready for your last check"),
    "submitted": _("Sent, waiting for the supervisor"),
    "returned": _("Sent back for a change"),
    "accepted": _("Accepted, waiting for a meeting"),
    "scheduled": _("Planned for a meeting"),
    "presenting": _("Being shown now"),
    "discussed": _("Talked about"),
    "recommendations_issued": _("Advice given"),
    "follow_up_due": _("Time to look back"),
    "followed_up": _("Looked back together"),
    "closed": _("Finished"),
    "urgent": _("Urgent, with the person on duty"),
    "withdrawn": _("Withdrawn"),
}
MOVES: dict[str, frozenset[str]] = {
    "draft": frozenset({"self_check", "withdrawn"}),
    "self_check": frozenset({"draft", "submitted", "withdrawn"}),
    "submitted": frozenset({"returned", "accepted", "urgent", "withdrawn"}),
    "returned": frozenset({"self_check", "withdrawn"}),
    "accepted": frozenset({"returned", "scheduled", "presenting", "urgent", "withdrawn"}),
    "scheduled": frozenset({"returned", "accepted", "scheduled", "presenting", "urgent", "withdrawn"}),
    "presenting": frozenset({"discussed"}),
    "discussed": frozenset({"presenting", "recommendations_issued", "closed"}),
    "recommendations_issued": frozenset({"follow_up_due", "closed"}),
    "follow_up_due": frozenset({"followed_up"}),
    "followed_up": frozenset({"closed"}),
    "urgent": frozenset({"submitted", "closed"}),
    "closed": frozenset(),
    "withdrawn": frozenset(),
}
WRITABLE = frozenset({"draft", "self_check", "returned"})
HIDDEN_FROM_STAFF = frozenset({"draft", "self_check", "withdrawn"})
UNSENT = frozenset({"draft", "self_check"})
WAITING = frozenset({"submitted", "accepted"})
ENDED = frozenset({"followed_up", "closed", "withdrawn"})
AFTER_ADVICE = frozenset({"recommendations_issued", "follow_up_due", "followed_up", "closed"})
BEFORE_SHOWN = frozenset({"submitted", "accepted", "scheduled"})
# how a meeting ended -> the event of a case that was planned for it and waits for another one
GIVEN_BACK = {
    "closed": "not_reached",
    "signed_off": "not_reached",
    "cancelled": "no_meeting",
    "no_quorum": "no_meeting",
}
SHOWN_TO_GROUP = frozenset(
    {"presenting", "discussed", "recommendations_issued", "follow_up_due", "followed_up", "closed"}
)

AGE_BANDS: dict[str, Promise] = {
    "child": _("Child, under 12"),
    "teenager": _("Teenager, 12 to 17"),
    "adult": _("Adult, 18 to 39"),
    "middle": _("Adult, 40 to 59"),
    "older": _("Older, 60 or more"),
}
SEXES: dict[str, Promise] = {
    "female": _("Woman or girl"),
    "male": _("Man or boy"),
    "other": _("Other, or they do not want to say"),
}
# what a name in the text can be written as: sex and age band of the person whom the case is about
PERSONS: dict[str, Promise] = {
    "female-child": _("a girl under 12"),
    "female-teenager": _("a girl of 12 to 17"),
    "female-adult": _("a woman of 18 to 39"),
    "female-middle": _("a woman of 40 to 59"),
    "female-older": _("a woman of 60 or more"),
    "male-child": _("a boy under 12"),
    "male-teenager": _("a boy of 12 to 17"),
    "male-adult": _("a man of 18 to 39"),
    "male-middle": _("a man of 40 to 59"),
    "male-older": _("a man of 60 or more"),
}
SETTINGS: dict[str, Promise] = {
    "village": _("Village"),
    "town": _("Town or city"),
    "camp": _("Camp or settlement"),
    "clinic": _("Health centre or hospital"),
    "school": _("School"),
    "other": _("Somewhere else"),
}
DURATIONS: dict[str, Promise] = {
    "weeks": _("Less than 2 weeks"),
    "month": _("2 weeks to 1 month"),
    "months": _("1 to 6 months"),
    "year": _("6 months to 1 year"),
    "years": _("More than 1 year"),
    "unknown": _("I do not know"),
}
RISKS: dict[str, Promise] = {
    "none": _("Yes. No thoughts of it"),
    "thoughts": _("Yes. There are thoughts of it"),
    "not_asked": _("I have not asked yet"),
}
RISK_ORDER = {"thoughts": 0, "not_asked": 1, "none": 2, "": 1}
CONSENTS: dict[str, Promise] = {
    "person": _("I told the person I will ask my group for advice, without a name. They said yes."),
    "guardian": _("I told the parent or guardian. They said yes, and the child knows."),
    "not_yet": _("I have not asked yet"),
}


@dataclass(frozen=True)
class Step:
    """One screen of the guided form; `needed` are the answers without which the case cannot be sent."""

    name: str
    title: Promise
    fields: tuple[str, ...]
    needed: tuple[str, ...]


STEPS: tuple[Step, ...] = (
    Step("question", _("What do you want to ask your group?"), ("question",), ("question",)),
    Step("person", _("Who is the person?"), ("age_band", "sex", "setting"), ("age_band", "sex", "setting")),
    Step("problem", _("What is the problem now?"), ("problem", "duration"), ("problem", "duration")),
    Step("screening", _("Did you use a question list?"), (), ()),
    Step("risk", _("Did you ask about self‑harm?"), ("risk_asked", "risk_note"), ("risk_asked",)),
    Step("daily", _("How is daily life?"), ("functioning", "supports"), ("functioning",)),
    Step("tried", _("What did you try?"), ("tried",), ("tried",)),
    Step("help", _("What help do you want?"), ("help_wanted", "focus_competency"), ("help_wanted",)),
    Step(
        "check",
        _("Last check before you send"),
        ("consent_basis", "no_identifiers", "stays_responsible"),
        ("consent_basis",),
    ),
)
STEP_NAMES = tuple(step.name for step in STEPS)
LAST_STEP = STEPS[-1]
STEP_OF = {"scores": "screening"} | {name: step.name for step in STEPS for name in step.fields}
SEALED_FIELDS = ("question", "problem", "risk_note", "functioning", "supports", "tried", "help_wanted")
CHOICE_FIELDS: dict[str, dict[str, Promise]] = {
    "age_band": AGE_BANDS,
    "sex": SEXES,
    "setting": SETTINGS,
    "duration": DURATIONS,
    "risk_asked": RISKS,
    "consent_basis": CONSENTS,
}
MAX_SCORES = 2
SCORE_TEXTS = ("tool", "version", "cut_off_source")
SCORE_FIELDS = ("tool", "version", "score", "cut_off", "cut_off_source")
ANSWER_FIELDS = (*SEALED_FIELDS, *CHOICE_FIELDS, "focus_competency", "no_identifiers", "stays_responsible")
SKILL_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class CaseMoved(Refusal):
    code = "closed"
    sentence = _("This case has moved on, so that is no longer possible. Look at it again.")


class CaseNotReady(Refusal):
    code = "not_allowed"
    sentence = _("This case is not ready to be shown. Accept it first.")


class CaseIncomplete(Refusal):
    code = "invalid"
    sentence = _("Some answers are still missing. We show you which.")


class CheckNotDone(Refusal):
    code = "invalid"
    sentence = _("Tick all the lines of the last check first. The person must have said yes.")


class NotYourCase(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("Only the person who wrote this case can change it.")


class NotItsSupervisor(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("Only a supervisor of this group can do that, and never with a case of their own.")


class ReasonMissing(Refusal):
    code = "invalid"
    sentence = _("Write what should be changed, so that the writer knows what to do.")


class WrittenElsewhere(Refusal):
    """Two phones, or a phone and a page, wrote other words into the same field."""

    code = "conflict"
    sentence = _("This case was also changed on another phone. Both texts are kept: choose which one stays.")


class NoSuchDraft(Refusal):
    code = "invalid"
    sentence = _("The words of this case have not come here yet. Send them first.")


class ShowsWho(Refusal):
    """`told`: {"fields": [names], "words": the page where they are shown}; never the words."""

    code = "invalid"
    sentence = _("Some words could show who the person is. Look at them once more, then send it again.")


class NoSuchWords(Refusal):
    code = "invalid"
    sentence = _("These words do not stand in the case. Copy them just as they are written there.")


class NoSuchSkill(Refusal):
    code = "invalid"
    sentence = _("This skill is not one of your programme. Choose one from the list.")


class NotInProgramme(Refusal):
    code = "not_enrolled"
    status = 403
    sentence = _("You are not in this programme now, so you cannot send it a case. What you wrote stays on your phone.")


class OtherProgramme(Refusal):
    code = "not_allowed"
    sentence = _("That meeting belongs to another programme or is over. Choose a coming meeting.")


class AnswerUnreadable(Refusal):
    code = "invalid"
    sentence = _("One of the answers is not on the list or is too long. Look at it again.")


def check_move(state: str, to: str, *, otherwise: type[Refusal] = CaseMoved) -> None:
    if to not in MOVES[state]:
        raise otherwise


def step_named(name: str) -> Step | None:
    return next((step for step in STEPS if step.name == name), None)


def neighbours(step: Step) -> tuple[Step | None, Step | None]:
    """The step before and the step after."""
    at = STEPS.index(step)
    return (STEPS[at - 1] if at else None), (STEPS[at + 1] if at + 1 < len(STEPS) else None)


def missing_answers(answers: Mapping[str, object], steps: Iterable[Step] = STEPS[:-1]) -> list[str]:
    return [name for step in steps for name in step.needed if not answers.get(name)]


def steps_missing(answers: Mapping[str, object]) -> list[Step]:
    return [step for step in STEPS[:-1] if missing_answers(answers, (step,))]


def check_complete(answers: Mapping[str, object]) -> None:
    if missing_answers(answers):
        raise CaseIncomplete


def check_ticked(answers: Mapping[str, object]) -> None:
    """Consent was given, the words were looked through, and the helper knows that she stays the helper."""
    agreed = answers.get("consent_basis") in {"person", "guardian"}
    if not (agreed and answers.get("no_identifiers") and answers.get("stays_responsible")):
        raise CheckNotDone


def is_one_sentence(text: str) -> bool:
    """One inner stop (Latin, Arabic, Ethiopic, Indic) is let through, for the sake of abbreviations; two are not."""
    return len(re.findall(r"[.!?؟۔።।]+\s+\S", text.strip())) <= 1


def check_answers(answers: Mapping[str, object]) -> dict[str, object]:
    """Known names, listed choices, bounded texts; anything else is refused, so that no new field slips in by post."""
    for name, value in answers.items():
        if name in CHOICE_FIELDS:
            fits = value == "" or value in CHOICE_FIELDS[name]
        elif name in SEALED_FIELDS:
            limit = QUESTION_LIMIT if name == "question" else TEXT_LIMIT
            fits = isinstance(value, str) and len(value) <= limit
        elif name == "focus_competency":
            fits = value == "" or (isinstance(value, str) and SKILL_CODE.fullmatch(value) is not None)
        else:
            fits = name in ANSWER_FIELDS and isinstance(value, bool)
        if not fits:
            raise AnswerUnreadable
    return dict(answers)


def print_of(value: object) -> str:
    """What a phone keeps of an answer that it knew: 16 hex digits of SHA-256, "" for no answer.

    Line ends count as one character: a form sends two where a script sees one.
    """
    text = "true" if value is True else str(value or "").replace("\r\n", "\n")
    return sha256(text.encode()).hexdigest()[:16] if text else ""


def scores_text(scores: Sequence[Mapping[str, object]]) -> str:
    """The list of scores as one text, so that it is compared like any other answer; "" when there are none."""
    lines = [["" if score.get(name) is None else str(score[name]) for name in SCORE_FIELDS] for score in scores]
    return json.dumps(lines, ensure_ascii=False, separators=(",", ":")) if lines else ""


def changed_elsewhere(
    here: Mapping[str, object], new: Mapping[str, object], known: Mapping[str, Collection[str]]
) -> list[str]:
    """The fields where a phone would write over words that it never saw.

    `here` is what the server has, `new` what the phone sends, `known` per field the prints of what the phone had from
    the server or sent itself. Where both already say the same there is nothing to choose.
    """
    return [
        name
        for name, value in new.items()
        if print_of(here[name]) != print_of(value) and print_of(here[name]) not in known.get(name, ("",))
    ]


def new_series() -> str:
    """A code like `K7WM-3TQ9` from 31 signs that nobody mixes up: 850 thousand million of them, drawn by chance.

    It says nothing of whom the cases are about, and nobody can work it out from a name.
    """
    signs = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ".replace("L", "")
    drawn = "".join(secrets.choice(signs) for _place in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


def next_move_of(state: str) -> str:
    """Who acts next: the writer, the supervisor, the group, or nobody."""
    if state in WRITABLE:
        return "writer"
    if state in WAITING:
        return "supervisor"
    return "group" if state in {"scheduled", "presenting", "discussed"} else "nobody"


def person_words(sex: str, age_band: str) -> str:
    """How the person of a case can be named without a name; empty as long as sex or age band is not known."""
    return str(PERSONS.get(f"{sex}-{age_band}", ""))
