"""The rules that pages show are kept for a minute: new ones are seen at once, and what decides never asks the cache."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest

from lms.certification import actions, queries
from lms.certification.models import SchemeVersion

pytestmark = pytest.mark.django_db


def test_a_second_look_asks_nothing_also_where_there_are_no_rules(
    world: SimpleNamespace, django_assert_num_queries: Callable
) -> None:
    with django_assert_num_queries(1):
        assert queries.known_versions([world.programme.pk]) == {}

    with django_assert_num_queries(0):
        assert queries.known_versions([world.programme.pk]) == {}


def test_new_rules_are_seen_at_once(
    scheme: SchemeVersion, world: SimpleNamespace, now: datetime, django_capture_on_commit_callbacks: Callable
) -> None:
    before = queries.known_versions([world.programme.pk])

    with django_capture_on_commit_callbacks(execute=True):
        newer = publish_again(scheme, now)

    assert before == {world.programme.pk: scheme}
    assert queries.known_versions([world.programme.pk]) == {world.programme.pk: newer}


def test_what_decides_reads_the_rules_that_hold_now(
    scheme: SchemeVersion, world: SimpleNamespace, now: datetime
) -> None:
    queries.known_versions([world.programme.pk])

    newer = publish_again(scheme, now)

    assert queries.known_versions([world.programme.pk]) == {world.programme.pk: scheme}
    assert queries.version_for(world.programme) == newer


def publish_again(scheme: SchemeVersion, at: datetime) -> SchemeVersion:
    return actions.publish_scheme(
        programme=scheme.scheme.programme,
        code=scheme.scheme.code,
        title=scheme.scheme.title,
        requirements=scheme.requirements,
        valid_months=scheme.valid_months + 1,
        grace_days=scheme.grace_days,
        at=at,
    )
