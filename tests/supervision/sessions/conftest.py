"""A planned meeting of a supervision group."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from lms.people.models import User
from supervision.groups.models import SupervisionGroup
from supervision.sessions.actions import schedule
from supervision.sessions.models import SupervisionSession


@pytest.fixture
def group_meeting(world: SimpleNamespace, group: SupervisionGroup, grace: User, now: datetime) -> SupervisionSession:
    """Of Grace's group, with Amina and Brian."""
    return schedule(cohort=world.cohort, group=group, title="Tuesday", starts_at=now, by=grace, at=now)
