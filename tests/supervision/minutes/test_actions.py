"""Minutes are made once, worded by who leads, signed once; and who is told of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from lms.notices.models import Notice
from lms.people.models import User
from lms.people.rules import Invalid
from lms.programmes.actions import end_grant, grant
from lms.programmes.models import RoleGrant
from lms.programmes.registry import run_ticks
from supervision.minutes import actions, queries, rules
from supervision.minutes.models import Minutes, MinutesVersion
from supervision.minutes.rules import Wording
from supervision.sessions.actions import add_closing_note, close, go_live, open_lobby, remove_member, schedule, settle
from supervision.sessions.models import SessionCase, SupervisionSession
from supervision.sessions.rules import MinutesSigned, NotTheFacilitator

from .conftest import ADVICE, IDEA, SAID, stay

DAY = timedelta(days=1)


def words_of(minutes: Minutes) -> Wording:
    return queries.newest(minutes).wording


def numbers(minutes: Minutes) -> list[int]:
    return list(minutes.versions.values_list("number", flat=True))


def told(kind: str) -> list[tuple[str, str]]:
    """Who was told what, by name."""
    rows = Notice.objects.filter(kind=kind).select_related("person").order_by("person__username", "made_at")
    return [(row.person.username, row.text) for row in rows]


def state_of(session: SupervisionSession) -> str:
    return SupervisionSession.objects.get(pk=session.pk).state


# made


def test_the_end_of_a_meeting_makes_its_minutes_from_what_happened(
    over: SupervisionSession, minutes: Minutes, ends: datetime
) -> None:
    version, seen = minutes.versions.get(), SessionCase.objects.get(session=over)

    assert (version.number, version.by, version.at) == (1, None, ends)
    assert version.wording == Wording(
        {str(seen.pk): "The group looked at this case for 20 minutes. Agreed: Try with the person."},
        "The group agreed on 1 piece of advice. The first day to look at it is 24 March.",
        "",
    )


def test_they_are_made_once(over: SupervisionSession, minutes: Minutes, ends: datetime) -> None:
    again = actions.make(session_id=over.pk, at=ends + DAY)

    assert (again, numbers(minutes)) == (minutes, [1])
    with pytest.raises(IntegrityError), transaction.atomic():
        Minutes.objects.create(session=over, made_at=ends)


def test_tick_makes_what_a_crash_left_out_once(discussed: SupervisionSession, grace: User, ends: datetime) -> None:
    close(session=discussed, by=grace, at=ends)
    SupervisionSession.objects.filter(pk=discussed.pk).update(settled_at=ends)

    made = [run_ticks(at=ends)["minutes of closed meetings"] for _ in range(2)]

    assert (made, Minutes.objects.filter(session=discussed).count()) == ([1, 0], 1)


def test_a_meeting_that_never_began_has_none(planned: SupervisionSession, grace: User, now: datetime) -> None:
    open_lobby(session=planned, by=grace, at=now)
    close(session=planned, by=grace, at=now)
    settle(session_id=planned.pk, at=now)

    assert (actions.make(session_id=planned.pk, at=now), Minutes.objects.count()) == (None, 0)
    with pytest.raises(rules.NoMinutes):
        actions.edit(session=planned, base=0, words=Wording(), by=grace, at=now)


def test_the_first_words_are_in_the_language_of_who_led(
    discussed: SupervisionSession, grace: User, ends: datetime
) -> None:
    User.objects.filter(pk=grace.pk).update(language="sw")
    close(session=discussed, by=grace, at=ends)
    settle(session_id=discussed.pk, at=ends)

    (line,) = MinutesVersion.objects.get().wording.cases.values()

    assert ("Kujaribu pamoja na mhudumiwa" in line, "Try with the person" in line) == (True, False)


def test_no_word_that_somebody_wrote_is_copied(over: SupervisionSession, minutes: Minutes) -> None:
    question = SessionCase.objects.get(session=over).case.question

    kept = " ".join(version.words for version in minutes.versions.all())

    assert [words for words in (SAID, IDEA, ADVICE, question, "Mary", "Beatrice") if words in kept] == []


def test_words_lie_sealed(minutes: Minutes) -> None:
    (raw,) = MinutesVersion.objects.extra(select={"raw": "words"}).values_list("raw", flat=True)

    assert b"piece of advice" not in bytes(raw)


# worded


def test_every_change_is_a_version_and_no_change_is_none(
    over: SupervisionSession, minutes: Minutes, grace: User, ends: datetime
) -> None:
    first = words_of(minutes)
    other = replace(first, decisions="We meet Mary's clinic on Friday.\r\n")

    made = [
        actions.edit(session=over, base=base, words=words, by=grace, at=ends)
        for base, words in ((1, first), (1, other), (2, other), (2, first))
    ]

    assert [version.number for version in made] == [1, 2, 2, 3]
    assert [(version.number, version.by) for version in minutes.versions.all()] == [(1, None), (2, grace), (3, grace)]
    assert minutes.versions.get(number=2).wording.decisions == "We meet Mary's clinic on Friday."


def test_who_writes_over_somebody_elses_words_is_refused(
    over: SupervisionSession, minutes: Minutes, grace: User, samuel: User, ends: datetime
) -> None:
    grant(user=samuel, role="supervisor", programme=over.programme, by=None, at=ends)
    first = words_of(minutes)
    actions.edit(session=over, base=1, words=replace(first, decisions="His"), by=samuel, at=ends)

    with pytest.raises(rules.StaleMinutes):
        actions.edit(session=over, base=1, words=replace(first, decisions="Hers"), by=grace, at=ends)
    with pytest.raises(rules.StaleMinutes):
        actions.sign(session=over, base=1, words=replace(first, decisions="Hers"), by=grace, at=ends)

    assert (words_of(minutes).decisions, state_of(over)) == ("His", "closed")


def test_what_is_too_long_is_not_kept(over: SupervisionSession, minutes: Minutes, grace: User, ends: datetime) -> None:
    with pytest.raises(Invalid):
        actions.edit(session=over, base=1, words=Wording(learned="x" * 2001), by=grace, at=ends)

    assert numbers(minutes) == [1]


@pytest.mark.parametrize("who", ["amina", "joseph", "stranger", "admin"])
def test_only_who_leads_writes_and_signs(
    who: str, request: pytest.FixtureRequest, over: SupervisionSession, minutes: Minutes, ends: datetime
) -> None:
    person = request.getfixturevalue(who)

    for action in (actions.edit, actions.sign):
        with pytest.raises(NotTheFacilitator):
            action(session=over, base=1, words=Wording(decisions="Mine"), by=person, at=ends)

    assert (numbers(minutes), state_of(over)) == ([1], "closed")


def test_another_supervisor_of_the_cohort_may_sign(
    over: SupervisionSession, minutes: Minutes, samuel: User, ends: datetime
) -> None:
    grant(user=samuel, role="supervisor", programme=over.programme, by=None, at=ends)

    signed = actions.sign(session=over, base=1, words=words_of(minutes), by=samuel, at=ends)

    assert (signed.signed_by, state_of(over)) == (samuel, "signed_off")


def test_among_peers_the_host_signs(peers_over: SupervisionSession, amina: User, brian: User, ends: datetime) -> None:
    with pytest.raises(NotTheFacilitator):
        actions.sign(session=peers_over, base=1, words=Wording(), by=brian, at=ends)

    signed = actions.sign(session=peers_over, base=1, words=Wording(decisions="Again"), by=amina, at=ends)

    assert (signed.signed_by, state_of(peers_over), told("meeting.minutes")) == (
        amina,
        "signed_off",
        [("brian", "Peers, Lakeside: the minutes of a meeting are signed. You can read them now.")],
    )


# signed


def test_signing_keeps_the_words_on_the_page_and_freezes_them(
    over: SupervisionSession, minutes: Minutes, grace: User, ends: datetime
) -> None:
    words = replace(words_of(minutes), learned="Ask first.")

    actions.sign(session=over, base=1, words=words, by=grace, at=ends)

    minutes.refresh_from_db()
    assert (minutes.signed_by, minutes.signed_at, state_of(over)) == (grace, ends, "signed_off")
    assert (numbers(minutes), words_of(minutes).learned) == ([1, 2], "Ask first.")
    for action in (actions.edit, actions.sign):
        with pytest.raises(MinutesSigned):
            action(session=over, base=2, words=Wording(), by=grace, at=ends)
    with pytest.raises(MinutesSigned):
        add_closing_note(session=SupervisionSession.objects.get(pk=over.pk), html="Late", by=grace, at=ends)


def test_a_signature_has_a_name_and_a_time(minutes: Minutes, ends: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Minutes.objects.filter(pk=minutes.pk).update(signed_at=ends)


def test_signing_late_counts(over: SupervisionSession, minutes: Minutes, grace: User, ends: datetime) -> None:
    actions.sign(session=over, base=1, words=words_of(minutes), by=grace, at=ends + 3 * DAY)

    assert state_of(over) == "signed_off"


def test_the_group_is_told_once_and_of_no_case(
    over: SupervisionSession, minutes: Minutes, amina: User, brian: User, grace: User, samuel: User, ends: datetime
) -> None:
    grant(user=samuel, role="supervisor", programme=over.programme, by=None, at=ends)

    actions.sign(session=over, base=1, words=words_of(minutes), by=grace, at=ends)

    sentence = "Your group: the minutes of a meeting are signed. You can read them now."
    assert told("meeting.minutes") == [("amina", sentence), ("brian", sentence)]
    assert set(Notice.objects.filter(kind="meeting.minutes").values_list("link", flat=True)) == {
        f"/supervision/sessions/{over.pk}/minutes/"
    }


def test_a_supervisor_who_was_there_is_told_and_who_was_taken_out_is_not(
    discussed: SupervisionSession, amina: User, brian: User, grace: User, samuel: User, now: datetime, ends: datetime
) -> None:
    grant(user=samuel, role="supervisor", programme=discussed.programme, by=None, at=now)
    stay(discussed, samuel, now)
    remove_member(session=discussed, person=amina, by=grace, at=now)
    close(session=discussed, by=grace, at=ends)

    actions.sign(session=discussed, base=1, words=Wording(), by=grace, at=ends)

    assert [name for name, _text in told("meeting.minutes")] == ["brian", "samuel"]


# reminded


def test_who_led_is_reminded_after_a_day_and_after_two_once(over: SupervisionSession, ends: datetime) -> None:
    hours = (1, 24, 25, 48, 49, 97)

    laid = [run_ticks(at=ends + timedelta(hours=after))["reminders to sign minutes"] for after in hours for _ in "ab"]

    assert laid == [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0]
    assert told("meeting.sign") == [
        ("grace", "Your group: the minutes are not signed yet. One day is left."),
        ("grace", "Your group: the minutes are not signed. The two days are over."),
    ]


def test_who_signed_is_not_reminded_any_more(
    over: SupervisionSession, minutes: Minutes, grace: User, ends: datetime
) -> None:
    actions.remind_due(at=ends + DAY)

    actions.sign(session=over, base=1, words=words_of(minutes), by=grace, at=ends + DAY)

    assert actions.remind_due(at=ends + 2 * DAY) == 0
    assert list(Notice.objects.filter(kind="meeting.sign").values_list("why", flat=True)) == ["called_off"]


def test_who_may_not_open_the_minutes_any_more_is_not_reminded(
    over: SupervisionSession, grace: User, ends: datetime
) -> None:
    for row in RoleGrant.objects.filter(user=grace, role="supervisor"):
        end_grant(held=row, by=grace, at=ends)

    assert actions.remind_due(at=ends + DAY) == 0


def test_all_who_may_sign_are_reminded_after_a_day(
    over: SupervisionSession, minutes: Minutes, samuel: User, ends: datetime
) -> None:
    grant(user=samuel, role="supervisor", programme=over.programme, by=None, at=ends)

    laid = [actions.remind_due(at=ends + timedelta(hours=after)) for after in (23, 24, 25, 48)]

    one, two = (
        "Your group: the minutes are not signed yet. One day is left.",
        "Your group: the minutes are not signed. The two days are over.",
    )
    assert (laid, told("meeting.sign")) == (
        [0, 2, 0, 2],
        [("grace", one), ("grace", two), ("samuel", one), ("samuel", two)],
    )


def test_when_who_led_cannot_sign_any_more_the_others_hear_it_at_once(
    over: SupervisionSession, grace: User, samuel: User, ends: datetime
) -> None:
    grant(user=samuel, role="supervisor", programme=over.programme, by=None, at=ends)
    before = actions.remind_due(at=ends + timedelta(hours=1))
    for row in RoleGrant.objects.filter(user=grace, role="supervisor"):
        end_grant(held=row, by=grace, at=ends + timedelta(hours=1))

    laid = [actions.remind_due(at=ends + timedelta(hours=after)) for after in (2, 3, 24)]

    assert (before, laid) == (0, [1, 0, 1])
    assert told("meeting.sign") == [
        (
            "samuel",
            "Your group: who led the meeting cannot sign the minutes any more. Please look through them and sign.",
        ),
        ("samuel", "Your group: the minutes are not signed yet. One day is left."),
    ]


def test_when_one_has_signed_nobody_is_reminded_any_more(
    over: SupervisionSession, minutes: Minutes, grace: User, samuel: User, ends: datetime
) -> None:
    grant(user=samuel, role="supervisor", programme=over.programme, by=None, at=ends)
    actions.remind_due(at=ends + DAY)

    actions.sign(session=over, base=1, words=words_of(minutes), by=samuel, at=ends + DAY)

    assert actions.remind_due(at=ends + 2 * DAY) == 0
    assert list(Notice.objects.filter(kind="meeting.sign").values_list("why", flat=True)) == ["called_off"] * 2


def test_reminding_costs_the_same_with_many_meetings(
    over: SupervisionSession, grace: User, ends: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(4):
        told = {"cohort": over.cohort, "title": f"{number}", "starts_at": ends, "by": grace, "at": ends}
        session = go_live(session=schedule(**told), by=grace, at=ends)
        close(session=session, by=grace, at=ends)

    assert actions.remind_due(at=ends + DAY) == 5
    with django_assert_num_queries(8):
        actions.remind_due(at=ends + DAY)
