"""The same person shown again: cases linked by a code that says nothing, by their own writer only."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lms.people.models import User
from supervision.cases import actions, queries, rules
from supervision.cases.models import CasePresentation
from supervision.sessions.models import Recommendation, SupervisionSession

ClientOf = Callable[[User], Client]
MakeCase = Callable[..., CasePresentation]


def link(browser: Client, case: CasePresentation, earlier: object = ""):
    chosen = getattr(earlier, "pk", earlier)
    return browser.post(reverse("supervision:case-series", args=[case.pk]), {"earlier": chosen})


def test_a_code_is_drawn_by_chance() -> None:
    codes = {rules.new_series() for _ in range(200)}

    assert len(codes) == 200
    assert [code for code in codes if not re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)] == []


def test_a_case_is_linked_to_an_earlier_one_of_the_same_writer(
    draft: CasePresentation, amina: User, make_case: MakeCase, client_of: ClientOf
) -> None:
    first, second = make_case(amina, days=60), make_case(amina, days=30)
    browser = client_of(amina)

    link(browser, draft, first)

    for case in (draft, first, second):
        case.refresh_from_db()
    assert draft.series == first.series != ""
    assert second.series == ""


def test_a_third_case_joins_the_same_series_and_can_leave_it(
    draft: CasePresentation, amina: User, make_case: MakeCase, now: datetime
) -> None:
    first, second = make_case(amina, days=60), make_case(amina, days=30)
    actions.link_cases(case=draft, earlier=first, by=amina, at=now)
    code = CasePresentation.objects.get(pk=first.pk).series
    second.state = "returned"
    second.save()

    actions.link_cases(case=second, earlier=first, by=amina, at=now)
    actions.link_cases(case=draft, earlier=None, by=amina, at=now)

    series = [CasePresentation.objects.get(pk=case.pk).series for case in (first, second, draft)]
    assert series == [code, code, ""]


def test_another_writers_case_cannot_be_linked(
    draft: CasePresentation, amina: User, brian: User, make_case: MakeCase, client_of: ClientOf, now: datetime
) -> None:
    his = make_case(brian, days=9)

    answer = link(client_of(amina), draft, his)
    with pytest.raises(rules.NotYourCase):
        actions.link_cases(case=draft, earlier=his, by=amina, at=now)

    assert answer.status_code == 404
    assert list(CasePresentation.objects.exclude(series="")) == []


def test_only_the_writer_links(
    draft: CasePresentation, brian: User, grace: User, client_of: ClientOf, amina: User, now: datetime
) -> None:
    sent = actions.submit(case=draft, by=amina, at=now)

    answers = [link(client_of(person), sent).status_code for person in (brian, grace)]

    assert answers == [404, 404]


def test_the_supervisor_sees_what_was_advised_and_what_became_of_it(
    draft: CasePresentation,
    meeting: SupervisionSession,
    amina: User,
    grace: User,
    make_case: MakeCase,
    client_of: ClientOf,
    now: datetime,
) -> None:
    first = make_case(amina, days=60, state="closed", question="How do I begin with her?")
    Recommendation.objects.create(
        key=uuid4(), session=meeting, case=first, type="assess", text="Visit her mother", state="not_done",
        why_not="The mother moved", owner=amina.provider, due=now.date(), proposed_by=grace, proposed_at=now,
        agreed_by=grace, agreed_at=now,
    )  # fmt: skip
    actions.link_cases(case=draft, earlier=first, by=amina, at=now)
    case = actions.submit(case=draft, by=amina, at=now)

    page = client_of(grace).get(reverse("supervision:case", args=[case.pk])).content.decode()

    told = ["How do I begin with her?", "Visit her mother", "The mother moved", "Not done"]
    assert [words for words in told if words not in page] == []


def test_a_draft_is_not_read_through_its_series(
    draft: CasePresentation, amina: User, make_case: MakeCase, now: datetime
) -> None:
    first = make_case(amina, days=60)
    actions.link_cases(case=draft, earlier=first, by=amina, at=now)
    first.refresh_from_db()

    assert list(queries.series_of(first)) == []


def test_a_withdrawn_case_leaves_its_series(
    draft: CasePresentation, amina: User, make_case: MakeCase, now: datetime
) -> None:
    actions.link_cases(case=draft, earlier=make_case(amina, days=60), by=amina, at=now)

    assert actions.withdraw(case=draft, by=amina, at=now).series == ""
