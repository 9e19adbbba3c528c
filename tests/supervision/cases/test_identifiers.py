"""Words of a case that could show who the person is: nothing leaves for the supervisor without the writer's word."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from lms.notices.models import Notice
from lms.outbox.actions import apply_item
from lms.people.models import User
from lms.phone.queries import state_of
from supervision.cases import actions, queries, rules
from supervision.cases.models import CasePresentation
from supervision.cases.rules import person_words
from supervision.guard import actions as guard
from supervision.guard.models import Confirmation, IdentifierIncident
from supervision.guard.queries import forget_register

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
NAMED = "Her husband James Otieno shouts. He works in Kadibo village."


@pytest.fixture
def named(draft: CasePresentation, amina: User, now: datetime) -> CasePresentation:
    """A whole case in whose problem a man and a village are named."""
    return actions.write_answers(case=draft, answers={"problem": NAMED}, by=amina, at=now)


def found(case: CasePresentation) -> list[tuple[str, str, str]]:
    case.refresh_from_db()
    return [(held.field, held.finding.kind, held.finding.text) for held in queries.identifiers_in(case)]


def stay(case: CasePresentation, amina: User, now: datetime) -> None:
    reasons = {"James Otieno": "colleague", "Kadibo village": "public"}
    actions.confirm_words(case=case, field="problem", reasons=reasons, by=amina, at=now)


def test_a_case_that_names_somebody_is_not_sent(named: CasePresentation, amina: User, now: datetime) -> None:
    with pytest.raises(rules.ShowsWho) as refusal:
        actions.submit(case=named, by=amina, at=now)

    assert refusal.value.told == {"fields": ["problem"], "words": f"/supervision/cases/{named.pk}/words/"}
    assert found(named) == [("problem", "name", "James Otieno"), ("problem", "place", "Kadibo village")]
    assert CasePresentation.objects.get(pk=named.pk).state == "draft"


def test_without_the_guard_it_would_go(
    named: CasePresentation, amina: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supervision.cases.queries.find", lambda text, register: [])

    assert actions.submit(case=named, by=amina, at=now).state == "submitted"


def test_with_other_words_it_goes(named: CasePresentation, amina: User, now: datetime) -> None:
    changes = [("James Otieno", ""), ("Kadibo village", "a village")]

    case = actions.mend_words(case=named, field="problem", changes=changes, by=amina, at=now)

    assert case.problem == "Her husband shouts. He works in a village."
    assert actions.submit(case=case, by=amina, at=now).state == "submitted"


def test_with_a_reason_it_goes_and_the_supervisor_sees_the_reason(
    named: CasePresentation, amina: User, grace: User, now: datetime, client_of: Browser
) -> None:
    stay(named, amina, now)
    case = actions.submit(case=named, by=amina, at=now)

    told = queries.confirmed_words(case)
    page = client_of(grace).get(f"/supervision/cases/{case.pk}/").content.decode()

    assert [(one.words, one.reason) for one in told] == [
        ("James Otieno", "It is somebody of our group or team, not the person I talk about"),
        ("Kadibo village", "Everybody knows it, and it shows nobody: a helpline, a big town, a public office"),
    ]
    assert page.count("Words that the writer left on purpose") == 1
    assert "Words that the writer left" not in client_of(amina).get(f"/supervision/cases/{case.pk}/").content.decode()


def test_a_reason_for_one_word_is_none_for_another(named: CasePresentation, amina: User, now: datetime) -> None:
    stay(named, amina, now)
    actions.write_answers(case=named, answers={"problem": NAMED + " His brother Peter too."}, by=amina, at=now)

    assert found(named) == [("problem", "name", "Peter")]


def test_people_and_places_of_the_programme_are_looked_for(
    draft: CasePresentation, brian: User, amina: User, now: datetime
) -> None:
    forget_register(draft.programme_id)
    text = "She goes to lakeside health centre. Ask odhiambo."

    actions.write_answers(case=draft, answers={"problem": text}, by=amina, at=now)

    assert found(draft) == [("problem", "place", "lakeside health centre"), ("problem", "name", "odhiambo")]


def test_what_the_manager_wrote_down_is_looked_for(
    draft: CasePresentation, world: SimpleNamespace, amina: User, joseph: User, now: datetime,
    django_capture_on_commit_callbacks: Callable,
) -> None:  # fmt: skip
    actions.write_answers(case=draft, answers={"problem": "She lives at the red gate."}, by=amina, at=now)
    before = found(draft)

    with django_capture_on_commit_callbacks(execute=True):
        guard.watch_words(programme=world.programme, names=[], places=["Red Gate"], by=joseph, at=now)

    assert before == []
    assert found(draft) == [("problem", "place", "red gate")]


@pytest.mark.parametrize("who", ["brian", "grace"])
def test_only_the_writer_mends_and_confirms(
    named: CasePresentation, who: str, now: datetime, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)

    with pytest.raises(rules.NotYourCase):
        actions.mend_words(case=named, field="problem", changes=[("Kadibo village", "a village")], by=person, at=now)
    with pytest.raises(rules.NotYourCase):
        actions.confirm_words(case=named, field="problem", reasons={"Kadibo village": "public"}, by=person, at=now)


def test_a_sent_case_is_neither_mended_nor_confirmed(sent: CasePresentation, amina: User, now: datetime) -> None:
    with pytest.raises(rules.CaseMoved):
        actions.mend_words(case=sent, field="problem", changes=[("Sad", "Glad")], by=amina, at=now)
    with pytest.raises(rules.CaseMoved):
        actions.confirm_words(case=sent, field="problem", reasons={"Sad": "public"}, by=amina, at=now)


def test_a_field_that_is_no_text_is_not_mended(named: CasePresentation, amina: User, now: datetime) -> None:
    with pytest.raises(rules.AnswerUnreadable):
        actions.mend_words(case=named, field="age_band", changes=[("Kadibo village", "a village")], by=amina, at=now)


def test_the_words_of_a_case_that_is_taken_back_go_from_the_reasons_too(
    named: CasePresentation, amina: User, now: datetime
) -> None:
    stay(named, amina, now)

    actions.withdraw(case=named, by=amina, at=now)

    assert Confirmation.objects.count() == 0


# --- the page


@pytest.mark.parametrize(
    ("sex", "age_band", "words"),
    [
        ("female", "adult", "a woman of 18 to 39"),
        ("male", "child", "a boy under 12"),
        ("other", "adult", ""),
        ("female", "", ""),
    ],
)
def test_the_person_of_a_case_is_called_by_sex_and_age_band(sex: str, age_band: str, words: str) -> None:
    assert person_words(sex, age_band) == words


def test_the_writer_is_led_to_the_words_mends_them_and_it_is_sent(
    named: CasePresentation, amina: User, client_of: Browser
) -> None:
    client = client_of(amina)
    ticks = {"consent_basis": "person", "no_identifiers": "on", "stays_responsible": "on", "go": "send"}

    answer = client.post(f"/supervision/cases/{named.pk}/write/check/", ticks)
    page = client.get(answer.url).content.decode()
    sent = client.post(answer.url, {
        "count": "2",
        "words-0": "James Otieno", "field-0": "problem", "do-0": "mend", "instead-0": "",
        "words-1": "Kadibo village", "field-1": "problem", "do-1": "stay", "reason-1": "public",
    })  # fmt: skip

    assert answer.url == f"/supervision/cases/{named.pk}/words/"
    assert page.count("<mark>") == 2
    assert sent.url == f"/supervision/cases/{named.pk}/"
    named.refresh_from_db()
    assert (named.state, named.problem) == ("submitted", "Her husband shouts. He works in Kadibo village.")


@pytest.mark.parametrize(
    ("problem", "told"),
    [("Yesterday I met Wanjiku Otieno.", True), ("Her husband James Otieno shouts. Call 0712 345 678.", False)],
)
def test_where_a_name_is_found_the_page_says_how_the_person_can_be_called(
    draft: CasePresentation, amina: User, now: datetime, client_of: Browser, problem: str, told: bool
) -> None:
    actions.write_answers(case=draft, answers={"problem": problem}, by=amina, at=now)

    page = client_of(amina).get(f"/supervision/cases/{draft.pk}/words/").content.decode()

    assert ("The person of your case can be called “a woman of 18 to 39”." in page) is told


def test_without_a_choice_the_page_asks_again_and_keeps_what_was_typed(
    named: CasePresentation, amina: User, client_of: Browser
) -> None:
    typed = {
        "count": "2",
        "words-0": "James Otieno", "field-0": "problem", "do-0": "mend", "instead-0": "a relative",
        "words-1": "Kadibo village", "field-1": "problem", "do-1": "stay", "reason-1": "",
    }  # fmt: skip

    answer = client_of(amina).post(f"/supervision/cases/{named.pk}/words/", typed)

    assert answer.status_code == 409
    assert answer.content.decode().count('value="a relative"') == 1
    named.refresh_from_db()
    assert (named.state, named.problem) == ("draft", NAMED)


@pytest.mark.parametrize("count", ["", "many", "-1", "1e3"])
def test_a_form_that_cannot_be_read_changes_nothing(
    named: CasePresentation, amina: User, client_of: Browser, count: str
) -> None:
    answer = client_of(amina).post(f"/supervision/cases/{named.pk}/words/", {"count": count})

    assert answer.url == f"/supervision/cases/{named.pk}/words/"
    named.refresh_from_db()
    assert named.problem == NAMED


@pytest.mark.parametrize("who", ["brian", "grace", "stranger"])
def test_the_page_is_the_writers_alone(
    named: CasePresentation, who: str, client_of: Browser, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))

    assert client.get(f"/supervision/cases/{named.pk}/words/").status_code == 404
    assert client.post(f"/supervision/cases/{named.pk}/words/", {"count": "0"}).status_code == 404


# --- from a phone


def item(case: CasePresentation, now: datetime, **data: object) -> dict[str, object]:
    return {"key": uuid4(), "kind": "case.submitted", "subject": str(case.key), "at": now, "data": {"seen": {}, **data}}


def test_a_phone_hears_which_answers_and_where_never_the_words(
    named: CasePresentation, amina: User, now: datetime
) -> None:
    answer = apply_item(item=item(named, now), person=amina, at=now)

    assert (answer.status, answer.code) == ("refused", "invalid")
    assert answer.data == {"fields": ["problem"], "words": f"/supervision/cases/{named.pk}/words/"}


def test_a_phone_sends_the_reasons_with_the_case(named: CasePresentation, amina: User, now: datetime) -> None:
    confirmed = [
        {"field": "problem", "words": "james otieno", "reason": "colleague"},
        {"field": "problem", "words": "Kadibo village", "reason": "public"},
    ]

    answer = apply_item(item=item(named, now, confirmed=confirmed), person=amina, at=now)

    assert answer.status == "applied"
    assert sorted(Confirmation.objects.values_list("reason", flat=True)) == ["colleague", "public"]


@pytest.mark.parametrize(
    "confirmed",
    ["no list", [7], [{"field": "problem"}], [{"field": "problem", "words": "x" * 201, "reason": "public"}]],
)
def test_reasons_that_cannot_be_read_are_refused(
    named: CasePresentation, amina: User, now: datetime, confirmed: object
) -> None:
    answer = apply_item(item=item(named, now, confirmed=confirmed), person=amina, at=now)

    assert (answer.status, answer.code) == ("refused", "invalid")
    assert Confirmation.objects.count() == 0


def test_a_reason_that_is_not_on_the_list_is_refused(named: CasePresentation, amina: User, now: datetime) -> None:
    confirmed = [{"field": "problem", "words": "Kadibo village", "reason": "because"}]

    assert apply_item(item=item(named, now, confirmed=confirmed), person=amina, at=now).status == "refused"
    assert Confirmation.objects.count() == 0


# --- taken away by a supervisor


@pytest.fixture
def slipped(named: CasePresentation, amina: User, now: datetime) -> CasePresentation:
    """A sent case in which the man is still named."""
    stay(named, amina, now)
    actions.write_answers(case=named, answers={"tried": "I spoke with  james\notieno twice."}, by=amina, at=now)
    guard.confirm(
        subject=named.pk, field="tried", findings=_found_in(named, "tried"), reason="needed", by=amina, at=now
    )
    return actions.submit(case=named, by=amina, at=now)


def _found_in(case: CasePresentation, field: str) -> list:
    case.refresh_from_db()
    return [held.finding for held in queries.identifiers_in(case) if held.field == field]


def test_words_go_from_every_answer_and_from_the_reasons_and_the_writer_is_told(
    slipped: CasePresentation, amina: User, grace: User, now: datetime
) -> None:
    case = actions.redact_words(case=slipped, words="James Otieno", by=grace, at=now)

    assert (case.problem, case.tried) == (
        "Her husband […] shouts. He works in Kadibo village.", "I spoke with  […] twice."
    )  # fmt: skip
    incident = IdentifierIncident.objects.get()
    assert (incident.state, incident.place, incident.found_by) == ("closed", "case", "human")
    assert list(incident.events.values_list("state", flat=True)) == ["detected", "redacted", "notified", "closed"]
    assert [row.words for row in Confirmation.objects.all()] == ["Kadibo village"]
    (notice,) = Notice.objects.filter(person=amina)
    assert (notice.kind, "Otieno" in notice.text) == ("identifiers.redacted", False)


def test_other_words_that_stay_keep_their_mark_for_the_supervisor(
    slipped: CasePresentation, grace: User, now: datetime
) -> None:
    case = actions.redact_words(case=slipped, words="James Otieno", by=grace, at=now)

    assert [(one.words, one.label) for one in queries.confirmed_words(case)] == [("Kadibo village", "Problem now")]


def test_words_that_stand_in_a_score_alone_go_from_there(slipped: CasePresentation, grace: User, now: datetime) -> None:
    slipped.scores.create(position=1, tool="List of Wekesa", version="of WEKESA", score=3, cut_off_source="Wekesa's")

    case = actions.redact_words(case=slipped, words="Wekesa", by=grace, at=now)

    score = case.scores.get()
    assert (score.tool, score.version, score.cut_off_source) == ("List of […]", "of […]", "[…]'s")
    assert IdentifierIncident.objects.get().kinds == "name"


def test_the_words_are_in_no_row_of_the_database_in_clear(
    slipped: CasePresentation, grace: User, now: datetime
) -> None:
    actions.redact_words(case=slipped, words="James Otieno", by=grace, at=now)

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.startswith(("supervision_", "lms_notice", "lms_receipt")):
                cursor.execute(f'SELECT * FROM "{table}"')
                assert not any("otieno" in str(row).lower() for row in cursor.fetchall())


def test_pages_that_a_phone_kept_before_are_of_no_use(
    slipped: CasePresentation, amina: User, grace: User, now: datetime
) -> None:
    before = state_of(amina, at=now)["since"]

    actions.redact_words(case=slipped, words="Otieno", by=grace, at=now + timedelta(minutes=1))

    assert (before, state_of(amina, at=now)["since"]) == ("", (now + timedelta(minutes=1)).isoformat())


def test_words_that_do_not_stand_there_are_not_taken(slipped: CasePresentation, grace: User, now: datetime) -> None:
    for words in ("Wanjiku", "  ", "Otien"):
        with pytest.raises(rules.NoSuchWords):
            actions.redact_words(case=slipped, words=words, by=grace, at=now)


@pytest.mark.parametrize("who", ["amina", "brian", "stranger"])
def test_only_a_supervisor_takes_words_from_a_case(
    slipped: CasePresentation, who: str, now: datetime, request: pytest.FixtureRequest, client_of: Browser
) -> None:
    person = request.getfixturevalue(who)

    with pytest.raises(rules.NotItsSupervisor):
        actions.redact_words(case=slipped, words="Otieno", by=person, at=now)
    answer = client_of(person).post(f"/supervision/cases/{slipped.pk}/redact/", {"words": "Otieno"})
    assert answer.status_code == 404


def test_the_page_takes_them_and_says_what_it_does_not_find(
    slipped: CasePresentation, grace: User, client_of: Browser
) -> None:
    client = client_of(grace)

    missed = client.post(f"/supervision/cases/{slipped.pk}/redact/", {"words": "Wanjiku"})
    taken = client.post(f"/supervision/cases/{slipped.pk}/redact/", {"words": "Kadibo"})

    assert (missed.status_code, missed.content.decode().count('value="Wanjiku"')) == (409, 1)
    assert taken.url == f"/supervision/cases/{slipped.pk}/"
    slipped.refresh_from_db()
    assert slipped.problem == "Her husband James Otieno shouts. He works in […] village."


def test_a_case_that_goes_back_for_its_words_is_held_until_it_comes_anew(
    slipped: CasePresentation, amina: User, grace: User, joseph: User, now: datetime, client_of: Browser
) -> None:
    told = {"reason": "Leave the name out.", "shows_who": "on"}
    client_of(grace).post(f"/supervision/cases/{slipped.pk}/return/", told)
    held = IdentifierIncident.objects.get()
    counted = client_of(joseph).get("/supervision/identifiers/").content.decode()
    actions.mend_words(case=slipped, field="problem", changes=[("James Otieno", "")], by=amina, at=now)
    actions.write_answers(case=slipped, answers={"no_identifiers": True}, by=amina, at=now)
    actions.submit(case=CasePresentation.objects.get(pk=slipped.pk), by=amina, at=now)

    assert (held.state, held.place, held.kinds, held.writer) == ("quarantined", "case", "name place", amina)
    assert "In your programmes 1 wait for a decision. In 90 days 1 were found." in counted
    assert IdentifierIncident.objects.get().state == "closed"


def test_a_case_that_goes_back_for_something_else_is_no_incident(
    slipped: CasePresentation, grace: User, client_of: Browser
) -> None:
    client_of(grace).post(f"/supervision/cases/{slipped.pk}/return/", {"reason": "Say how she sleeps."})

    slipped.refresh_from_db()
    assert (slipped.state, IdentifierIncident.objects.count()) == ("returned", 0)


def test_where_the_supervisor_reads_it_and_in_the_queue_it_can_be_said(
    slipped: CasePresentation, grace: User, client_of: Browser
) -> None:
    pages = [client_of(grace).get(at).content.decode() for at in ("/supervision/", f"/supervision/cases/{slipped.pk}/")]

    assert [page.count('name="shows_who"') for page in pages] == [1, 1]


def test_a_case_that_went_back_for_its_words_and_is_taken_back_waits_for_nobody(
    slipped: CasePresentation, amina: User, grace: User, now: datetime
) -> None:
    actions.return_case(case=slipped, reason="Leave the name out.", shows_who=True, by=grace, at=now)

    actions.withdraw(case=slipped, by=amina, at=now)

    assert (IdentifierIncident.objects.get().state, Confirmation.objects.count()) == ("closed", 0)
    assert Notice.objects.filter(kind="identifiers.redacted").count() == 0


def test_words_of_a_score_are_shown_among_their_own_words(
    draft: CasePresentation, amina: User, now: datetime, client_of: Browser
) -> None:
    score = {"tool": "List of Wekesa", "version": "short", "score": 3, "cut_off": None, "cut_off_source": "my book"}
    actions.write_scores(case=draft, scores=[score], by=amina, at=now)

    page = client_of(amina).get(f"/supervision/cases/{draft.pk}/words/").content.decode()

    assert page.count("List of <mark>Wekesa</mark></p>") == 1


def test_an_incident_says_what_kind_of_words_they_were(slipped: CasePresentation, grace: User, now: datetime) -> None:
    actions.redact_words(case=slipped, words="Kadibo village", by=grace, at=now)

    assert IdentifierIncident.objects.get().kinds == "place"
