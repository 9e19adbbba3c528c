"""What is offered to the front page and to a person's page: certificate, skills, signatures, card, what happened."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.certification import access as certification_access
from lms.certification import queries as certification
from lms.certification.rules.standing import refusal_to_sign
from lms.competency import queries as competency
from lms.competency.queries.practice import practices_of
from lms.home import registry as home
from lms.ledger.queries import entries_of, own_entries
from lms.notices import queries as notice_queries
from lms.notices import rules as notice_rules
from lms.people.actions import forget_starting_pins
from lms.people.models import Provider, User
from lms.programmes.access import has_role, may_act_on
from lms.programmes.models import Programme
from lms.programmes.queries import assignments_of, held_assignments, held_enrolments, programmes_of
from lms.programmes.registry import register_tick
from lms.reporting import queries, registry

PRACTICES = 4
REACHED_STAYS = timedelta(days=60)
RATES = ("rater", "supervisor")


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    home.register(home.Panel("certificate", 60, "main", "lms/certification/_panel.html", my_certificate))
    home.register(home.Panel("practice", 25, "main", "lms/competency/_practice_panel.html", my_practice))
    home.register(home.Panel("rating", 40, "main", "lms/competency/_rater_panel.html", my_ratings))
    home.register(home.Panel("ready", 20, "main", "lms/reporting/_ready_panel.html", ready))
    home.register(home.Panel("signing", 30, "main", "lms/reporting/_signing_panel.html", to_sign))
    for section in (
        registry.Section("standing", 10, "lms/certification/_standing_section.html", standing),
        registry.Section("practice", 25, "lms/competency/_practice_section.html", practice),
        registry.Section("ratings", 30, "lms/competency/_person_section.html", ratings),
        registry.Section("sign-off", 10, "lms/certification/_sign_section.html", sign_off, "side"),
        registry.Section("card", 50, "lms/reporting/_card_section.html", card, "side"),
        registry.Section("messages", 70, "lms/reporting/_notices_section.html", messages_to, "side"),
        registry.Section("timeline", 90, "lms/reporting/_timeline_section.html", happened, "side"),
    ):
        registry.register_section(section)
    certified = registry.Figure("certified", _("people hold a certificate,"), queries.certified)
    supervised = registry.Figure("supervised", _("people in practice met their group in 30 days,"), queries.supervised)
    unreached = registry.Figure("unreached", _("people did not get a message in 7 days,"), queries.unreached)
    for figure in (certified, supervised, unreached):
        registry.register_figure(figure)
    register_tick("starting PINs", forget_starting_pins)


def my_certificate(person: User, *, at: datetime) -> dict[str, Any] | None:
    """How far a provider is, and the newest feedback; one query for a certificate that was given, with its rules;
    before that none beside what the page has read, for the rules of now are kept.
    """
    enrolment = next(iter(held_enrolments(person)), None)
    if enrolment is None:
        return None
    today, programme = timezone.localdate(at), enrolment.programme_id
    entries = [entry for entry in own_entries(person) if entry.programme_id == programme]
    held = None
    if any(entry.kind == "certificate.issued" for entry in entries):
        held = certification.newest_of([enrolment.provider_id], programme, today).get(enrolment.provider_id)
    version = held.certificate.version if held else certification.known_versions([programme]).get(programme)
    if version is None:
        return None
    told = [entry for entry in entries if entry.kind == "assessment.fed_back"]
    return {
        "version": version,
        "standing": certification.place_from(entries, version, today).standing,
        "held": held,
        "feedback": told[-1] if told else None,
    }


def my_practice(person: User, *, at: datetime) -> dict[str, Any] | None:
    """The skills that a learner practises, step by step, and for some weeks what she has reached; no query beside what
    the page has read.
    """
    enrolment = next(iter(held_enrolments(person)), None)
    if enrolment is None:
        return None
    entries = [entry for entry in own_entries(person) if entry.programme_id == enrolment.programme_id]
    if not any(entry.kind == "assessment.fed_back" for entry in entries):
        return None
    skills = competency.known_skills(enrolment.programme_id)
    found = practices_of(entries, held_assignments(person), skills, told_only=True)
    since = at - REACHED_STAYS
    shown = [one for one in found if not one.chain.is_closed or one.chain.levels[-1][0] > since]
    return {"practices": shown[:PRACTICES], "mine": True} if shown else None


def practice(viewer: User, provider: Provider, programme: Programme, *, at: datetime) -> dict[str, Any] | None:
    """The same on a person's page, for who follows her; also what was not talked through yet."""
    entries = entries_of(provider, programme)
    if not any(entry.kind == "assessment.finalised" for entry in entries):
        return None
    in_group = is_in_group(viewer, provider, programme)
    skills, asked = competency.known_skills(programme.pk), assignments_of(provider)
    found = practices_of(entries, asked, skills, told_only=False, in_group=in_group)
    return {"practices": found[:PRACTICES], "mine": False} if found else None


def my_ratings(person: User, *, at: datetime) -> dict[str, Any] | None:
    """A rater's unfinished work; one query."""
    return competency.rater_counts(person) if has_role(person, *RATES) and not person.is_superuser else None


def to_sign(person: User, *, at: datetime) -> dict[str, Any] | None:
    """Certificates that wait for a manager's signature; one query."""
    if not has_role(person, "manager") or person.is_superuser:
        return None
    reviews = list(certification.waiting_for_second(person, programmes_of(person, "manager"))[:6])
    return {"reviews": reviews[:5], "more": len(reviews) > 5} if reviews else None


def ready(person: User, *, at: datetime) -> dict[str, Any] | None:
    """People who are complete and wait for a supervisor's signature; three queries."""
    if not has_role(person, "supervisor") or person.is_superuser:
        return None
    rows = certification.ready_to_sign(person, timezone.localdate(at))
    return {"ready": rows[:5], "more": len(rows) > 5} if rows else None


def is_in_group(viewer: User, provider: Provider, programme: Programme) -> bool:
    """Whether the viewer supervises this person, and so belongs to the group and its meetings."""
    if viewer.is_superuser or not has_role(viewer, "supervisor", programme=programme):
        return False
    return may_act_on(viewer, provider, "supervisor", programme=programme)


def standing(viewer: User, provider: Provider, programme: Programme, *, at: datetime) -> dict[str, Any] | None:
    """Each requirement with its proof."""
    version = certification.version_for(programme)
    if version is None:
        return None
    place = certification.place_of(provider, version, timezone.localdate(at))
    in_group = is_in_group(viewer, provider, programme)
    lines = certification.shown_lines(place.standing, {}, in_group=in_group)
    return {"version": version, "standing": place.standing, "lines": lines}


def sign_off(viewer: User, provider: Provider, programme: Programme, *, at: datetime) -> dict[str, Any] | None:
    """Who signed, whether the viewer can sign now and if not why, and the certificates that were given."""
    version = certification.version_for(programme)
    if version is None:
        return None
    today = timezone.localdate(at)
    certificates = [
        held for held in certification.certificates_of(provider, today) if held.certificate.programme_id == programme.id
    ]
    place = certification.place_of(provider, version, today)
    review = certification.open_review(provider, version)
    signer = certification_access.signer_of(viewer, provider, programme)
    is_stale = review is not None and certification.is_stale(review, place.standing)
    signed = {row.position: row for row in review.signatures.all()} if review and not is_stale else {}
    position = 2 if 1 in signed else 1
    given = {number: row.by_id for number, row in signed.items()}
    takes_part = certification.takes_part(provider, programme)
    refusal = refusal_to_sign(signer, position, place.standing, given, takes_part=takes_part)
    return {
        "version": version,
        "standing": place.standing,
        "certificates": certificates,
        "first": signed.get(1),
        "position": position,
        "refusal": refusal.sentence if refusal else "",
        "is_stale": is_stale,
        "key": uuid4(),
        "manages": signer.manages,
        "is_closed": any(held.is_open for held in certificates),
    }


def ratings(viewer: User, provider: Provider, programme: Programme, *, at: datetime) -> dict[str, Any] | None:
    """Finished ratings, newest first, harm named first."""
    rows = competency.finalised_of(provider, programme)
    frameworks = competency.frameworks_to_rate(viewer, provider, at.date()) if viewer.id != provider.user_id else []
    return {"rows": [competency.summary(row) for row in rows], "may_start": bool(frameworks)}


def card(viewer: User, provider: Provider, programme: Programme, *, at: datetime) -> dict[str, Any] | None:
    """How the person signs in, and the one tap that replaces a lost card."""
    found = queries.card_section(viewer, provider, programme, at)
    return found and {**found, "key": uuid4()}


def messages_to(viewer: User, provider: Provider, programme: Programme, *, at: datetime) -> dict[str, Any] | None:
    """What this person was told by mail or text message, and what did not go out and why; two queries."""
    person = provider.user
    if person is None:
        return None
    notices, wanted = notice_queries.notices_of(person), notice_queries.choice_of(person).channel
    for one in notices:
        one.is_lost = one.why in notice_rules.LOST
    reached = bool(notice_rules.ways(wanted, email=person.email, phone=person.phone))
    return {"notices": notices, "reached": reached, "silenced": wanted == notice_rules.NONE}


def happened(viewer: User, provider: Provider, programme: Programme, *, at: datetime) -> dict[str, Any]:
    """The ledger of this person in words."""
    in_group = is_in_group(viewer, provider, programme)
    return {"happenings": queries.timeline(provider, programme, in_group=in_group)}
