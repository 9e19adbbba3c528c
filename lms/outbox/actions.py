"""Counts what is sent once: the one place where a key is judged."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from lms.outbox import registry
from lms.outbox.models import Receipt
from lms.outbox.queries import receipt_of
from lms.outbox.rules import Answer, Conflict, NotSupported
from lms.people.models import User
from lms.people.rules import Refusal
from lms.sealing.rules import body_mac, same_body


def once(
    *, key: UUID, person: User, body: dict[str, Any], at: datetime, act: Callable[[], dict[str, Any] | None]
) -> Answer:
    """Runs `act` unless this key was answered before; a refusal is an answer too and is kept.

    The receipt and the change stand in one transaction. Two senders of one key at the same moment: the unique key
    decides, and the second hears what the first was told.
    """
    kept = receipt_of(key)
    if kept:
        return repeated(kept, person, body)
    try:
        with transaction.atomic():
            answer = attempted(act)
            Receipt.objects.create(
                key=key,
                person=person,
                body_mac=body_mac(body),
                answer={"status": answer.status, "code": answer.code, "detail": answer.detail, "data": answer.data},
                at=at,
            )
    except IntegrityError:
        kept = receipt_of(key)
        if kept is None:
            raise
        return repeated(kept, person, body)
    return answer


def attempted(act: Callable[[], dict[str, Any] | None]) -> Answer:
    """The change in a savepoint of its own, or why it was refused."""
    try:
        with transaction.atomic():
            return Answer("applied", data=act() or {})
    except Refusal as refusal:
        return Answer("refused", refusal.code, str(refusal), refusal.told)


def repeated(kept: Receipt, person: User, body: dict[str, Any]) -> Answer:
    """The answer to a key that was used before."""
    if kept.person_id != person.pk or not same_body(kept.body_mac, body):
        return Answer("refused", Conflict.code, str(Conflict.sentence))
    if kept.answer["status"] == "refused":
        return Answer("refused", kept.answer["code"], kept.answer["detail"], kept.answer["data"])
    return Answer("already", data=kept.answer["data"])


def apply_item(*, item: dict[str, Any], person: User, at: datetime) -> Answer:
    """One item of `/sync/` as forms.clean_item gave it, through the action of its kind."""
    kind = registry.kinds.get(item["kind"])
    body = {"kind": item["kind"], "subject": item["subject"], "data": item["data"]}

    def act() -> dict[str, Any]:
        if kind is None:
            raise NotSupported
        return kind.act(
            key=item["key"],
            person=person,
            subject=item["subject"],
            data=kind.clean(item["data"], item["subject"]),
            happened_at=item["at"],
            at=at,
        )

    return once(key=item["key"], person=person, body=body, at=at, act=act)
