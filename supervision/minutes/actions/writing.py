"""Making minutes once, wording them, signing them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation

from lms.people.models import User
from supervision.minutes import access, queries, rules
from supervision.minutes.actions.telling import tell_signed
from supervision.minutes.models import Minutes, MinutesVersion
from supervision.sessions.actions import lock_sessions, sign_off
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import session_by_id
from supervision.sessions.rules import MinutesSigned, NotTheFacilitator

AT_ONCE = 100


@transaction.atomic
def make(*, session_id: UUID, at: datetime) -> Minutes | None:
    """The minutes of a meeting that is over, with their first wording in the language of who led it; made once."""
    session = session_by_id(session_id)
    if session is None or not rules.has_minutes(session.state, session.live_at):
        return None
    minutes, made = Minutes.objects.get_or_create(session=session, defaults={"made_at": at})
    if made:
        with translation.override(session.facilitator.language):
            words = rules.first_words(**queries.facts_for_words(session))
        add_version(minutes=minutes, number=1, words=words, by=None, at=at)
    return minutes


def make_missing(*, at: datetime) -> int:
    """Makes what a crash left out; so many at a time."""
    waiting = list(queries.without_minutes().values_list("pk", flat=True)[:AT_ONCE])
    return sum(make(session_id=session_id, at=at) is not None for session_id in waiting)


def add_version(
    *, minutes: Minutes, number: int, words: rules.Wording, by: User | None, at: datetime
) -> MinutesVersion:
    return MinutesVersion.objects.create(minutes=minutes, number=number, words=words.packed(), by=by, at=at)


def locked(session: SupervisionSession, by: User, at: datetime) -> tuple[SupervisionSession, Minutes]:
    """The meeting and its minutes until the end of the transaction, if this person may change them now."""
    session = lock_sessions(sessions=[session.pk])[session.pk]
    if not access.may_write(by, session):
        raise NotTheFacilitator
    minutes = make(session_id=session.pk, at=at)
    if minutes is None:
        raise rules.NoMinutes
    minutes = Minutes.objects.select_for_update().get(pk=minutes.pk)
    if minutes.signed_at is not None:
        raise MinutesSigned
    return session, minutes


def reworded(
    session: SupervisionSession, minutes: Minutes, base: int, words: rules.Wording, by: User, at: datetime
) -> MinutesVersion:
    """A new version over number `base`, unless these are the words that stand there already."""
    words, last = rules.clean_words(words, queries.case_ids(session)), queries.newest(minutes)
    if words == rules.clean_words(last.wording, last.wording.cases):
        return last
    if last.number != base:
        raise rules.StaleMinutes
    return add_version(minutes=minutes, number=last.number + 1, words=words, by=by, at=at)


@transaction.atomic
def edit(*, session: SupervisionSession, base: int, words: rules.Wording, by: User, at: datetime) -> MinutesVersion:
    """Keeps other words as a new version; nothing but words can be changed. `base`: the number that was on the page."""
    session, minutes = locked(session, by, at)
    return reworded(session, minutes, base, words, by, at)


@transaction.atomic
def sign(
    *, session: SupervisionSession, base: int, words: rules.Wording, by: User, at: datetime, quiet: bool = False
) -> Minutes:
    """Keeps the words as they stand on the page and signs them: from here on they do not change. Signing late counts
    too. `quiet`: nobody is told.
    """
    session, minutes = locked(session, by, at)
    reworded(session, minutes, base, words, by, at)
    minutes.signed_by, minutes.signed_at = by, at
    minutes.save(update_fields=["signed_by", "signed_at"])
    sign_off(session=session, by=by, at=at)
    if not quiet:
        tell_signed(session=session, by=by, at=at)
    return minutes
