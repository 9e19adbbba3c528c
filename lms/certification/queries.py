"""Questions about schemes, standing, signatures and certificates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects

from lms.certification import registry
from lms.certification.models import Certificate, CertificateEvent, Review, SchemeVersion, Signature
from lms.certification.rules.codes import TOKEN_LETTERS, read_code
from lms.certification.rules.standing import Asked, Line, Standing, fresh_after, standing_of, still_stands
from lms.certification.rules.status import EXPIRED, HOLDS, REVOKED, SUSPENDED, Decision, status_of
from lms.ledger import queries as ledger
from lms.ledger.models import Entry
from lms.ledger.registry import kinds, link_of
from lms.people.models import Provider, User
from lms.programmes.models import Enrolment, Programme, Subject
from lms.programmes.queries import enrolments_within, subjects_by_keys
from lms.programmes.rules import LEARNING_STAGES

OPEN = Q(issued_at__isnull=True, closed_at__isnull=True)
KEPT_SECONDS = 60
PRACTISING = 60
"""So many people of a supervisor are looked at on the front page."""


@dataclass(frozen=True)
class Held:
    """A certificate with what it is worth today; `ended_at` is when it stopped, if it did."""

    certificate: Certificate
    status: str
    ended_at: datetime | None

    @property
    def holds(self) -> bool:
        return self.status in HOLDS

    @property
    def is_suspended(self) -> bool:
        return self.status == SUSPENDED

    @property
    def is_revoked(self) -> bool:
        return self.status == REVOKED

    @property
    def is_open(self) -> bool:
        """It holds or may come back: no other one is given beside it."""
        return self.status in HOLDS or self.status == SUSPENDED


@dataclass(frozen=True)
class Place:
    """Where somebody stands: the requirements, and the entries they were judged on."""

    standing: Standing
    entries: list[Entry]

    @property
    def has_begun(self) -> bool:
        return bool(self.entries)


def current_versions(programme_ids: Iterable[UUID]) -> dict[UUID, SchemeVersion]:
    """Programme -> the newest rules of its scheme; a programme without a scheme is left out."""
    rows = SchemeVersion.objects.filter(scheme__programme__in=list(programme_ids)).select_related("scheme__programme")
    newest: dict[UUID, SchemeVersion] = {}
    for row in rows.order_by("number"):
        newest[row.scheme.programme_id] = row
    return newest


def known_versions(programme_ids: Iterable[UUID]) -> dict[UUID, SchemeVersion]:
    """`current_versions` for pages that only show them, kept for a minute; new rules end that at once.

    What decides something (a signature, a stage) asks `current_versions`.
    """
    keys = {key: kept_under(key) for key in programme_ids}
    kept = cache.get_many(keys.values())
    unknown = [key for key, name in keys.items() if name not in kept]
    if unknown:
        found = current_versions(unknown)
        fresh = {keys[key]: found.get(key) for key in unknown}
        cache.set_many(fresh, KEPT_SECONDS)
        kept |= fresh
    return {key: kept[name] for key, name in keys.items() if kept[name]}


def kept_under(programme_id: UUID) -> str:
    """Where the cache keeps a programme's rules."""
    return f"rules:{programme_id}"


def version_for(programme: Programme | UUID) -> SchemeVersion | None:
    key = programme.pk if isinstance(programme, Programme) else programme
    return current_versions([key]).get(key)


def place_of(provider: Provider, version: SchemeVersion, today: date) -> Place:
    """Computed now from the ledger; nothing about it is stored."""
    return places_of([provider.pk], version, today)[provider.pk]


def places_of(provider_ids: Iterable[UUID], version: SchemeVersion, today: date) -> dict[UUID, Place]:
    """Many people by the same rules; one query."""
    ids = list(provider_ids)
    entries = ledger.entries_of_many(ids, version.scheme.programme_id)
    asked = registry.asked(version.requirements)
    return {key: _place(asked, entries.get(key, []), version.grace_days, today) for key in ids}


def place_from(entries: Iterable[Entry], version: SchemeVersion, today: date) -> Place:
    """The same from entries that were read before; no query."""
    told = [entry for entry in entries if entry.programme_id == version.scheme.programme_id]
    return _place(registry.asked(version.requirements), told, version.grace_days, today)


def _place(asked: list[Asked], entries: list[Entry], grace_days: int, today: date) -> Place:
    since = fresh_after(entries, grace_days, today)
    return Place(standing_of(asked, entries, today, since), entries)


@dataclass(frozen=True)
class ShownLine:
    """A requirement as a page shows it: the proof with where to see it, and where the next step leads."""

    line: Line
    proof: list[tuple[Entry, str, str | None]]
    next_url: str


def shown_lines(standing: Standing, subjects: Mapping[UUID, Subject], *, in_group: bool = True) -> list[ShownLine]:
    """Each requirement with its proof said in words, to somebody of the person's group or not; no query."""
    return [_shown(line, subjects, in_group) for line in standing.lines]


def _shown(line: Line, subjects: Mapping[UUID, Subject], in_group: bool) -> ShownLine:
    proof = [
        (entry, kinds[entry.kind].sentence(entry.facts), link_of(entry, in_group=in_group))
        for entry in line.verdict.proof
    ]
    subject = subjects.get(line.verdict.subject) if line.verdict.subject else None
    return ShownLine(line, proof, subject.url if subject else "")


def subjects_in(versions: Iterable[SchemeVersion]) -> dict[UUID, Subject]:
    """What the rules name that can be opened; one query."""
    named = [item["params"].get("subject") for version in versions for item in version.requirements]
    return {subject.key: subject for subject in subjects_by_keys(UUID(key) for key in named if key)}


def version_by_id(key: UUID) -> SchemeVersion | None:
    return SchemeVersion.objects.select_related("scheme__programme").filter(id=key).first()


def is_newest(version: SchemeVersion) -> bool:
    return not SchemeVersion.objects.filter(scheme=version.scheme_id, number__gt=version.number).exists()


def takes_part(provider: Provider, programme: Programme | UUID) -> bool:
    """Whether somebody learns or practises in a programme now: enrolled, not paused, not out."""
    return provider.enrolments.filter(programme=programme, stage__in=LEARNING_STAGES).exists()


def with_events(certificates: QuerySet[Certificate]) -> QuerySet[Certificate]:
    related = certificates.select_related("provider__user", "programme", "version__scheme", "review")
    signatures = Prefetch("review__signatures", queryset=Signature.objects.select_related("by"))
    return related.prefetch_related("events", signatures)


def held(certificate: Certificate, today: date) -> Held:
    """The status of a day, from prefetched events."""
    return _held(certificate, sorted(certificate.events.all(), key=lambda event: event.at), today)


def _held(certificate: Certificate, events: list[CertificateEvent], today: date) -> Held:
    status = status_of([event.kind for event in events], certificate.dates, today)
    if status in (REVOKED, SUSPENDED):
        return Held(certificate, status, next(event.at for event in reversed(events) if event.kind == status))
    ran_out = datetime.combine(certificate.grace_until, time.max, UTC) if status == EXPIRED else None
    return Held(certificate, status, ran_out)


def certificates_of(provider: Provider, today: date) -> list[Held]:
    """All that somebody was ever given, newest first."""
    return [held(row, today) for row in with_events(Certificate.objects.filter(provider=provider))]


def newest_of(provider_ids: Iterable[UUID], programme: Programme | UUID, today: date) -> dict[UUID, Held]:
    """Provider -> the newest certificate in a programme;
    one query, for every certificate has at least the event of its issue.
    """
    events = CertificateEvent.objects.filter(
        certificate__provider__in=list(provider_ids), certificate__programme=programme
    )
    told: dict[Certificate, list[CertificateEvent]] = {}
    for event in events.select_related("certificate__version__scheme").order_by(
        "certificate__issued_on", "certificate__number", "at"
    ):
        told.setdefault(event.certificate, []).append(event)
    return {certificate.provider_id: _held(certificate, rows, today) for certificate, rows in told.items()}


def find_public(typed: str, today: date) -> Held | None:
    """What the public may look up: a printed code, or the longer token of the QR, however it is typed."""
    code = read_code(typed)
    if code is None:
        return None
    asked = {"token": code} if len(code) == TOKEN_LETTERS else {"code": code}
    found = with_events(Certificate.objects.filter(**asked)).first()
    return held(found, today) if found else None


def open_reviews(programme: Programme) -> QuerySet[Review]:
    """All with a first signature that holds, and without a certificate."""
    return Review.objects.filter(OPEN, version__scheme__programme=programme)


def open_review(provider: Provider, version: SchemeVersion) -> Review | None:
    signatures = Prefetch("signatures", queryset=Signature.objects.select_related("by"))
    return Review.objects.filter(OPEN, provider=provider, version=version).prefetch_related(signatures).first()


def is_stale(review: Review, standing: Standing) -> bool:
    """Whether the proof of a signature no longer stands."""
    return not all(still_stands(signature.proof, standing.proof) for signature in review.signatures.all())


def waiting_for_second(person: User, programmes: Iterable[Programme]) -> QuerySet[Review]:
    """Reviews with the first signature, without a certificate, of people whom this manager reaches; oldest first."""
    rows = Review.objects.filter(OPEN, version__scheme__programme__in=programmes)
    reached = enrolments_within(person, "manager").filter(
        programme=OuterRef("version__scheme__programme"), stage__in=LEARNING_STAGES
    )
    rows = rows.filter(Exists(reached.filter(provider=OuterRef("provider"))))
    return rows.select_related("provider__user", "version__scheme").order_by("opened_at")


def ready_to_sign(person: User, today: date) -> list[Enrolment]:
    """Whom this supervisor can sign for: everything is met, nobody has signed. The longest in practice come first.

    Three queries however many they are. Nobody is complete before the stage of supervised practice.
    """
    signed = Review.objects.filter(
        OPEN, version__scheme__programme=OuterRef("programme"), provider=OuterRef("provider")
    )
    rows = enrolments_within(person, "supervisor").filter(
        ~Exists(signed), ~Exists(suspended_certificates()), stage="supervised_practice"
    )
    waiting = list(rows.exclude(provider__user=person).order_by("stage_since", "id")[:PRACTISING])
    if not waiting:
        return []
    versions = known_versions({row.programme_id for row in waiting})
    entries = ledger.entries_of_many([row.provider_id for row in waiting])
    return [
        row
        for row in waiting
        if row.programme_id in versions
        and place_from(entries.get(row.provider_id, []), versions[row.programme_id], today).standing.is_complete
    ]


def suspended_certificates() -> QuerySet[Certificate]:
    """Of an outer enrolment: those that were suspended and may come back."""
    changes = CertificateEvent.objects.filter(certificate=OuterRef("pk")).exclude(kind="issued")
    rows = Certificate.objects.filter(provider=OuterRef("provider"), programme=OuterRef("programme"))
    return rows.annotate(last=Subquery(changes.order_by("-at").values("kind")[:1])).filter(last=SUSPENDED)


def last_reason(certificate: Certificate) -> str:
    """Why it was suspended or taken back; for the person and those who follow her, never for the public."""
    event = (
        CertificateEvent.objects.filter(certificate=certificate, reason__isnull=False).select_related("reason").last()
    )
    return event.reason.text if event else ""


def signed_by(review: Review | None) -> dict[int, User]:
    """Position -> who signed."""
    return {signature.position: signature.by for signature in review.signatures.all()} if review else {}


def decisions_on(enrolments: list[Enrolment]) -> dict[UUID, list[Decision]]:
    """Enrolment -> what people decided about it; one query."""
    prefetch_related_objects(enrolments, "events")
    return {row.id: [Decision(event.kind, event.at) for event in row.events.all()] for row in enrolments}
