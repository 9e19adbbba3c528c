"""Live, ready, and not ready."""

from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.test import Client


@pytest.mark.django_db
def test_live_and_ready(client: Client) -> None:
    assert [client.get(path).status_code for path in ("/health/live", "/health/ready")] == [200, 200]


@pytest.mark.django_db
def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> SimpleNamespace:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", broken)

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.content) == (503, b"the database does not answer")
