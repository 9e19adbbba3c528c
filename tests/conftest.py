"""The fixed people: Amina learns, Grace supervises, Joseph manages, Stranger may not."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from lms.people.actions import add_provider, add_user
from lms.people.models import OrgUnit, User
from lms.programmes.actions import add_cohort, create_programme, enrol, grant
from tests.served import browser, open_context, people, server
from tests.template import copy_to_database, copy_to_file, sql

__all__ = ["browser", "open_context", "people", "server"]

NOW = datetime(2026, 3, 17, 11, 0, tzinfo=UTC)
BEGAN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """Tuesday 17 March 2026, 2 pm in Kisumu."""
    return NOW


@pytest.fixture
def today() -> date:
    """The day of `now`."""
    return NOW.date()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """The test database stands before Django looks for it: a copy of the migrated template."""
    name = connection.creation._get_test_db_name()
    if connection.vendor == "sqlite":
        copy_to_file(Path(name))
    else:
        copy_to_database(name)
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database; on PostgreSQL it goes with the run, and connections that threads of the room left open."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            name = connection.settings_dict["NAME"]
            connections.close_all()
            sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def forget_cache() -> None:
    """Empties this worker's cache; Django's own `clear` would flush the whole Redis, other workers' rooms too."""
    if not settings.REDIS_URL:
        cache.clear()
        return
    client = cache._cache.get_client(write=True)
    for key in client.scan_iter(match=f"{settings.REDIS_PREFIX}:*", count=1000):
        client.delete(key)


@pytest.fixture(autouse=True)
def fresh_start() -> None:
    """Limits counted in the cache start at nothing; the last request's language and time zone are forgotten."""
    forget_cache()
    translation.activate("en")
    timezone.deactivate()


@pytest.fixture(autouse=True)
def quick_passwords(settings: SimpleNamespace) -> None:
    """Hashing a hundred passwords slowly proves nothing here; the login's own test says what production uses."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """Places, two programmes with a cohort each, and the second cohort of the first programme."""
    return make_world()


def make_world() -> SimpleNamespace:
    """What `world` gives."""
    country = OrgUnit.add_root(name="Kenya", kind="country")
    district = country.add_child(name="Kisumu Central", kind="district")
    clinic = district.add_child(name="Lakeside Health Centre", kind="facility")
    north = OrgUnit.objects.get(pk=country.pk).add_child(name="North District", kind="district")
    programme = create_programme(
        slug="helping-kisumu", name="Helping in Kisumu", oncall_name="Dr Peter Ouma", oncall_phone="+254 700 000 001"
    )
    other = create_programme(
        slug="helping-north", name="Helping in the North", oncall_name="Dr Halima Noor", oncall_phone="+254 700 000 003"
    )
    return SimpleNamespace(
        country=country,
        district=district,
        clinic=clinic,
        north=north,
        programme=programme,
        other_programme=other,
        cohort=add_cohort(programme=programme, name="Kisumu, March 2026", starts_on=BEGAN.date(), org_unit=district),
        second_cohort=add_cohort(programme=programme, name="Kisumu, June 2026", starts_on=BEGAN.date()),
        other_cohort=add_cohort(programme=other, name="North, March 2026", starts_on=BEGAN.date(), org_unit=north),
    )


def person(username: str, name: str) -> User:
    """Somebody with the demo's password."""
    return add_user(username=username, name=name, password="tandem-demo", at=BEGAN)


def learner(username: str, name: str, world: SimpleNamespace, *, cohort: str = "cohort", unit: str = "clinic") -> User:
    """A provider in a cohort of the world."""
    user = person(username, name)
    provider = add_provider(user=user, cadre="chw", sex="female", org_unit=getattr(world, unit), languages=["en"])
    enrol(provider=provider, cohort=getattr(world, cohort), by=None, at=BEGAN)
    return user


@pytest.fixture
def make_learner(world: SimpleNamespace) -> Callable[..., User]:
    """Makes further providers: make_learner("eve", "Eve Example", cohort="second_cohort")."""
    return lambda username, name, **where: learner(username, name, world, **where)


@pytest.fixture
def amina(world: SimpleNamespace) -> User:
    """Learns in the cohort."""
    return learner("amina", "Amina Odhiambo", world)


@pytest.fixture
def brian(world: SimpleNamespace) -> User:
    """Learns in the same cohort."""
    return learner("brian", "Brian Otieno", world)


@pytest.fixture
def stranger(world: SimpleNamespace) -> User:
    """Learns in another programme."""
    return learner("stranger", "Sara Stranger", world, cohort="other_cohort", unit="north")


@pytest.fixture
def grace(world: SimpleNamespace) -> User:
    """Supervises and rates the cohort."""
    user = person("grace", "Grace Achieng")
    for role in ("supervisor", "rater"):
        grant(user=user, role=role, programme=world.programme, cohort=world.cohort, by=None, at=BEGAN)
    return user


def with_role(username: str, name: str, role: str, world: SimpleNamespace) -> User:
    """Somebody with a role in the whole programme."""
    user = person(username, name)
    grant(user=user, role=role, programme=world.programme, by=None, at=BEGAN)
    return user


@pytest.fixture
def samuel(world: SimpleNamespace) -> User:
    """Rates in the programme."""
    return with_role("samuel", "Samuel Kiprono", "rater", world)


@pytest.fixture
def joseph(world: SimpleNamespace) -> User:
    """Manages the programme."""
    return with_role("joseph", "Joseph Mwangi", "manager", world)


@pytest.fixture
def lena(world: SimpleNamespace) -> User:
    """Writes its courses."""
    return with_role("lena", "Lena Njeri", "author", world)


@pytest.fixture
def ruth(world: SimpleNamespace) -> User:
    """Reviews its courses."""
    return with_role("ruth", "Ruth Wanjiru", "reviewer", world)


@pytest.fixture
def admin(db: None) -> User:
    """Administers the installation."""
    return User.objects.create_superuser("admin", "tandem-demo", name="Administrator")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which somebody is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="lms.people.access.CardOrNameBackend")
        return client

    return signed_in


@pytest.fixture
def fresh() -> Callable[[User], User]:
    """The same person without what this request remembered of them."""
    return lambda user: User.objects.get(pk=user.pk)


WITHOUT_DATABASE = ("/test_rules.py", "/test_architecture.py", "/supervision/guard/")


def turn(item: pytest.Item) -> int:
    """The thread first, for it takes longest and makes the demo that every browser waits for. While the databases are
    made: what needs none, then the core without a browser. Then the browsers; what is short fills the end.
    """
    if "/journeys/test_thread" in item.nodeid:
        return 0
    if item.get_closest_marker("browser") is not None:
        return 3
    if any(part in item.nodeid for part in WITHOUT_DATABASE):
        return 1
    return 2 if "tests/lms/" in item.nodeid else 4


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each file in its turn, so that no worker waits for another."""
    items.sort(key=turn)
