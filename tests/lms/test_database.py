"""How the database is set up: SQLite writes ahead and does not lock writers out."""

import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction

from lms.people.models import Consent, User
from tests.conftest import BEGAN


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no journal mode")
@pytest.mark.django_db
def test_sqlite_writes_ahead() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")

        assert cursor.fetchone() == ("wal",)


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_lose_nothing() -> None:
    person = User.objects.create_user("amina", None, name="Amina")
    faults: list[Exception] = []

    def write() -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    Consent.objects.create(user=person, kind="privacy", version=uuid4().hex[:20], at=BEGAN)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert (faults, Consent.objects.count()) == ([], 80)
