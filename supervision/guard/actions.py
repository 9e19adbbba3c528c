"""Changes about identifiers: confirm, mark, decide, tell the writer, keep the programme's own lists."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from lms.notices.actions import notify
from lms.people.models import User
from lms.programmes.access import has_role
from lms.programmes.models import Programme
from lms.programmes.rules import NotInScope

from . import access, queries, registry, rules
from .models import Confirmation, IdentifierIncident, IncidentEvent, WatchedWord
from .rules import incidents


@transaction.atomic
def confirm(
    *, subject: UUID, field: str, findings: Iterable[rules.Finding], reason: str, by: User, at: datetime
) -> list[Confirmation]:
    """The writer says why these findings stay; what has a reason already keeps it."""
    if reason not in rules.REASONS:
        raise incidents.NotAnIncident
    new = queries.unconfirmed(findings, field, queries.confirmations_of(subject))
    return [
        Confirmation.objects.create(
            subject=subject, field=field, kind=finding.kind, words=finding.text, reason=reason, by=by, at=at
        )
        for finding in new
    ]


@transaction.atomic
def keep_reasons(*, subject: UUID, left: Iterable[rules.Left], by: User, at: datetime) -> None:
    """What a form left in its texts, and why; words that stand there no more are forgotten."""
    for one in left:
        for row in queries.confirmations_of(subject):
            if row.field == one.field and not rules.has_words(one.text, row.words):
                row.delete()
        confirm(subject=subject, field=one.field, findings=one.findings, reason=one.reason, by=by, at=at)


@transaction.atomic
def forget_gone(*, subject: UUID, left: Iterable[str] = ()) -> None:
    """Reasons for words that stand in none of these texts any more go; `left`: what there is still."""
    texts = list(left)
    for row in queries.confirmations_of(subject):
        if not any(rules.has_words(text, row.words) for text in texts):
            row.delete()


@transaction.atomic
def forget_confirmations(*, subject: UUID, field: str | None = None) -> None:
    """The text is gone or was changed by somebody else: its words must not stay here."""
    rows = Confirmation.objects.filter(subject=subject)
    (rows if field is None else rows.filter(field=field)).delete()


def mark(
    *,
    subject: UUID,
    place: str,
    programme: UUID,
    writer: UUID,
    kinds: Collection[str],
    at: datetime,
    session: UUID | None = None,
    number: int | None = None,
    lead: UUID | None = None,
    reason: str = "",
    by: User | None = None,
) -> IdentifierIncident:
    """Words were found, by us (`by` None) or by somebody; people and programme are told by their ids.

    Marked again while it is open, it is the same incident.
    """
    open_one = queries.open_incident(subject)
    if open_one:
        return open_one
    told = {
        "programme_id": programme,
        "place": place,
        "session": session,
        "number": number,
        "writer_id": writer,
        "lead_id": lead,
        "kinds": " ".join(sorted(set(kinds))),
        "reason": reason,
        "found_by": "human" if by else "auto",
        "found_at": at,
    }
    try:
        with transaction.atomic():
            incident = IdentifierIncident.objects.create(subject=subject, **told)
            _tell(incident, "detected", by=by, at=at)
    except IntegrityError:  # marked by two people at once
        return IdentifierIncident.objects.get(subject=subject, closed_at=None)
    return incident


def _tell(incident: IdentifierIncident, state: str, *, by: User | None, at: datetime) -> None:
    IncidentEvent.objects.create(incident=incident, number=incident.events.count() + 1, state=state, by=by, at=at)


def _move(incident: IdentifierIncident, to: str, *, by: User | None, at: datetime) -> None:
    incidents.check_move(incident.state, to)
    incident.state = to
    incident.closed_at = at if to == "closed" else None
    incident.save(update_fields=["state", "closed_at"])
    _tell(incident, to, by=by, at=at)


def _locked(incident: IdentifierIncident) -> IdentifierIncident:
    return IdentifierIncident.objects.select_for_update(of=("self",)).select_related("writer").get(pk=incident.pk)


@transaction.atomic
def decide(*, incident: IdentifierIncident, harmless: bool, by: User, at: datetime) -> IdentifierIncident:
    """It shows nobody, and stays; or the words go, everywhere. Deciding the same again changes nothing."""
    incident = _locked(incident)
    if not access.may_decide(by, incident):
        raise incidents.NotYoursToDecide
    if not incident.is_open:
        decided_harmless = incident.events.filter(state="false_alarm").exists()
        if decided_harmless == harmless:
            return incident
        raise incidents.IncidentMoved
    if harmless:
        _move(incident, "false_alarm", by=by, at=at)
        _move(incident, "closed", by=by, at=at)
        return incident
    registry.take_away(incident, by=by, at=at)
    words_went(subject=incident.subject, by=by, at=at)
    incident.refresh_from_db()
    return incident


@transaction.atomic
def hold_back(*, subject: UUID, by: User, at: datetime) -> None:
    """The text went back to its writer: nobody else sees it until the words are changed."""
    incident = queries.open_incident(subject)
    if incident and incident.state == "detected":
        _move(_locked(incident), "quarantined", by=by, at=at)


@transaction.atomic
def mended(*, subject: UUID, by: User, at: datetime) -> None:
    """The writer changed a text that was held back, and sends it anew."""
    incident = queries.open_incident(subject)
    if incident and incident.state == "quarantined":
        incident = _locked(incident)
        for state in ("redacted", "notified", "closed"):
            _move(incident, state, by=by, at=at)


@transaction.atomic
def words_went(*, subject: UUID, by: User | None, at: datetime, left: Iterable[str] = ()) -> None:
    """The words are gone where they stood, whoever took them away: the incident follows, and the writer is told.

    `left`: what stands there still; other words in it keep their reasons.
    """
    forget_gone(subject=subject, left=left)
    incident = queries.open_incident(subject)
    if incident is None or not incident.is_open:
        return
    incident = _locked(incident)
    _move(incident, "redacted", by=by, at=at)
    if by is None or by.pk != incident.writer_id:
        tell_writer(incident, at)
    _move(incident, "notified", by=None, at=at)
    _move(incident, "closed", by=None, at=at)


def tell_writer(incident: IdentifierIncident, at: datetime) -> None:
    """In the writer's language, without a word of what it was."""
    with translation.override(incident.writer.language):
        notify(
            key=uuid5(incident.pk, "words taken away"),
            person=incident.writer,
            kind="identifiers.redacted",
            subject=_("Some of your words were taken away"),
            text=_("Some words that you wrote could show who a person is, so they were taken away. It happens to all."),
            link=registry.link_to(incident) or reverse("home:home"),
            at=at,
        )


@transaction.atomic
def watch_words(
    *, programme: Programme, names: Collection[str], places: Collection[str], by: User, at: datetime
) -> None:
    """The manager's two lists, written whole."""
    if not has_role(by, "manager", programme=programme):
        raise NotInScope
    wanted = {("name", words) for words in names} | {("place", words) for words in places}
    held = {(row.kind, row.words): row for row in WatchedWord.objects.filter(programme=programme)}
    WatchedWord.objects.filter(pk__in=[row.pk for key, row in held.items() if key not in wanted]).delete()
    WatchedWord.objects.bulk_create(
        WatchedWord(programme=programme, kind=kind, words=words, by=by, at=at)
        for kind, words in sorted(wanted - held.keys())
    )
    transaction.on_commit(lambda: queries.forget_register(programme.pk))
