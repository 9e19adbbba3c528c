"""What programmes offers: the demo's people and places, the ledger kinds of the core, the ledger's digest by time."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from lms.ledger import registry as ledger_registry
from lms.ledger.registry import EntryKind
from lms.ledger.tasks import write_digest
from lms.notices.actions import deliver_due
from lms.people.actions import add_provider, add_unit, add_user, consent
from lms.people.models import OrgUnit, User
from lms.people.queries import unit_named, user_named
from lms.people.registry import register_sign
from lms.programmes.actions import add_cohort, create_programme, enrol, grant
from lms.programmes.models import Cohort, Programme
from lms.programmes.queries import signs_of_a_person
from lms.programmes.registry import DemoPart, register_demo, register_tick

PASSWORD = "tandem-demo"  # noqa: S105 the demo's published password
DISTRICTS = {"Kisumu Central": ["Lakeside Health Centre", "Market Dispensary"], "North District": ["Hill Clinic"]}
PROVIDERS = [
    ("amina", "Amina Odhiambo", "chw", "female", "Lakeside Health Centre", "0721 000 101"),
    ("brian", "Brian Otieno", "nurse", "male", "Lakeside Health Centre", "0721 000 102"),
    ("chidi", "Chidi Wafula", "teacher", "male", "Market Dispensary", "0721 000 103"),
    ("dalia", "Dalia Hassan", "lay_counsellor", "female", "Market Dispensary", "0721 000 104"),
]
STAFF = [
    ("grace", "Grace Achieng", ("supervisor", "rater"), "cohort", "+254 700 000 011"),
    ("samuel", "Samuel Kiprono", ("rater",), "programme", "+254 700 000 012"),
    ("joseph", "Joseph Mwangi", ("manager",), "programme", "+254 700 000 013"),
    ("lena", "Lena Njeri", ("author",), "programme", ""),
    ("ruth", "Ruth Wanjiru", ("reviewer",), "programme", "+254 700 000 014"),
]


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    ledger_registry.register(
        EntryKind("entry.reversed", {"entry": str, "kind": str}, lambda facts: _("An earlier record was taken back."))
    )
    for name, condition in signs_of_a_person().items():
        register_sign(name, condition)
    register_demo(DemoPart("people", 10, build_demo_people))
    register_tick("what people are told", deliver_due)
    register_tick("ledger digest", tick_digest, daily=True)


def tick_digest(*, at: datetime) -> int:
    """Signs the list of all heads; one thing done."""
    write_digest(at=at)
    return 1


def build_demo_people(*, at: datetime) -> None:
    """Places, two programmes, a cohort in each, and the demo people with their roles."""
    began = at - timedelta(days=120)
    units = demo_units()
    kisumu = demo_programme(
        "helping-kisumu",
        "Helping in Kisumu",
        "Community health workers, nurses and teachers learn to listen, to help, and to call for more help.",
        ("Dr Peter Ouma", "+254 700 000 001"),
        ("Sister Mary Atieno", "+254 700 000 002"),
    )
    north = demo_programme(
        "helping-north",
        "Helping in the North",
        "The same training in the northern district.",
        ("Dr Halima Noor", "+254 700 000 003"),
        ("", ""),
    )
    group = demo_cohort(kisumu, "Kisumu, March 2026", units["Kisumu Central"], began.date())
    other = demo_cohort(north, "North, March 2026", units["North District"], began.date())
    for username, name, cadre, sex, place, phone in PROVIDERS:
        demo_provider((username, name, phone), (cadre, sex), units[place], group, began)
    stranger = ("stranger", "Sara Stranger", "0721 000 109")
    demo_provider(stranger, ("chw", "female"), units["Hill Clinic"], other, began)
    for username, name, roles, scope, phone in STAFF:
        user = demo_user(username, name, at=began, phone=phone)
        for role in roles:
            grant(
                user=user, role=role, programme=kisumu, cohort=group if scope == "cohort" else None, by=None, at=began
            )
    demo_user("admin", "Administrator", at=began, is_staff=True, is_superuser=True)


def demo_units() -> dict[str, OrgUnit]:
    """The demo's tree of places by name."""
    country = unit_named("Kenya") or add_unit(name="Kenya", kind="country")
    units = {}
    for district, facilities in DISTRICTS.items():
        above = unit_named(district) or add_unit(name=district, kind="district", above=country)
        units[district] = above
        for facility in facilities:
            units[facility] = unit_named(facility) or add_unit(name=facility, kind="facility", above=above)
    return units


def demo_programme(slug: str, name: str, summary: str, oncall: tuple[str, str], second: tuple[str, str]) -> Programme:
    """A demo programme, made once."""
    found = Programme.objects.filter(slug=slug).first()
    return found or create_programme(
        slug=slug,
        name=name,
        summary=summary,
        oncall_name=oncall[0],
        oncall_phone=oncall[1],
        oncall2_name=second[0],
        oncall2_phone=second[1],
        is_demo=True,
    )


def demo_cohort(programme: Programme, name: str, unit: OrgUnit, starts_on: date) -> Cohort:
    """A demo cohort, made once."""
    found = Cohort.objects.filter(programme=programme, name=name).first()
    return found or add_cohort(programme=programme, name=name, starts_on=starts_on, org_unit=unit)


def demo_user(username: str, name: str, *, at: datetime, **fields: str | bool) -> User:
    """A demo person, made once, who agreed to the privacy notice."""
    user = user_named(username)
    if user is None:
        user = add_user(username=username, name=name, password=PASSWORD, at=at, is_demo=True, **fields)
        consent(user=user, kind="privacy", version="1", at=at)
    return user


def demo_provider(
    who: tuple[str, str, str], what: tuple[str, str], unit: OrgUnit, cohort: Cohort, at: datetime
) -> None:
    """A demo provider in a cohort, who agreed to the code of conduct."""
    username, name, phone = who
    user = demo_user(username, name, at=at, phone=phone)
    if not hasattr(user, "provider"):
        cadre, sex = what
        add_provider(user=user, cadre=cadre, sex=sex, org_unit=unit, languages=["en", "sw"])
        consent(user=user, kind="code_of_conduct", version="1", at=at)
    enrol(provider=user.provider, cohort=cohort, by=None, at=at)
