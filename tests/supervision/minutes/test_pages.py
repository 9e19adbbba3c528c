"""The page of the minutes for who leads and for who reads, and where it is found."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from lms.people.models import User
from lms.programmes.actions import grant
from supervision.groups.models import SupervisionGroup
from supervision.minutes import actions, panels, queries
from supervision.minutes.models import Minutes
from supervision.minutes.rules import Wording
from supervision.sessions.actions import close, go_live, schedule
from supervision.sessions.models import Recommendation, SessionCase, SupervisionSession

from .conftest import ADVICE, IDEA, SAID

ClientOf = Callable[[User], Client]
PAGE_QUERIES = 23


def address(session: SupervisionSession) -> str:
    return f"/supervision/sessions/{session.pk}/minutes/"


def typed(session: SupervisionSession, base: int = 1, **words: str) -> dict[str, str]:
    """What the form sends, with the words of the newest version where none are given."""
    seen = SessionCase.objects.filter(session=session).first()
    kept = queries.newest(Minutes.objects.get(session=session)).wording
    case = {f"case_{seen.pk}": words.pop("case", kept.cases[str(seen.pk)])} if seen else {}
    told = {"decisions": kept.decisions, "learned": kept.learned, **words}
    return {"key": str(uuid4()), "base": str(base), **case, **told}


def text_of(page: object) -> str:
    """What stands on the page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def shown(text: str, *sentences: str) -> list[bool]:
    return [sentence in text for sentence in sentences]


@pytest.fixture
def signed(over: SupervisionSession, minutes: Minutes, grace: User, ends: datetime) -> SupervisionSession:
    """Signed three days after the meeting."""
    words = Wording(queries.newest(minutes).wording.cases, "We visit her on Friday.", "To ask first.")
    actions.sign(session=over, base=1, words=words, by=grace, at=ends + timedelta(days=3))
    return over


def test_who_leads_finds_facts_to_read_and_words_to_change(
    over: SupervisionSession, grace: User, amina: User, client_of: ClientOf
) -> None:
    page = client_of(grace).get(address(over))

    form = page.context["form"]
    assert [(held.name, held.minutes) for held in page.context["there"]] == [
        ("Amina Odhiambo", 60),
        ("Grace Achieng", 60),
    ]
    assert [(one.text, one.owner, one.due.isoformat()) for one in page.context["facts"].agreed] == [
        (ADVICE, amina.provider, "2026-03-24")
    ]
    assert sorted(form.fields) == sorted(["key", "base", "decisions", "learned", *(f"case_{s.pk}" for s in form.cases)])
    assert shown(text_of(page), "Sign the minutes", "1 version of the words", SAID, IDEA) == [True, True, False, False]


def test_members_read_that_it_is_not_signed_yet_and_no_words(
    over: SupervisionSession, grace: User, amina: User, client_of: ClientOf
) -> None:
    client_of(grace).post(address(over), {**typed(over, decisions="A draft of mine"), "do": "keep"})

    page = client_of(amina).get(address(over))

    found = shown(
        text_of(page), "Not signed yet", "A draft of mine", "Sign the minutes", "versions of the words", ADVICE
    )
    assert found == [True, False, False, False, True]


def test_members_read_the_signed_words(signed: SupervisionSession, amina: User, client_of: ClientOf) -> None:
    page = text_of(client_of(amina).get(address(signed)))

    assert shown(
        page,
        "Signed by Grace Achieng on 20 March 2026",
        "Signed 3 days after the meeting.",
        "We visit her on Friday.",
        "To ask first.",
        "The group looked at this case for 20 minutes.",
        "Not signed yet",
        "version",
    ) == [True, True, True, True, True, False, False]


def test_who_leads_keeps_words_and_signs_them_in_one_press(
    over: SupervisionSession, grace: User, minutes: Minutes, client_of: ClientOf
) -> None:
    browser = client_of(grace)

    kept = browser.post(address(over), {**typed(over, case="A line."), "do": "keep"})
    signed = browser.post(address(over), {**typed(over, base=2, learned="Much."), "do": "sign"}, follow=True)

    minutes.refresh_from_db()
    assert (kept.status_code, minutes.signed_by) == (302, grace)
    assert [version.wording.learned for version in minutes.versions.all()] == ["", "", "Much."]
    assert [str(message) for message in signed.context["messages"]] == [
        "The words are kept.",
        "The minutes are signed. The group is told.",
    ]
    assert shown(text_of(signed), "Sign the minutes", "3 versions of the words") == [False, True]


def test_pressed_twice_it_counts_once(
    over: SupervisionSession, grace: User, minutes: Minutes, client_of: ClientOf
) -> None:
    browser, sent = client_of(grace), {**typed(over, decisions="Once"), "do": "sign"}

    answers = [browser.post(address(over), sent).status_code for _ in range(2)]

    assert (answers, minutes.versions.count()) == ([302, 302], 2)


def test_a_stale_form_comes_back_with_both_texts(
    over: SupervisionSession, grace: User, samuel: User, minutes: Minutes, client_of: ClientOf
) -> None:
    grant(user=samuel, role="supervisor", programme=over.programme, by=None, at=over.closed_at)
    hers, mine = typed(over, decisions="Her words"), typed(over, decisions="His words")
    client_of(samuel).post(address(over), {**mine, "do": "keep"})

    page = client_of(grace).post(address(over), {**hers, "do": "sign"})
    again = client_of(grace).post(
        address(over), {**hers, "key": str(page.context["new_key"]), "base": str(page.context["base"]), "do": "keep"}
    )

    assert (page.status_code, page.context["form"]["decisions"].value(), page.context["base"]) == (409, "Her words", 2)
    assert [kept for _field, kept in page.context["form"].text_rows()] == ["His words", ""]
    assert shown(text_of(page), "Kept now, by somebody else: His words") == [True]
    assert (again.status_code, queries.newest(minutes).wording.decisions) == (302, "Her words")


def test_words_after_the_signature_are_refused_and_shown(
    over: SupervisionSession, minutes: Minutes, grace: User, ends: datetime, client_of: ClientOf
) -> None:
    sent = typed(over, learned="Too late")
    actions.sign(session=over, base=1, words=queries.newest(minutes).wording, by=grace, at=ends)

    page = client_of(grace).post(address(over), {**sent, "do": "keep"})

    assert (page.status_code, minutes.versions.count()) == (409, 1)
    assert shown(text_of(page), "their words do not change any more", "Too late") == [True, True]


def test_what_is_too_long_comes_back(
    over: SupervisionSession, grace: User, minutes: Minutes, client_of: ClientOf
) -> None:
    page = client_of(grace).post(address(over), {**typed(over, case="x" * 301), "do": "sign"})

    (row,) = page.context["form"].case_rows()
    assert (page.status_code, row[1].value(), minutes.versions.count()) == (400, "x" * 301, 1)
    assert (len(row[1].errors), SupervisionSession.objects.get(pk=over.pk).state) == (1, "closed")


def test_nothing_but_words_can_be_sent(over: SupervisionSession, grace: User, client_of: ClientOf) -> None:
    before = Recommendation.objects.filter(agreed_at__isnull=False).values("owner", "due", "text").get()

    client_of(grace).post(address(over), {**typed(over), "owner": "x", "due": "2030-01-01", "do": "keep"})

    assert Recommendation.objects.filter(agreed_at__isnull=False).values("owner", "due", "text").get() == before


@pytest.mark.parametrize(("who", "answers"), [("amina", [200, 404]), ("joseph", [404, 404]), ("stranger", [404, 404])])
def test_members_read_and_others_find_nothing(
    who: str, answers: list[int], request: pytest.FixtureRequest, over: SupervisionSession, client_of: ClientOf
) -> None:
    browser = client_of(request.getfixturevalue(who))

    found = [browser.get(address(over)), browser.post(address(over), {**typed(over, decisions="Mine"), "do": "sign"})]

    assert [answer.status_code for answer in found] == answers
    assert SupervisionSession.objects.get(pk=over.pk).state == "closed"


def test_a_meeting_that_goes_on_has_no_such_page(meeting: SupervisionSession, grace: User, client_of: ClientOf) -> None:
    assert client_of(grace).get(address(meeting)).status_code == 404


def test_a_lost_making_is_made_up_for_by_the_first_look(
    discussed: SupervisionSession, grace: User, amina: User, ends: datetime, client_of: ClientOf
) -> None:
    close(session=discussed, by=grace, at=ends)

    assert client_of(amina).get(address(discussed)).status_code == 200
    assert Minutes.objects.filter(session=discussed).count() == 1


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_costs_the_same_with_many_versions(
    rows: int,
    over: SupervisionSession,
    minutes: Minutes,
    grace: User,
    client_of: ClientOf,
    ends: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(1, rows + 1):
        actions.edit(session=over, base=number, words=Wording(decisions=f"{number}"), by=grace, at=ends)
    browser = client_of(grace)
    browser.get(address(over))

    with django_assert_num_queries(PAGE_QUERIES):
        page = browser.get(address(over))

    assert len(page.context["versions"]) == rows + 1


# ways in


def over_in(over: SupervisionSession, grace: User, rows: int) -> None:
    """More meetings of the same people that were closed, an hour after each other."""
    for number in range(rows):
        at = over.closed_at + timedelta(hours=number + 1)
        told = {"cohort": over.cohort, "title": f"Meeting {number}", "starts_at": at, "by": grace, "at": at}
        session = go_live(session=schedule(**told), by=grace, at=at)
        close(session=session, by=grace, at=at)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_of_minutes_to_sign_is_one_query(
    rows: int,
    over: SupervisionSession,
    grace: User,
    fresh: Callable[[User], User],
    ends: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    over_in(over, grace, rows - 1)
    person, at = fresh(grace), ends + timedelta(hours=49)
    panels.minutes_to_sign(person, at=at)  # her roles are known by then

    with django_assert_num_queries(1):
        told = panels.minutes_to_sign(person, at=at)

    found = [*told["waiting"], *told["more"]]
    assert (len(told["waiting"]), len(found)) == (min(rows, 5), rows)
    assert [(one.hours, one.late, one.days) for one in found[:3]] == [(0, True, 2), (0, True, 2), (1, False, 1)][:rows]


def test_other_supervisors_find_the_minutes_after_a_day_below_their_own(
    over: SupervisionSession, grace: User, amina: User, samuel: User, ends: datetime, client_of: ClientOf
) -> None:
    grant(user=samuel, role="supervisor", programme=over.programme, by=None, at=ends)
    own = {"cohort": over.cohort, "title": "His", "starts_at": ends, "by": samuel, "at": ends}
    his = go_live(session=schedule(**own), by=samuel, at=ends)
    close(session=his, by=samuel, at=ends + timedelta(hours=1))

    early, late = (panels.minutes_to_sign(samuel, at=ends + timedelta(hours=after)) for after in (23, 24))

    assert [one.session for one in early["waiting"]] == [his]
    assert [(one.session, one.led) for one in late["waiting"]] == [(his, True), (over, False)]
    assert panels.minutes_to_sign(amina, at=ends + timedelta(hours=24)) is None


def test_learners_and_who_signed_have_no_such_list(
    signed: SupervisionSession, grace: User, amina: User, ends: datetime
) -> None:
    assert (panels.minutes_to_sign(grace, at=ends), panels.minutes_to_sign(amina, at=ends)) == (None, None)


def test_a_host_of_peers_finds_hers_among_her_meetings(
    peers_over: SupervisionSession, amina: User, brian: User, ends: datetime, client_of: ClientOf
) -> None:
    told = panels.minutes_to_sign(amina, at=ends)

    assert [(one.session, one.hours) for one in told["waiting"]] == [(peers_over, 48)]
    assert panels.minutes_to_sign(brian, at=ends) is None
    assert shown(text_of(client_of(amina).get("/supervision/")), "Minutes to sign") == [True]


def test_the_minutes_are_found_from_the_front_pages_the_list_and_the_meeting(
    over: SupervisionSession, grace: User, amina: User, client_of: ClientOf
) -> None:
    link = f'href="{address(over)}"'
    pages = ("/supervision/", f"/supervision/sessions/{over.pk}/")

    found = {
        person.username: [client_of(person).get(page).content.decode().count(link) for page in pages]
        for person in (grace, amina)
    }

    assert found == {"grace": [2, 1], "amina": [1, 1]}


def test_the_brief_of_the_next_meeting_leads_to_the_last_minutes(
    over: SupervisionSession, group: SupervisionGroup, grace: User, ends: datetime, client_of: ClientOf
) -> None:
    told = {"cohort": over.cohort, "title": "Next", "starts_at": ends + timedelta(days=7), "by": grace, "at": ends}
    of_all, of_group = schedule(**told), schedule(**told, group=group)
    browser = client_of(grace)

    briefs = [browser.get(f"/supervision/sessions/{one.pk}/brief/") for one in (of_all, of_group)]

    assert [brief.context["last"] for brief in briefs] == [over, None]
    assert f'href="{address(over)}"' in briefs[0].content.decode()


def test_a_signed_meeting_takes_no_other_closing_note(
    signed: SupervisionSession, grace: User, client_of: ClientOf
) -> None:
    browser, note = client_of(grace), f"/supervision/sessions/{signed.pk}/note/"

    page = browser.get(f"/supervision/sessions/{signed.pk}/").content.decode()
    answer = browser.post(note, {"note": "One more"})

    assert (f'action="{note}"' in page, answer.status_code) == (False, 409)
    assert answer.context["refused"] == "The minutes are signed, so their words do not change any more."
