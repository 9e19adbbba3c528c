"""Questions about frameworks, ratings and levels; small dataclasses for the screens."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from lms.competency import rules
from lms.competency.models import (
    Assessment,
    AssessmentEvent,
    Behaviour,
    Competency,
    Framework,
    Mark,
    RaterAuthorisation,
    Rating,
)
from lms.people.models import Provider, User
from lms.programmes import queries as programmes
from lms.programmes.models import Programme

KEPT_SECONDS = 60


@dataclass(frozen=True)
class MarkedLine:
    """One behaviour with its mark, as the screen shows it."""

    number: int
    behaviour_id: UUID
    kind: str
    text: str
    is_omission: bool
    mark: str | None

    @property
    def for_rule(self) -> rules.Line:
        return rules.Line(self.number, self.kind, self.mark, self.is_omission)


@dataclass(frozen=True)
class Item:
    """One competency of a rating with its lines; the level is computed on reading."""

    number: int
    code: str
    title: str
    critical: bool
    focus_lesson: UUID | None
    lines: tuple[MarkedLine, ...]

    @cached_property
    def level(self) -> rules.Level:
        return rules.level_of(line.for_rule for line in self.lines)

    @property
    def word(self) -> str:
        return rules.level_word(self.level.number)

    @property
    def reason(self) -> str:
        return rules.reason_of(self.level)

    def groups(self) -> list[tuple[str, list[MarkedLine]]]:
        """The lines by kind, in the order harm, basic, advanced; an empty kind is left out."""
        kinds = (rules.HARMFUL, rules.BASIC, rules.ADVANCED)
        groups = [(kind, [line for line in self.lines if line.kind == kind]) for kind in kinds]
        return [group for group in groups if group[1]]

    @property
    def kept(self) -> list[MarkedLine]:
        """What worked: skills that were seen."""
        return [line for line in self.lines if line.kind != rules.HARMFUL and line.mark == rules.OBSERVED]

    @property
    def stop(self) -> list[MarkedLine]:
        return [line for line in self.lines if line.kind == rules.HARMFUL and line.mark == rules.OBSERVED]

    @property
    def practise(self) -> list[MarkedLine]:
        return [line for line in self.lines if line.kind == rules.BASIC and line.mark == rules.NOT_OBSERVED]


def items_of(framework: Framework, marks: dict[str, str]) -> list[Item]:
    """The competencies of a framework with these marks (behaviour id as text -> mark); two queries."""
    competencies = framework.competencies.prefetch_related("behaviours")
    return [_item(number, competency, marks) for number, competency in enumerate(competencies, start=1)]


def _item(number: int, competency: Competency, marks: dict[str, str]) -> Item:
    lines = tuple(
        _line(place, behaviour, marks) for place, behaviour in enumerate(competency.behaviours.all(), start=1)
    )
    return Item(number, competency.code, competency.title, competency.critical, competency.focus_lesson, lines)


def _line(number: int, behaviour: Behaviour, marks: dict[str, str]) -> MarkedLine:
    mark = marks.get(str(behaviour.id))
    return MarkedLine(number, behaviour.id, behaviour.kind, behaviour.text, behaviour.is_omission, mark)


def marks_of(rating: Rating) -> dict[str, str]:
    """Behaviour id as text -> mark, as saved so far."""
    rows = Mark.objects.filter(rating=rating).values_list("behaviour_id", "value")
    return {str(behaviour): value for behaviour, value in rows}


def items_in(rating: Rating) -> list[Item]:
    """A rating as it stands now."""
    return items_of(rating.assessment.framework, marks_of(rating))


def items_final(assessment: Assessment) -> list[Item]:
    """A finalised assessment as it was finalised: read from the guarded event, never from the working marks."""
    final = next(event for event in assessment.events.all() if event.kind == AssessmentEvent.Kind.FINALISED)
    return items_of(assessment.framework, final.result["marks"])


def rating_of(assessment: Assessment) -> Rating:
    """The rating of an assessment that has one rater."""
    return assessment.ratings.select_related("rater").earliest("started_at")


def current_frameworks(programme_ids: Iterable[UUID]) -> list[Framework]:
    """The newest version of each framework of these programmes."""
    rows = Framework.objects.filter(programme__in=list(programme_ids)).order_by("programme_id", "code", "version")
    return list({(row.programme_id, row.code): row for row in rows}.values())


def skills_of(programme: Programme) -> dict[str, str]:
    """Code -> title of every skill of a programme's newest frameworks, in their order; one query."""
    newest = Framework.objects.filter(programme=programme, code=OuterRef("framework__code")).order_by("-version")
    rows = Competency.objects.filter(framework__programme=programme, framework=Subquery(newest.values("pk")[:1]))
    return dict(rows.order_by("framework__code", "position").values_list("code", "title"))


def known_skills(programme_id: UUID) -> dict[str, str]:
    """`skills_of` for pages and forms, kept for a minute; a new framework ends that at once."""
    key = skills_kept_under(programme_id)
    kept = cache.get(key)
    if kept is None:
        newest = Framework.objects.filter(programme=programme_id, code=OuterRef("framework__code"))
        rows = Competency.objects.filter(
            framework__programme=programme_id, framework=Subquery(newest.order_by("-version").values("pk")[:1])
        )
        kept = dict(rows.order_by("framework__code", "position").values_list("code", "title"))
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def skills_kept_under(programme_id: UUID) -> str:
    """Where the cache keeps a programme's skills."""
    return f"skills:{programme_id}"


def levels_before(assessment: Assessment) -> dict[str, int]:
    """Code -> level of the finished rating with the same framework before this one; empty for the first."""
    voided = AssessmentEvent.objects.filter(assessment=OuterRef("assessment"), kind="voided")
    final = next(event for event in assessment.events.all() if event.kind == "finalised")
    earlier = AssessmentEvent.objects.filter(
        ~Exists(voided), kind="finalised", at__lt=final.at,
        assessment__provider=assessment.provider_id, assessment__framework__code=assessment.framework.code,
        assessment__programme=assessment.programme_id,
    ).order_by("at")  # fmt: skip
    last = earlier.last()
    return last.result["levels"] if last else {}


def authorisations_of(person: User, today: date) -> set[tuple[UUID, str]]:
    """(programme, framework code) that this person may rate with today."""
    rows = RaterAuthorisation.objects.filter(user=person, valid_until__gte=today)
    return set(rows.values_list("programme_id", "framework_code"))


def is_authorised(person: User, programme: Programme, framework_code: str, today: date) -> bool:
    rows = RaterAuthorisation.objects.filter(user=person, programme=programme, framework_code=framework_code)
    return rules.is_authorised(rows.values_list("valid_until", flat=True), today)


def with_steps(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Assessments with all that a list shows, in a fixed number of queries."""
    related = assessments.select_related("provider__user", "framework", "programme")
    return related.prefetch_related("events", Prefetch("ratings", queryset=Rating.objects.select_related("rater")))


def is_taken_back(assessment_id: UUID) -> bool:
    return AssessmentEvent.objects.filter(assessment=assessment_id, kind="voided").exists()


def ratings_by(person: User) -> QuerySet[Assessment]:
    """Assessments that this person rates or rated, of people still in scope, newest first."""
    mine = Assessment.objects.filter(in_scope_of(person), ratings__rater=person)
    marked = (
        Mark.objects.filter(rating=OuterRef("ratings__id"))
        .order_by()
        .values("rating")
        .annotate(n=Count("id"))
        .values("n")
    )
    return with_steps(mine).annotate(marked=Subquery(marked))


def in_scope_of(person: User) -> Q:
    """The condition that a rater's roles still reach the person who was rated."""
    reached = programmes.enrolments_within(person, "rater", "supervisor")
    return Q(Exists(reached.filter(provider=OuterRef("provider"), programme=OuterRef("programme"))))


def open_ratings(person: User) -> QuerySet[Assessment]:
    """Begun, not finished."""
    return ratings_by(person).exclude(events__kind__in=["finalised", "voided"])


def waiting_for_feedback(person: User) -> QuerySet[Assessment]:
    """Finished by this person, not talked through yet: a backlog."""
    return ratings_by(person).filter(events__kind="finalised").exclude(events__kind__in=["fed_back", "voided"])


def fed_back_to(provider: Provider) -> QuerySet[Assessment]:
    """What a provider may read about herself."""
    return with_steps(
        Assessment.objects.filter(provider=provider, events__kind="fed_back").exclude(events__kind="voided")
    )


def finalised_of(provider: Provider, programme: Programme) -> QuerySet[Assessment]:
    """Finished assessments of a person in a programme, newest first."""
    rows = Assessment.objects.filter(provider=provider, programme=programme, events__kind="finalised")
    return with_steps(rows.exclude(events__kind="voided"))


def lines_total(framework: Framework) -> int:
    return Behaviour.objects.filter(competency__framework=framework).count()


def item_counts(framework_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Framework -> how many skills it has; one query."""
    rows = Competency.objects.filter(framework__in=set(framework_ids)).order_by().values("framework")
    return dict(rows.annotate(n=Count("id")).values_list("framework", "n"))


def levels_of(assessment: Assessment) -> dict[str, int]:
    """Competency code -> level, of a finalised assessment."""
    final = next((event for event in assessment.events.all() if event.kind == "finalised"), None)
    return final.result["levels"] if final else {}


def latest_items(people: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], list[Item]]:
    """(provider, programme) -> the skills as last finalised and not taken back; three queries for any number of people.

    Read from the guarded event, like `items_final`. Who was never rated is left out.
    """
    providers, programme_ids = {one for one, _ in people}, {one for _, one in people}
    voided = AssessmentEvent.objects.filter(assessment=OuterRef("assessment"), kind="voided")
    final = AssessmentEvent.objects.filter(kind="finalised").exclude(Exists(voided))
    same = final.filter(
        assessment__provider=OuterRef("assessment__provider"), assessment__programme=OuterRef("assessment__programme")
    )
    rows = final.filter(
        assessment__provider__in=providers,
        assessment__programme__in=programme_ids,
        pk=Subquery(same.order_by("-at", "-pk").values("pk")[:1]),
    )
    latest = {
        (row.assessment.provider_id, row.assessment.programme_id): row for row in rows.select_related("assessment")
    }
    return _items_by_event({pair: row for pair, row in latest.items() if pair in people})


def _items_by_event(events: dict[tuple[UUID, UUID], AssessmentEvent]) -> dict[tuple[UUID, UUID], list[Item]]:
    frameworks = {row.assessment.framework_id for row in events.values()}
    skills: dict[UUID, list[Competency]] = {}
    for skill in Competency.objects.filter(framework__in=frameworks).prefetch_related("behaviours"):
        skills.setdefault(skill.framework_id, []).append(skill)
    return {
        pair: [
            _item(number, skill, row.result["marks"])
            for number, skill in enumerate(skills.get(row.assessment.framework_id, ()), start=1)
        ]
        for pair, row in events.items()
    }


def weakest_of(items: Iterable[Item]) -> Item | None:
    """The skill with the lowest level below 3, a critical one first; never an average."""
    low = [item for item in items if item.level.number is not None and item.level.number < rules.ENOUGH]
    return min(low, key=lambda item: (item.level.number, not item.critical, item.number), default=None)


def people_to_rate(person: User, today: date) -> QuerySet[Provider]:
    """The people in a rater's scope, without herself; empty without an authorisation."""
    programme_ids = {programme for programme, code in authorisations_of(person, today)}
    people = programmes.providers_within(person, "rater", "supervisor").exclude(user=person)
    return people.filter(enrolments__programme__in=programme_ids).distinct().order_by("user__name", "id")


def last_rated(provider_ids: list[UUID]) -> dict[UUID, date]:
    """Provider -> the day of the last finished rating; one query for a page of people."""
    rows = AssessmentEvent.objects.filter(kind="finalised", assessment__provider__in=provider_ids)
    last = (
        rows.order_by()
        .values("assessment__provider")
        .annotate(last=Max("at"))
        .values_list("assessment__provider", "last")
    )
    return {provider: last.date() for provider, last in last}


def frameworks_to_rate(person: User, provider: Provider, today: date) -> list[Framework]:
    """The newest frameworks that this rater is authorised for, of programmes in which she may rate this person."""
    allowed = authorisations_of(person, today)
    enrolments = programmes.enrolments_within(person, "rater", "supervisor").filter(provider=provider)
    ids = set(enrolments.values_list("programme_id", flat=True)) & {programme for programme, code in allowed}
    return [framework for framework in current_frameworks(ids) if (framework.programme_id, framework.code) in allowed]


def was_started(assessment_id: UUID) -> bool:
    return Assessment.objects.filter(id=assessment_id).exists()


def rater_counts(person: User) -> dict[str, int]:
    """How many ratings are begun, and how many are finished without feedback; one query."""
    steps = AssessmentEvent.objects.filter(assessment=OuterRef("pk"))
    rows = (
        Assessment.objects.filter(in_scope_of(person), ratings__rater=person)
        .order_by()
        .annotate(
            final=Exists(steps.filter(kind="finalised")), done=Exists(steps.filter(kind__in=["fed_back", "voided"]))
        )
    )
    begun, waiting = Q(final=False, done=False), Q(final=True, done=False)
    return rows.aggregate(begun=Count("id", filter=begun), waiting=Count("id", filter=waiting))


@dataclass(frozen=True)
class Summary:
    """A finished assessment in a list."""

    assessment: Assessment
    sentence: str
    has_harm: bool
    waits: bool


def summary(assessment: Assessment) -> Summary:
    """How many skills are at level 3 or above, never an average; no query on `with_steps` rows."""
    levels = levels_of(assessment)
    told = {"have": sum(level >= rules.ENOUGH for level in levels.values()), "all": len(levels)}
    words = _("%(have)d of %(all)d skills at level 3 or above.") % told
    return Summary(assessment, words, 1 in levels.values(), assessment.state == "finalised")
