"""Codes, requirements, standing, who may sign, status and stage: pure rules on plain values."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.certification.rules import codes, refusals, requirements
from lms.certification.rules.standing import (
    Asked,
    Signer,
    Standing,
    fresh_after,
    refusal_to_sign,
    standing_of,
)
from lms.certification.rules.status import Dates, Decision, dates_from, months_later, stage_of, status_of

COURSE = UUID(int=1)
DAY = date(2026, 3, 17)
AT = datetime(2026, 3, 17, 11, 0, tzinfo=UTC)


@dataclass
class Fact:
    """An entry as a rule sees it."""

    kind: str
    facts: dict[str, Any] = field(default_factory=dict)
    subject: UUID | None = None
    happened_at: datetime = AT
    key: UUID = field(default_factory=uuid4)


def rated(
    levels: dict[str, int], *, critical: tuple[str, ...] = (), mode: str = "role_play", framework: str = "helping"
) -> Fact:
    facts = {"framework": framework, "mode": mode, "levels": levels, "critical": list(critical), "rater": "grace"}
    return Fact("assessment.finalised", facts)


def judged(*entries: Fact, share: int = 80, level: int = 3) -> requirements.Verdict:
    params = {"framework": "helping", "title": "", "share": share, "level": level}
    return requirements.competency_rule(params, entries, DAY)


def attended(seconds: int, session: str = "", share: int = 100) -> Fact:
    return Fact("session.attended", {"session": session or str(uuid4()), "seconds": seconds, "share": share})


def skills(*levels: int) -> dict[str, int]:
    return {f"skill-{number}": level for number, level in enumerate(levels)}


# codes


def test_a_code_has_16_letters_in_fours_and_no_two_are_alike() -> None:
    made = {codes.new_code() for _ in range(200)}

    assert len(made) == 200
    assert all(len(code) == 23 and code == codes.read_code(code) for code in made)


def test_a_token_has_128_bits() -> None:
    token = codes.new_token()

    assert (len(token), codes.read_code(token)) == (26, token)


@pytest.mark.parametrize(
    "typed",
    [
        "TND-01AB-CDEF-GHJK-MNPQ", "tnd-01ab-cdef-ghjk-mnpq", " TND 01AB CDEF GHJK MNPQ ", "01abcdefghjkmnpq",
        "TND-OIAB-CDEF-GHJK-MNPQ", "tnd-olab-cdef-ghjk-mnpq", "TND–01AB–CDEF–GHJK–MNPQ", "tnd01abcdefghjkmnpq",
    ],
)  # fmt: skip
def test_a_code_is_read_kindly(typed: str) -> None:
    assert codes.read_code(typed) == "TND-01AB-CDEF-GHJK-MNPQ"


@pytest.mark.parametrize(
    "typed", ["", "TND", "TND-01AB", "TND-01AB-CDEF-GHJK-MNPU", "x" * 5000, "TND-01AB-CDEF-GHJK-MNP'", "٠" * 16]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert codes.read_code(typed) is None


# requirements


def test_a_course_is_completed_by_its_own_entry_only() -> None:
    params = {"subject": str(COURSE), "title": "First steps"}

    assert requirements.course_completed(params, [Fact("course.completed", subject=COURSE)], DAY).met is True
    assert requirements.course_completed(params, [Fact("course.completed", subject=UUID(int=2))], DAY).met is False
    assert requirements.course_completed(params, [Fact("module.completed", subject=COURSE)], DAY).met is False


@pytest.mark.parametrize(
    ("band", "passed", "met"),
    [
        ("clear_pass", True, True),
        ("borderline_pass", True, False),
        ("borderline_fail", False, False),
        ("clear_fail", False, False),
    ],
)
def test_only_a_clear_pass_counts_by_itself(band: str, passed: bool, met: bool) -> None:
    entry = Fact(
        "quiz.answered", {"band": band, "passed": passed, "percent": 70, "attempt": 1, "title": "Quiz"}, COURSE
    )

    assert requirements.quiz_passed({"subject": str(COURSE), "title": "Quiz"}, [entry], DAY).met is met


@pytest.mark.parametrize("passed", [True, False])
def test_near_the_line_a_persons_decision_counts(passed: bool) -> None:
    entry = Fact("quiz.decided", {"passed": passed, "attempt": 1, "title": "Quiz"}, COURSE)

    assert requirements.quiz_passed({"subject": str(COURSE), "title": "Quiz"}, [entry], DAY).met is passed


@pytest.mark.parametrize(("seconds", "minutes", "met"), [(21_599, 359, False), (21_600, 360, True), (0, 0, False)])
def test_only_full_minutes_of_supervision_count(seconds: int, minutes: int, met: bool) -> None:
    verdict = requirements.supervision_minutes(
        {"count": 360}, [attended(seconds // 2), attended(seconds - seconds // 2)], DAY
    )

    assert (verdict.have, verdict.met) == (minutes, met)


def test_one_meeting_counts_once() -> None:
    verdict = requirements.sessions_attended({"count": 2}, [attended(60, "a"), attended(60, "a")], DAY)

    assert (verdict.have, verdict.met, verdict.next_step) == (1, False, "Join 1 more group meeting.")


def test_one_case_counts_once() -> None:
    entries = [Fact("case.presented", {"session": session, "case": "a"}) for session in ("1", "2")]

    assert requirements.cases_presented({"count": 2}, entries, DAY).have == 1


def test_an_average_would_hide_harm() -> None:
    verdict = judged(rated(skills(*[4] * 14, 1)))

    assert sum([4] * 14 + [1]) / 15 == 3.8
    assert (verdict.met, verdict.sentence) == (False, "1 skill could do harm.")


@pytest.mark.parametrize(
    ("levels", "met"),
    [
        ((3, 3, 3, 3, 2), True),
        ((3, 3, 3, 2, 2), False),
        ((3, 3, 3, 3, 3), True),
        ((4, 4, 4, 4, 1), False),
        ((3, 3, 3, 3), True),
    ],
)
def test_the_share_is_counted_per_skill(levels: tuple[int, ...], met: bool) -> None:
    assert judged(rated(skills(*levels))).met is met


def test_a_share_just_below_is_not_rounded_up() -> None:
    assert judged(rated(skills(*[3] * 159, *[2] * 41))).have == 79
    assert judged(rated(skills(*[3] * 159, *[2] * 41))).met is False


def test_a_critical_skill_below_the_level_is_not_outweighed() -> None:
    verdict = judged(rated(skills(2, 4, 4, 4, 4), critical=("skill-0",)))

    assert (verdict.met, verdict.sentence) == (False, "1 skill that must be at level 3 is below it.")


def test_a_critical_skill_without_a_level_is_not_met() -> None:
    assert judged(rated(skills(3, 3), critical=("not-rated",))).met is False


@pytest.mark.parametrize("mode", ["self", "peer"])
def test_own_and_colleagues_ratings_never_count_alone(mode: str) -> None:
    assert judged(rated(skills(4, 4), mode=mode)).met is False


def test_the_newest_rating_decides_both_ways() -> None:
    good, bad = rated(skills(3, 3)), rated(skills(3, 1))

    assert judged(bad, good).met is True
    assert judged(good, bad).met is False


def test_another_framework_proves_nothing() -> None:
    assert judged(rated(skills(4, 4), framework="other")).met is False


def test_no_levels_at_all_prove_nothing() -> None:
    assert judged(rated({})).met is False


@pytest.mark.parametrize("count", [0, -1, "6", True, None, 1.5])
def test_a_scheme_with_an_unreadable_number_is_refused(count: object) -> None:
    with pytest.raises(refusals.SchemeUnclear):
        requirements.clean_count({"count": count})


@pytest.mark.parametrize(
    "params",
    [{}, {"framework": "x", "share": 0}, {"framework": "x", "share": 101}, {"framework": "x", "share": 80, "level": 5}],
)
def test_a_scheme_with_an_unreadable_rule_is_refused(params: dict) -> None:
    with pytest.raises(refusals.SchemeUnclear):
        requirements.clean_competency(params)


# standing and signatures

FIRST_STEPS = {"subject": str(COURSE), "title": "First steps"}
TWO = (
    Asked("course_completed", "Course", FIRST_STEPS, requirements.course_completed, is_training=True),
    Asked("sessions_attended", "Meetings", {"count": 1}, requirements.sessions_attended),
)


def complete(*, rater: str = "grace") -> Standing:
    entry = rated(skills(3, 3))
    entry.facts["rater"] = rater
    asked = Asked(
        "competency_rule", "Skills", {"framework": "helping", "share": 80, "level": 3}, requirements.competency_rule
    )
    return standing_of([asked], [entry], DAY)


def test_the_first_missing_requirement_is_what_to_do_next() -> None:
    standing = standing_of(TWO, [attended(60)], DAY)

    assert (standing.met, standing.is_complete) == (1, False)
    assert standing.first_missing is not None and standing.first_missing.label == "Course"


def test_a_scheme_that_asks_nothing_certifies_nobody() -> None:
    assert standing_of([], [], DAY).is_complete is False


def test_after_a_certificate_was_taken_back_only_new_practice_counts_but_training_stays() -> None:
    course = Fact("course.completed", subject=COURSE, happened_at=AT - timedelta(days=90))
    old = attended(60)
    old.happened_at = AT - timedelta(days=30)
    taken = Fact("certificate.revoked", {"number": "1"}, happened_at=AT - timedelta(days=1))
    entries = [course, old, taken]

    since = fresh_after(entries, 90, DAY)

    assert since == taken.happened_at
    assert [line.verdict.met for line in standing_of(TWO, entries, DAY, since).lines] == [True, False]
    assert [line.verdict.met for line in standing_of(TWO, [*entries, attended(60)], DAY, since).lines] == [True, True]


@pytest.mark.parametrize(("until", "is_fresh"), [("2026-03-17", True), ("2025-12-17", True), ("2025-12-16", False)])
def test_practice_is_asked_anew_only_when_the_grace_has_run_out(until: str, is_fresh: bool) -> None:
    issued = Fact("certificate.issued", {"valid_until": until}, happened_at=AT - timedelta(days=700))

    assert (fresh_after([issued], 90, DAY) is None) is is_fresh


GRACE = Signer(UUID(int=10), is_the_provider=False, supervises=True, manages=False)
JOSEPH = Signer(UUID(int=11), is_the_provider=False, supervises=False, manages=True)
BOTH = Signer(UUID(int=12), is_the_provider=False, supervises=True, manages=True)


@pytest.mark.parametrize(
    ("signer", "position", "signed", "refusal"),
    [
        (GRACE, 1, {}, None),
        (JOSEPH, 2, {1: GRACE.id}, None),
        (JOSEPH, 1, {}, refusals.NotTheSupervisor),
        (GRACE, 2, {1: BOTH.id}, refusals.NotTheManager),
        (JOSEPH, 2, {}, refusals.FirstSignatureMissing),
        (GRACE, 1, {1: BOTH.id}, refusals.SignedBefore),
        (BOTH, 2, {1: BOTH.id}, refusals.TwoPeople),
        (Signer(UUID(int=13), True, True, True), 1, {}, refusals.NotYourOwn),
        (Signer(UUID(int=13), True, True, True), 2, {1: GRACE.id}, refusals.NotYourOwn),
    ],
)
def test_who_may_give_which_signature(
    signer: Signer, position: int, signed: dict[int, UUID], refusal: type | None
) -> None:
    assert refusal_to_sign(signer, position, complete(), signed) is refusal


def test_the_supervisor_who_rated_may_sign_first_the_manager_who_rated_may_not_sign() -> None:
    assert refusal_to_sign(GRACE, 1, complete(rater=str(GRACE.id)), {}) is None
    assert refusal_to_sign(JOSEPH, 2, complete(rater=str(JOSEPH.id)), {1: GRACE.id}) is refusals.RatedTheEvidence


def test_nobody_signs_while_something_is_missing() -> None:
    assert refusal_to_sign(GRACE, 1, standing_of(TWO, [], DAY), {}) is refusals.NotComplete


# status and stage

DATES = Dates(date(2026, 1, 1), date(2028, 1, 1), date(2028, 3, 31))


@pytest.mark.parametrize(
    ("events", "today", "status"),
    [
        (["issued"], date(2026, 1, 1), "active"),
        (["issued"], date(2027, 10, 2), "active"),  # 91 days before the end
        (["issued"], date(2027, 10, 3), "expiring"),  # 90 days before the end
        (["issued"], date(2028, 1, 1), "expiring"),  # the last valid day
        (["issued"], date(2028, 1, 2), "grace"),
        (["issued"], date(2028, 3, 31), "grace"),
        (["issued"], date(2028, 4, 1), "expired"),
        (["issued", "suspended"], date(2026, 2, 1), "suspended"),
        (["issued", "suspended"], date(2029, 2, 1), "suspended"),
        (["issued", "suspended", "reinstated"], date(2026, 2, 1), "active"),
        (["issued", "suspended", "reinstated"], date(2029, 2, 1), "expired"),
        (["issued", "revoked"], date(2026, 2, 1), "revoked"),
        (["issued", "revoked", "reinstated"], date(2026, 2, 1), "revoked"),  # final
    ],
)
def test_a_status_follows_from_events_and_the_day(events: list[str], today: date, status: str) -> None:
    assert status_of(events, DATES, today) == status


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 3, 17), 24, date(2028, 3, 17)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_grace_follows_validity() -> None:
    assert dates_from(date(2026, 3, 17), 24, 90) == Dates(date(2026, 3, 17), date(2028, 3, 17), date(2028, 6, 15))


@pytest.mark.parametrize(
    ("decision", "status", "ended_days_ago", "trained", "started", "stage"),
    [
        (None, None, None, False, False, "enrolled"),
        (None, None, None, False, True, "in_training"),
        (None, None, None, True, True, "supervised_practice"),
        (None, "active", None, True, True, "certified"),
        (None, "grace", None, True, True, "certified"),
        (None, "expired", 5, True, True, "lapsed"),
        (None, "revoked", 5, True, True, "lapsed"),
        (None, "suspended", 5, True, True, "supervised_practice"),
        ("pause", "active", None, True, True, "paused"),
        ("leave", None, None, True, True, "left"),
        ("withdraw", None, None, False, True, "withdrawn"),
        ("suspend", "active", None, True, True, "suspended"),
        ("re_enter", None, None, False, True, "supervised_practice"),
        ("re_enter", "active", None, True, True, "certified"),
        ("re_enter", "expired", 5, True, True, "supervised_practice"),  # came back after it ended
        ("re_enter", "revoked", 0, True, True, "lapsed"),  # came back before it was taken back
    ],
)
def test_a_stage_follows_from_decisions_certificate_and_learning(
    decision: str | None, status: str | None, ended_days_ago: int | None, trained: bool, started: bool, stage: str
) -> None:
    decisions = [Decision(decision, AT - timedelta(days=1))] if decision else []
    ended_at = None if ended_days_ago is None else AT - timedelta(days=ended_days_ago)

    assert stage_of(decisions, status, ended_at, trained=trained, started=started) == stage


def test_the_newest_decision_holds() -> None:
    decisions = [Decision("re_enter", AT), Decision("pause", AT - timedelta(days=3))]

    assert stage_of(decisions, None, None, trained=False, started=True) == "supervised_practice"
