"""The pages of groups for each of the fixed people."""

from collections.abc import Callable
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from lms.people.models import User
from supervision.groups.models import AgreementSignature, SupervisionAgreement, SupervisionGroup

ClientOf = Callable[[User], Client]


def addresses(group: SupervisionGroup) -> list[str]:
    return [
        reverse(f"supervision:{name}", args=[group.pk])
        for name in ("group", "group-agreement", "group-change", "group-end", "group-agreement-text")
    ]


def filled(world: SimpleNamespace, supervisor: User, people: list[User]) -> dict[str, object]:
    return {
        "key": str(uuid4()),
        "name": "Monday group",
        "kind": "supervised",
        "supervisor": str(supervisor.pk),
        "providers": [str(person.provider.pk) for person in people],
        "cadence": "weekly",
        "time_zone": "Africa/Nairobi",
    }


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("amina", [200, 200, 404, 404, 404]),
        ("grace", [200, 200, 200, 405, 405]),
        ("joseph", [200, 200, 200, 405, 405]),
        ("stranger", [404, 404, 404, 404, 404]),
        ("samuel", [404, 404, 404, 404, 404]),
    ],
)
def test_each_sees_what_is_theirs(
    name: str, seen: list[int], client_of: ClientOf, group: SupervisionGroup, request: pytest.FixtureRequest
) -> None:
    browser = client_of(request.getfixturevalue(name))

    answers = [browser.get(address).status_code for address in addresses(group)]

    assert [code if code != 405 or name in {"grace", "joseph"} else 404 for code in answers] == seen


@pytest.mark.parametrize("name", ["amina", "stranger", "samuel"])
def test_posts_of_others_change_nothing(
    name: str, client_of: ClientOf, group: SupervisionGroup, request: pytest.FixtureRequest
) -> None:
    browser = client_of(request.getfixturevalue(name))
    told = {"key": str(uuid4()), "sure": "1", "text": "Mine", "name": "Mine"}

    answers = [browser.post(address, told).status_code for address in addresses(group)[2:]]

    group.refresh_from_db()
    assert answers == [404, 404, 404]
    assert (group.ended_at, SupervisionAgreement.objects.count()) == (None, 1)


@pytest.mark.parametrize("name", ["grace", "joseph"])
def test_a_group_is_made_once_however_often_it_is_sent(
    name: str, client_of: ClientOf, world: SimpleNamespace, grace: User, amina: User, request: pytest.FixtureRequest
) -> None:
    browser = client_of(request.getfixturevalue(name))
    told = filled(world, grace, [amina])
    address = f"{reverse('supervision:group-new')}?cohort={world.cohort.pk}"

    answers = [browser.post(address, told) for _ in range(2)]

    group = SupervisionGroup.objects.get()
    assert {answer["Location"] for answer in answers} == {reverse("supervision:group", args=[group.pk])}
    assert "This one has 1" in browser.get(answers[0]["Location"]).content.decode()


def test_a_form_with_a_mistake_comes_back_with_its_words(
    client_of: ClientOf, world: SimpleNamespace, grace: User, amina: User
) -> None:
    told = filled(world, grace, [amina]) | {"supervisor": ""}

    page = client_of(grace).post(f"{reverse('supervision:group-new')}?cohort={world.cohort.pk}", told)

    assert page.status_code == 400
    assert page.context["form"].errors["supervisor"] == [
        "Choose who supervises the group, or make it a group of peers."
    ]
    assert page.context["form"]["name"].value() == "Monday group"


def test_a_manager_of_several_cohorts_first_says_whose_people(client_of: ClientOf, joseph: User) -> None:
    page = client_of(joseph).get(reverse("supervision:group-new"))

    assert [cohort.name for cohort in page.context["cohorts"]] == ["Kisumu, June 2026", "Kisumu, March 2026"]


def test_she_reads_and_signs_and_the_others_see_it(
    client_of: ClientOf, group: SupervisionGroup, amina: User, grace: User
) -> None:
    browser, address = client_of(amina), reverse("supervision:group-agreement", args=[group.pk])
    told = {"key": str(uuid4()), "version": "1", "agree": "1"}
    front = browser.get("/supervision/").content.decode()

    unticked = browser.post(address, {"key": str(uuid4()), "version": "1"})
    signed = [browser.post(address, told) for _ in range(2)]

    assert front.count("You have not signed the agreement yet") == 1
    assert unticked.context["form"].errors["agree"] == ["Tick that you have read it and promise it."]
    assert [answer.status_code for answer in signed] == [302, 302]
    assert AgreementSignature.objects.get().person == amina
    page = client_of(grace).get(reverse("supervision:group", args=[group.pk]))
    assert [bool(signer.signed_at) for signer in page.context["signers"]] == [False, True, False]
    assert "2 people have not signed the agreement yet." in page.content.decode()


def test_a_text_that_was_replaced_meanwhile_is_not_signed(
    client_of: ClientOf, group: SupervisionGroup, amina: User, grace: User
) -> None:
    told = {"key": str(uuid4()), "text": "We are on time."}
    client_of(grace).post(reverse("supervision:group-agreement-text", args=[group.pk]), told)

    page = client_of(amina).post(
        reverse("supervision:group-agreement", args=[group.pk]), {"key": str(uuid4()), "version": "1", "agree": "1"}
    )

    assert page.status_code == 409
    assert page.context["refused"] == "The agreement was changed meanwhile. Read it again, then sign."
    assert AgreementSignature.objects.count() == 0


def test_the_ways_in(client_of: ClientOf, group: SupervisionGroup, amina: User, grace: User, joseph: User) -> None:
    link = f'href="{reverse("supervision:group", args=[group.pk])}"'

    assert client_of(amina).get("/supervision/").content.decode().count(link) == 1
    assert client_of(grace).get("/supervision/").content.decode().count(link) == 1
    assert client_of(joseph).get("/manage/").content.decode().count('href="/supervision/groups/"') == 1
    assert client_of(joseph).get("/supervision/groups/").content.decode().count(link) == 1


def test_who_has_no_group_and_makes_none_finds_no_list(client_of: ClientOf, stranger: User, samuel: User) -> None:
    assert [client_of(one).get("/supervision/groups/").status_code for one in (stranger, samuel)] == [404, 404]


@pytest.mark.parametrize("rows", [1, 29])
def test_the_list_costs_the_same_with_many_groups(
    rows: int,
    client_of: ClientOf,
    make_group: Callable[..., SupervisionGroup],
    amina: User,
    joseph: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        make_group([amina], name=f"Group {number}")
    browser = client_of(joseph)
    browser.get("/supervision/groups/")

    with django_assert_num_queries(7):
        page = browser.get("/supervision/groups/")

    assert len(page.context["page"]) == rows
