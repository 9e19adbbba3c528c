"""Case drafts from phones, through `/sync/`: three-way by field, once per key, nothing written over unseen."""

import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from lms.people.models import User
from lms.phone.queries import state_of
from supervision.cases import actions, rules
from supervision.cases.models import CasePresentation
from supervision.cases.panels import on_phone, to_keep

from .conftest import ANSWERS, TEXTS

pytestmark = pytest.mark.django_db
Sync = Callable[..., dict[str, Any]]
SCORE = {"tool": "PHQ-9", "version": "Swahili", "score": 14, "cut_off": 10, "cut_off_source": ""}
SEEN = {name: rules.print_of(value) for name, value in ANSWERS.items()}


@pytest.fixture
def sync(client_of: Callable[[User], Client]) -> Sync:
    """Sends one item as this person's phone: sync(amina, "case.drafted", key, answers={...}, was={...})."""

    def one(person: User, kind: str, subject: object, *, item_key: UUID | None = None, **data: Any) -> dict[str, Any]:
        item = {"key": str(item_key or uuid4()), "kind": kind, "subject": str(subject), "data": data}
        body = {"device": str(uuid4()), "person": str(person.pk), "items": [item]}
        answer = client_of(person).post("/sync/", json.dumps(body), content_type="application/json")
        return answer.json()["results"][0]

    return one


def known(**texts: object) -> dict[str, str]:
    """What a phone says that it knew."""
    return {name: rules.print_of(text) for name, text in texts.items()}


def test_a_case_written_on_a_phone_becomes_a_draft_and_is_sent(sync: Sync, amina: User, world: SimpleNamespace) -> None:
    key = uuid4()

    drafted = sync(amina, "case.drafted", key, programme=str(world.programme.pk), answers=ANSWERS, scores=[SCORE])
    sent = sync(amina, "case.submitted", key, seen=SEEN)

    case = CasePresentation.objects.get()
    where = {"case": str(case.pk), "url": f"/supervision/cases/{case.pk}/", "saved": case.saved_at.isoformat()}
    assert (drafted["status"], drafted["data"].keys()) == ("applied", where.keys())
    assert (sent["status"], sent["data"]) == ("applied", where)
    assert (case.key, case.state, case.answers) == (key, "submitted", ANSWERS)
    assert [(score.tool, score.score, score.cut_off) for score in case.scores.all()] == [("PHQ-9", 14, 10)]
    assert [event.kind for event in case.events.all()] == ["start", "check", "submit"]


def test_an_item_sent_again_counts_once(sync: Sync, amina: User, world: SimpleNamespace) -> None:
    key, item = uuid4(), uuid4()
    sending = {"programme": str(world.programme.pk), "answers": {"question": "How?"}}

    first = sync(amina, "case.drafted", key, item_key=item, **sending)
    actions.write_answers(
        case=CasePresentation.objects.get(), answers={"question": "Why?"}, by=amina, at=datetime.now().astimezone()
    )
    again = sync(amina, "case.drafted", key, item_key=item, **sending)

    assert (again["status"], again["data"]) == ("already", first["data"])
    assert [case.question for case in CasePresentation.objects.all()] == ["Why?"]


def test_two_phones_that_write_in_different_fields_lose_nothing(
    sync: Sync, amina: User, draft: CasePresentation
) -> None:
    first = sync(amina, "case.drafted", draft.key, answers={"tried": "Three visits."}, was=known(tried="Two visits."))
    second = sync(
        amina, "case.drafted", draft.key, answers={"supports": "Her aunt."}, was=known(supports="Her sister.")
    )

    draft.refresh_from_db()
    assert [first["status"], second["status"]] == ["applied", "applied"]
    assert (draft.tried, draft.supports) == ("Three visits.", "Her aunt.")


def test_two_phones_with_other_words_in_one_field_are_a_conflict_and_nothing_is_written(
    sync: Sync, amina: User, draft: CasePresentation
) -> None:
    was = known(tried="Two visits.", supports="Her sister.")
    sync(amina, "case.drafted", draft.key, answers={"tried": "Three visits."}, was=was)

    answer = sync(amina, "case.drafted", draft.key, answers={"tried": "Many visits.", "supports": "Her aunt."}, was=was)

    draft.refresh_from_db()
    assert (answer["status"], answer["code"]) == ("refused", "conflict")
    assert answer["detail"] == str(rules.WrittenElsewhere.sentence)
    assert (draft.tried, draft.supports) == ("Three visits.", "Her sister.")


def test_two_phones_that_write_the_same_words_agree(sync: Sync, amina: User, draft: CasePresentation) -> None:
    was = known(tried="Two visits.")

    answers = [sync(amina, "case.drafted", draft.key, answers={"tried": "Three visits."}, was=was) for _ in range(2)]

    assert [answer["status"] for answer in answers] == ["applied", "applied"]


def test_after_a_conflict_her_own_words_stay_when_she_says_so(sync: Sync, amina: User, draft: CasePresentation) -> None:
    sync(amina, "case.drafted", draft.key, answers={"tried": "Three visits."}, was=known(tried="Two visits."))

    answer = sync(amina, "case.drafted", draft.key, answers={"tried": "Many."}, was=known(tried="Three visits."))

    draft.refresh_from_db()
    assert (answer["status"], draft.tried) == ("applied", "Many.")


def test_a_phone_names_all_that_it_knew_or_sent_itself(sync: Sync, amina: User, draft: CasePresentation) -> None:
    """The answer to its first sending was lost, so it cannot know which of its own words are here."""
    was = {"tried": [rules.print_of("Two visits."), rules.print_of("Three visits.")]}
    sync(amina, "case.drafted", draft.key, answers={"tried": "Three visits."}, was=known(tried="Two visits."))

    answer = sync(amina, "case.drafted", draft.key, answers={"tried": "Four visits."}, was=was)

    draft.refresh_from_db()
    assert (answer["status"], draft.tried) == ("applied", "Four visits.")


def test_line_ends_of_a_form_and_of_a_script_are_the_same_words(
    sync: Sync, amina: User, draft: CasePresentation, now: datetime
) -> None:
    actions.write_answers(case=draft, answers={"tried": "One.\r\nTwo."}, by=amina, at=now)

    answer = sync(amina, "case.drafted", draft.key, answers={"tried": "Three."}, was=known(tried="One.\nTwo."))

    assert answer["status"] == "applied"


def test_what_a_phone_never_knew_is_not_written_over(sync: Sync, amina: User, draft: CasePresentation) -> None:
    answer = sync(amina, "case.drafted", draft.key, answers={"tried": "Mine."})

    draft.refresh_from_db()
    assert (answer["code"], draft.tried) == ("conflict", "Two visits.")


def test_a_draft_that_is_gone_here_is_made_again(sync: Sync, amina: User, world: SimpleNamespace) -> None:
    answer = sync(
        amina,
        "case.drafted",
        uuid4(),
        programme=str(world.programme.pk),
        answers={"tried": "More."},
        was=known(tried="Some."),
    )

    assert (answer["status"], CasePresentation.objects.get().tried) == ("applied", "More.")


def test_the_list_of_scores_is_one_answer(sync: Sync, amina: User, draft: CasePresentation) -> None:
    first = sync(amina, "case.drafted", draft.key, scores=[SCORE])
    blind = sync(amina, "case.drafted", draft.key, scores=[])
    seeing = sync(amina, "case.drafted", draft.key, scores=[], was=known(scores=rules.scores_text([SCORE])))

    assert [answer["status"] for answer in (first, blind, seeing)] == ["applied", "refused", "applied"]
    assert draft.scores.count() == 0


def test_the_text_of_scores_is_what_a_script_writes() -> None:
    """JSON.stringify of [["PHQ-9","Kiswahili “b”","14","",""]]."""
    score = {"tool": "PHQ-9", "version": "Kiswahili “b”", "score": 14, "cut_off": None, "cut_off_source": ""}

    assert rules.scores_text([score]) == '[["PHQ-9","Kiswahili “b”","14","",""]]'
    assert rules.print_of("Two visits.") == "cdd51834bb91c9cf"


@pytest.mark.parametrize(
    "data",
    [
        {"answers": {"question": "x" * 301}},
        {"answers": {"tried": "x" * 4001}},
        {"answers": {"sex": "robot"}},
        {"answers": {"name": "Rose"}},
        {"answers": {"no_identifiers": "yes"}},
        {"answers": ["question"]},
        {"answers": {"tried": "a"}, "was": ["tried"]},
        {"answers": {"tried": "a"}, "was": {"tried": 7}},
        {"answers": {"tried": "a"}, "was": {"tried": ["a"] * 41}},
        {"scores": [SCORE] * 3},
        {"scores": "PHQ-9"},
        {"scores": ["PHQ-9"]},
        {"scores": [{"tool": "PHQ-9"}]},
        {"scores": [{"tool": "PHQ-9", "score": 1000}]},
        {"programme": "Kisumu"},
    ],
)
def test_what_cannot_be_read_is_refused(sync: Sync, amina: User, draft: CasePresentation, data: dict[str, Any]) -> None:
    before = draft.answers

    answer = sync(amina, "case.drafted", draft.key, **data)

    draft.refresh_from_db()
    assert (answer["status"], answer["code"]) == ("refused", "invalid")
    assert draft.answers == before


@pytest.mark.parametrize("kind", ["case.drafted", "case.submitted"])
def test_a_subject_that_is_no_key_is_refused(sync: Sync, amina: User, kind: str) -> None:
    assert sync(amina, kind, "my case")["code"] == "invalid"


def test_a_case_that_was_sent_takes_no_other_words(sync: Sync, amina: User, sent: CasePresentation) -> None:
    other = sync(amina, "case.drafted", sent.key, answers={"tried": "More."}, was=known(tried="Two visits."))
    same = sync(amina, "case.drafted", sent.key, answers={"tried": "Two visits."})

    sent.refresh_from_db()
    assert (other["status"], other["code"], sent.tried) == ("refused", "closed", "Two visits.")
    assert same["status"] == "applied"


def test_a_case_that_was_taken_back_stays_empty(
    sync: Sync, amina: User, draft: CasePresentation, now: datetime
) -> None:
    actions.withdraw(case=draft, by=amina, at=now)

    answer = sync(amina, "case.drafted", draft.key, answers={"tried": "More."}, was=known(tried="Two visits."))

    draft.refresh_from_db()
    assert (answer["code"], draft.tried) == ("closed", "")


@pytest.mark.parametrize("who", ["grace", "joseph", "stranger"])
def test_only_who_takes_part_in_the_programme_writes_in_it(
    who: str, request: pytest.FixtureRequest, sync: Sync, world: SimpleNamespace
) -> None:
    person = request.getfixturevalue(who)

    answer = sync(person, "case.drafted", uuid4(), programme=str(world.programme.pk), answers={"question": "How?"})

    assert answer["status"] == "refused"
    assert answer["code"] == ("not_enrolled" if hasattr(person, "provider") else "not_allowed")
    assert CasePresentation.objects.count() == 0


def test_without_a_programme_there_is_no_new_draft(sync: Sync, amina: User) -> None:
    assert sync(amina, "case.drafted", uuid4(), answers={"question": "How?"})["code"] == "not_enrolled"


def test_another_writers_key_leads_to_an_own_draft_never_to_hers(
    sync: Sync, brian: User, draft: CasePresentation, world: SimpleNamespace
) -> None:
    mine = sync(brian, "case.drafted", draft.key, programme=str(world.programme.pk), answers={"question": "Brian's?"})
    sent = sync(brian, "case.submitted", uuid4())

    draft.refresh_from_db()
    assert (mine["data"]["case"] == str(draft.pk), draft.question) == (False, ANSWERS["question"])
    assert sent["detail"] == str(rules.NoSuchDraft.sentence)


def test_an_unfinished_case_is_not_sent(sync: Sync, amina: User, draft: CasePresentation, now: datetime) -> None:
    actions.write_answers(case=draft, answers={"tried": ""}, by=amina, at=now)

    answer = sync(amina, "case.submitted", draft.key)

    assert answer["detail"] == str(rules.CaseIncomplete.sentence)
    assert CasePresentation.objects.get().state == "draft"


def test_a_case_without_consent_is_not_sent(sync: Sync, amina: User, draft: CasePresentation, now: datetime) -> None:
    actions.write_answers(case=draft, answers={"consent_basis": "not_yet"}, by=amina, at=now)

    answer = sync(amina, "case.submitted", draft.key)

    assert answer["detail"] == str(rules.CheckNotDone.sentence)
    assert CasePresentation.objects.get().state == "draft"


def test_other_words_than_the_writer_saw_are_not_sent(sync: Sync, amina: User, draft: CasePresentation) -> None:
    """The item before it was refused, so another phone's words stand here."""
    answer = sync(amina, "case.submitted", draft.key, seen=known(tried="My words."))

    assert answer["code"] == "conflict"
    assert CasePresentation.objects.get().state == "draft"


def test_two_phones_that_send_the_same_case_send_it_once(sync: Sync, amina: User, draft: CasePresentation) -> None:
    answers = [sync(amina, "case.submitted", draft.key, seen=SEEN) for _ in range(2)]

    assert [answer["status"] for answer in answers] == ["applied", "applied"]
    assert [event.kind for event in draft.events.all()] == ["start", "check", "submit"]


def test_a_case_that_moved_on_is_not_sent_again(sync: Sync, amina: User, grace: User, sent: CasePresentation) -> None:
    actions.accept(case=sent, by=grace, at=datetime.now().astimezone())

    answers = [sync(amina, "case.submitted", sent.key, **data) for data in ({}, {"seen": SEEN})]

    assert [answer["code"] for answer in answers] == ["closed", "closed"]


@pytest.mark.parametrize("seen", [["tried"], {"tried": 7}, {"name": "x"}])
def test_what_was_seen_must_be_readable(sync: Sync, amina: User, draft: CasePresentation, seen: object) -> None:
    assert sync(amina, "case.submitted", draft.key, seen=seen)["code"] == "invalid"


def test_the_phone_has_her_open_drafts_and_nobody_elses(
    draft: CasePresentation, make_case: Callable[..., CasePresentation], amina: User, brian: User, now: datetime
) -> None:
    make_case(amina)
    make_case(brian)

    kept = on_phone(amina, at=now)

    assert [(one["key"], one["state"], one["answers"]) for one in kept["drafts"]] == [
        (str(draft.key), "draft", ANSWERS)
    ]
    assert [programme["id"] for programme in kept["programmes"]] == [str(draft.programme_id)]
    assert to_keep(amina, at=now) == ["/supervision/", "/supervision/cases/phone/"]


def test_the_phone_says_what_the_supervisor_asks_for(
    sent: CasePresentation, amina: User, grace: User, now: datetime
) -> None:
    actions.return_case(case=sent, reason="Leave the school out.", by=grace, at=now)

    kept = on_phone(amina, at=now)["drafts"][0]

    assert (kept["state"], kept["returned"]) == ("returned", "Leave the school out.")


def test_no_words_of_others_lie_on_a_supervisors_phone(
    sent: CasePresentation, grace: User, joseph: User, now: datetime
) -> None:
    assert [on_phone(person, at=now) for person in (grace, joseph)] == [None, None]
    assert [to_keep(person, at=now) for person in (grace, joseph)] == [["/supervision/"], []]
    assert [text for text in TEXTS if text in json.dumps(state_of(grace, at=now))] == []


@pytest.mark.parametrize("drafts", [1, 25])
def test_the_state_costs_the_same_for_many_drafts(
    drafts: int,
    amina: User,
    grace: User,
    make_case: Callable[..., CasePresentation],
    now: datetime,
    fresh: Callable[[User], User],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(drafts):
        actions.return_case(case=make_case(amina), reason="Shorter.", by=grace, at=now)

    with django_assert_num_queries(6):
        assert len(on_phone(fresh(amina), at=now)["drafts"]) == drafts


def test_a_draft_deleted_on_a_phone_is_withdrawn_as_by_the_form(
    sync: Sync, amina: User, draft: CasePresentation
) -> None:
    first = sync(amina, "case.withdrawn", draft.key)
    again = sync(amina, "case.withdrawn", draft.key)

    draft.refresh_from_db()
    assert [first["status"], again["status"], first["data"]] == ["applied", "applied", {}]
    assert (draft.state, [getattr(draft, name) for name in rules.SEALED_FIELDS if getattr(draft, name)]) == (
        "withdrawn",
        [],
    )
    assert [event.kind for event in draft.events.all()] == ["start", "withdraw"]


def test_a_draft_that_never_came_is_deleted_without_a_word(sync: Sync, amina: User, db: None) -> None:
    answer = sync(amina, "case.withdrawn", uuid4())

    assert (answer["status"], CasePresentation.objects.count()) == ("applied", 0)


def test_words_that_arrive_after_their_deletion_are_refused(
    sync: Sync, amina: User, world: SimpleNamespace, draft: CasePresentation
) -> None:
    sync(amina, "case.withdrawn", draft.key)

    late = sync(
        amina, "case.drafted", draft.key, answers={"question": "Again?"}, was=known(question=ANSWERS["question"])
    )

    draft.refresh_from_db()
    assert (late["status"], late["code"], draft.question) == ("refused", "closed", "")


@pytest.mark.parametrize("state", ["submitted", "returned"])
def test_what_was_sent_meanwhile_is_not_deleted(
    sync: Sync, amina: User, grace: User, sent: CasePresentation, state: str, now: datetime
) -> None:
    if state == "returned":
        actions.return_case(case=sent, reason="Tell more.", by=grace, at=now)

    answer = sync(amina, "case.withdrawn", sent.key)

    sent.refresh_from_db()
    assert (answer["status"], answer["code"], sent.state) == ("refused", "closed", state)
    assert sent.question == ANSWERS["question"]


def test_nobody_deletes_the_draft_of_another(sync: Sync, brian: User, draft: CasePresentation) -> None:
    answer = sync(brian, "case.withdrawn", draft.key)

    draft.refresh_from_db()
    assert (answer["status"], draft.state) == ("applied", "draft")


def test_a_deletion_without_a_key_cannot_be_read(sync: Sync, amina: User, db: None) -> None:
    answer = sync(amina, "case.withdrawn", "no key")

    assert (answer["status"], answer["code"]) == ("refused", "invalid")
