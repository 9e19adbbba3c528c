"""Amina presses Urgent; Grace is on call first, Ruth second."""

from collections.abc import Callable
from datetime import datetime, time
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import timezone

from lms.people.actions import set_contact
from lms.people.models import User
from supervision.risk import actions
from supervision.risk.models import RiskEscalation


def with_mail(person: User) -> User:
    """Somebody to whom something can be sent; who has neither a number nor a mail address is passed over."""
    return set_contact(person=person, email=f"{person.username}@example.org", phone=person.phone)


@pytest.fixture
def grace(grace: User) -> User:
    """Grace, whom a mail reaches."""
    return with_mail(grace)


@pytest.fixture
def ruth(ruth: User) -> User:
    """Ruth, whom a mail reaches."""
    return with_mail(ruth)


@pytest.fixture
def joseph(joseph: User) -> User:
    """Joseph, whom a mail reaches."""
    return with_mail(joseph)


@pytest.fixture
def press(amina: User, now: datetime) -> Callable[..., RiskEscalation]:
    """press(): Amina presses now; press(brian, what="violence", happened_at=...)."""

    def pressed(by: User | None = None, **told: object) -> RiskEscalation:
        told = {"key": uuid4(), "what": "self", "happened_at": now, "at": now} | told
        return actions.raise_risk(by=by or amina, **told)

    return pressed


@pytest.fixture
def rota(world: SimpleNamespace, grace: User, ruth: User, now: datetime) -> None:
    """Grace first and Ruth second, every day all day."""
    for person, position in ((grace, 1), (ruth, 2)):
        times = {"weekdays": "0123456", "begins": time(0), "ends": time(0)}
        actions.add_shift(programme=world.programme, person=person, position=position, by=None, at=now, **times)


@pytest.fixture
def danger(rota: None, press: Callable[..., RiskEscalation]) -> RiskEscalation:
    """Pressed by Amina, told to Grace."""
    return press()


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Pages are asked for at that moment."""
    monkeypatch.setattr(timezone, "now", lambda: now)
