"""A planned meeting of a supervision group."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from lms.ledger.tasks import digest_folder
from lms.people.models import User
from supervision.groups.models import SupervisionGroup
from supervision.sessions.actions import schedule
from supervision.sessions.models import SupervisionSession


@pytest.fixture
def group_meeting(world: SimpleNamespace, group: SupervisionGroup, grace: User, now: datetime) -> SupervisionSession:
    """Of Grace's group, with Amina and Brian."""
    return schedule(cohort=world.cohort, group=group, title="Tuesday", starts_at=now, by=grace, at=now)


@pytest.fixture
def no_list() -> None:
    """No signed list of heads from a test before this one, whose people had other ledgers."""
    for old in digest_folder().glob("heads-*.json"):
        old.unlink()
