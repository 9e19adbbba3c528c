"""Asking about cases: mine, the supervisor's queue, what can be planned, and a case as lines to read."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from lms.competency.queries import known_skills
from lms.competency.rules.chain import weak_codes
from lms.ledger.models import Entry
from lms.people.models import Provider, User
from lms.programmes.models import Programme
from lms.programmes.queries import enrolments_within
from supervision.guard import queries as guard
from supervision.guard.rules import Finding, Register, find, same_words

from . import rules
from .models import CaseEvent, CasePresentation


@dataclass(frozen=True)
class Fact:
    """One line of a case: what was asked, what was answered. `name` tells the template which line is drawn larger."""

    name: str
    label: str
    text: str
    note: str = ""


def with_people(cases: QuerySet[CasePresentation]) -> QuerySet[CasePresentation]:
    return cases.select_related("provider__user", "programme", "session")


def cases_of(person: User) -> QuerySet[CasePresentation]:
    return with_people(CasePresentation.objects.filter(provider__user=person).exclude(state="withdrawn"))


def cases_where(reach: Q) -> QuerySet[CasePresentation]:
    """Cases by a condition that the caller answers for."""
    return with_people(CasePresentation.objects.filter(reach))


def case_by_draft_key(provider: Provider, key: UUID) -> CasePresentation | None:
    return CasePresentation.objects.filter(provider=provider, key=key).first()


def case_by_id(case_id: UUID) -> CasePresentation | None:
    """A case without asking who wants to know; access is the caller's."""
    return with_people(CasePresentation.objects.filter(pk=case_id)).first()


def content_of(case: CasePresentation) -> dict[str, object]:
    """All that the writer wrote: field -> answer, and the scores as one text."""
    return case.answers | {"scores": rules.scores_text(scores_of(case))}


def prints_of(case: CasePresentation) -> dict[str, str]:
    """Field -> print of what is here: by it a phone knows which of its words arrived."""
    return {name: rules.print_of(value) for name, value in content_of(case).items()}


def series_of(case: CasePresentation) -> QuerySet[CasePresentation]:
    """The other presentations of the same person by the same writer, the earliest first, with what was advised.

    None without a code; what is not sent yet is nobody's to read but its writer's, and she knows it.
    """
    if not case.series:
        return CasePresentation.objects.none()
    same = with_people(CasePresentation.objects.filter(provider=case.provider_id, series=case.series))
    sent = same.exclude(pk=case.pk).exclude(state__in=rules.HIDDEN_FROM_STAFF)
    return sent.prefetch_related("recommendations").order_by("created_at", "id")


def earlier_cases(case: CasePresentation) -> QuerySet[CasePresentation]:
    """What its writer can link it to: own cases of this programme that were sent before."""
    sent = with_people(CasePresentation.objects.filter(provider=case.provider_id, programme=case.programme_id))
    return sent.exclude(state__in=rules.HIDDEN_FROM_STAFF).exclude(pk=case.pk).order_by("-submitted_at", "id")


@dataclass(frozen=True)
class Held:
    """Words of an answer (or of the scores) that could show who the person is, and that nobody has confirmed."""

    field: str
    finding: Finding
    text: str


def skills_to_practise(programme_id: UUID, entries: Iterable[Entry], *, mine: bool = True) -> list[tuple[str, str]]:
    """Code and words of every skill of the programme, first those that the writer is to practise, marked so: what she
    was told, or (not `mine`, for who supervises her) all that was rated below level 3.
    """
    titles, here = known_skills(programme_id), [one for one in entries if one.programme_id == programme_id]
    weak = [code for code in weak_codes(here, told_only=mine) if code in titles]
    words = _("%(skill)s (you practise this now)") if mine else _("%(skill)s (below level 3 now)")
    marked = [(code, words % {"skill": titles[code]}) for code in weak]
    return marked + [(code, title) for code, title in titles.items() if code not in weak]


def register_of_case(programme_id: UUID) -> Register:
    """The names and places that are looked for in a case of this programme."""
    return guard.register_for(programme_id)


def identifiers_in(case: CasePresentation, *, confirmed: bool = False) -> list[Held]:
    """What the guard finds in a case: what the writer has not confirmed, or (`confirmed`) what she has."""
    register, known = register_of_case(case.programme_id), guard.confirmations_of(case.pk)
    found: list[Held] = []
    for name, text in texts_of(case):
        findings = find(text, register)
        open_ones = guard.unconfirmed(findings, name, known)
        found += [Held(name, finding, text) for finding in findings if (finding in open_ones) != confirmed]
    return found


@dataclass(frozen=True)
class Confirmed:
    """Words that stand in a case because its writer said why."""

    label: str
    words: str
    reason: str


def picture_field(picture_id: UUID) -> str:
    """Under which name it is kept why words about a picture stay."""
    return f"picture {picture_id.hex}"


def confirmed_words(case: CasePresentation) -> list[Confirmed]:
    """For the supervisor: what the guard found, and why the writer left it."""
    known, told = guard.confirmations_of(case.pk), labels()
    if not known:
        return []
    shown = [
        Confirmed(_("What a picture shows"), row.words, str(row.get_reason_display()))
        for row in known
        if row.field.startswith("picture ")
    ]
    return shown + [
        Confirmed(told[held.field], held.finding.text, str(row.get_reason_display()))
        for held in identifiers_in(case, confirmed=True)
        for row in known
        if row.field == held.field and same_words(row.words, held.finding.text)
    ]


def advice_of(case: CasePresentation) -> list[Any]:
    """What was agreed about a case, with what later meetings said of it."""
    found = case.recommendations.exclude(state__in=["proposed", "superseded"]).select_related("owner__user")
    return list(found.prefetch_related("follow_ups").order_by("proposed_at", "id"))


def labels() -> dict[str, str]:
    """Answer -> how a page calls it."""
    return {
        "question": _("Question to the group"),
        "problem": _("Problem now"),
        "risk_note": _("Asked about self‑harm"),
        "functioning": _("Daily life"),
        "supports": _("Who helps already"),
        "tried": _("What was tried"),
        "help_wanted": _("Help wanted"),
        "scores": _("Screening"),
    }


def texts_of(case: CasePresentation) -> Iterator[tuple[str, str]]:
    """Every free text of a case by the name of its answer."""
    for name in rules.SEALED_FIELDS:
        yield name, getattr(case, name)
    for score in case.scores.all():
        for name in rules.SCORE_TEXTS:
            yield "scores", getattr(score, name)


def scores_of(case: CasePresentation) -> list[dict[str, object]]:
    return [{name: getattr(score, name) for name in rules.SCORE_FIELDS} for score in case.scores.all()]


def drafts_of(person: User) -> QuerySet[CasePresentation]:
    """What this person can still change, the latest first."""
    mine = cases_of(person).filter(state__in=rules.WRITABLE).prefetch_related("scores", "events")
    return mine.order_by("-saved_at", "id")


def cases_within(person: User) -> QuerySet[CasePresentation]:
    """Cases that this supervisor may read: of the providers and the programme in scope, never the supervisor's own."""
    reached = enrolments_within(person, "supervisor").filter(
        provider=OuterRef("provider"), programme=OuterRef("programme")
    )
    return with_people(
        CasePresentation.objects.filter(Exists(reached))
        .exclude(state__in=rules.HIDDEN_FROM_STAFF)
        .exclude(provider__user=person)
    )


def queue_of(person: User) -> QuerySet[CasePresentation]:
    """What waits for the supervisor: risk first, then who waited longest."""
    return by_risk(cases_within(person).filter(state__in=rules.WAITING))


@dataclass(frozen=True)
class QueuePage:
    """A part of the queue, and how many cases wait in all."""

    cases: list[CasePresentation]
    number: int
    pages: int
    total: int


def queue_page(person: User, *, number: int, size: int) -> QueuePage:
    """One page of the queue; a single question while all fit on the first. Beyond the end stands the last page."""
    waiting, first = queue_of(person), (max(number, 1) - 1) * size
    cases = list(waiting[first : first + size + 1])
    total = len(cases) if first == 0 and len(cases) <= size else waiting.count()
    pages = max(1, -(-total // size))
    if first and not cases:
        return queue_page(person, number=pages, size=size)
    return QueuePage(cases[:size], first // size + 1, pages, total)


def by_risk(cases: QuerySet[CasePresentation]) -> QuerySet[CasePresentation]:
    """Risk first, then who waited longest."""
    ranks = [When(risk_asked=answer, then=Value(rank)) for answer, rank in rules.RISK_ORDER.items()]
    ranked = cases.annotate(risk_rank=Case(*ranks, default=Value(1), output_field=IntegerField()))
    return ranked.order_by("risk_rank", "submitted_at", "id")


def cases_going_on(person: User, providers: Iterable[UUID] | None = None) -> QuerySet[CasePresentation]:
    """What is not finished among the cases that this supervisor may read, of these people if any are named."""
    cases = by_risk(cases_within(person).exclude(state__in=rules.ENDED))
    return cases if providers is None else cases.filter(provider__in=providers)


def cases_to_open(
    programme: Programme, session_id: UUID, providers: QuerySet, current: UUID | None
) -> QuerySet[CasePresentation]:
    """What can be opened in a meeting of these providers: planned for it, then accepted, then sent."""
    here = Q(session_id=session_id, state__in=["scheduled", "discussed"])
    waiting = Q(session_id=None, state__in=rules.WAITING)
    planned = Case(
        When(state="scheduled", then=Value(0)),
        When(state="accepted", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    cases = with_people(
        CasePresentation.objects.filter(here | waiting, programme=programme, provider__in=providers).exclude(pk=current)
    )
    return cases.annotate(place=planned).order_by("place", "submitted_at", "id")


def cases_planned_for(session_id: UUID) -> QuerySet[CasePresentation]:
    """What was planned for a meeting and not opened yet."""
    return with_people(CasePresentation.objects.filter(session_id=session_id, state="scheduled"))


def cases_left_behind(over: Collection[str]) -> QuerySet[CasePresentation]:
    """What is still planned for a meeting that is over; `over`: the states in which one is."""
    return with_people(CasePresentation.objects.filter(state="scheduled", session__state__in=over))


def cases_of_meeting(session_id: UUID) -> QuerySet[CasePresentation]:
    """What a supervisor planned for this meeting, opened or not: what peers may look at without one."""
    states = ["scheduled", "presenting", "discussed"]
    return with_people(CasePresentation.objects.filter(session_id=session_id, state__in=states))


def waiting_days(case: CasePresentation, at: datetime) -> int:
    return max(0, (at - case.submitted_at).days) if case.submitted_at else 0


def events_of(case: CasePresentation) -> QuerySet:
    return case.events.select_related("by")


def given_back(case: CasePresentation, events: Sequence[CaseEvent]) -> str:
    """Why an accepted case waits for another meeting: the event by which the last one gave it back, or nothing."""
    moves = [event.kind for event in events if event.from_state != event.to_state]
    back = case.state == "accepted" and moves and moves[-1] in rules.GIVEN_BACK.values()
    return moves[-1] if back else ""


def last_return_of(case: CasePresentation) -> str:
    """The reason of the latest return, empty if there is none."""
    reasons = [event.reason for event in case.events.all() if event.kind == "return"]
    return reasons[-1] if reasons else ""


def facts_of(case: CasePresentation) -> list[Fact]:
    """The case as the group reads it; lines without an answer are left out."""
    person = " · ".join(
        str(label)
        for label in (case.get_sex_display(), case.get_age_band_display(), case.get_setting_display())
        if label
    )
    scores = "; ".join(score_words(score) for score in case.scores.all())
    lines = [
        Fact("question", _("Question to the group"), case.question),
        Fact("person", _("Person"), person),
        Fact("problem", _("Problem now"), case.problem),
        Fact("duration", _("Since when"), str(case.get_duration_display())),
        Fact("screening", _("Screening"), scores),
        Fact("risk", _("Asked about self‑harm"), str(case.get_risk_asked_display()), case.risk_note),
        Fact("functioning", _("Daily life"), case.functioning),
        Fact("supports", _("Who helps already"), case.supports),
        Fact("tried", _("What was tried"), case.tried),
        Fact("help_wanted", _("Help wanted"), case.help_wanted),
        Fact("focus", _("To practise"), focus_of(case)),
    ]
    return [line for line in lines if line.text]


def focus_of(case: CasePresentation) -> str:
    """The title of the skill that the case is to practise, or nothing."""
    return known_skills(case.programme_id).get(case.focus_competency, "") if case.focus_competency else ""


def score_words(score) -> str:
    words = {
        "tool": f"{score.tool} {score.version}".strip(),
        "score": score.score,
        "cut_off": score.cut_off,
        "source": score.cut_off_source,
    }
    if score.cut_off is None:
        return _("%(tool)s: %(score)s") % words
    if score.cut_off_source:
        return _("%(tool)s: %(score)s. Cut-off used: %(cut_off)s (%(source)s)") % words
    return _("%(tool)s: %(score)s. Cut-off used: %(cut_off)s") % words
