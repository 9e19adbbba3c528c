"""What is stored of the room: the log, open connections, hands and clock, polls, private words, what was read later."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from lms.sealing.models import SealedTextField
from supervision.sessions.models import SupervisionSession


class RoomEvent(models.Model):
    """One line of the log. `key` is made by the sender and is the receipt: sent twice, it is one row.

    `sealed` holds the JSON of `data`, bound to session and key; it is empty once `redacted_by` names the number of
    the event that took the text away. `body_mac` stays, so that a repeated key is judged even then.
    """

    key = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    body_mac = models.CharField(max_length=110)
    sealed = models.BinaryField()
    redacted_by = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["session", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="gapless_seq_per_session"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="seq_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"

    @property
    def about(self) -> str:
        """What the sealed data is bound to."""
        return f"supervision.room:{self.session_id}:{self.key}"


class Lease(models.Model):
    """One open connection of one person, whichever process holds it. Without a sign of life it ends by itself.

    A phone that polls has a lease too, named after session and person, and no connection to signal to.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.CASCADE, related_name="leases")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    polls = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    heard_at = models.DateTimeField(db_index=True)
    ended = models.BooleanField(default=False)
    voice = models.BooleanField(default=False, help_text="this connection talks")

    def __str__(self) -> str:
        return f"{self.person_id} {self.heard_at:%H:%M:%S}"


class Board(models.Model):
    """What whoever comes late must see at once: raised hands in order, who has the floor, the box of the agenda and its
    clock. It changes only under the meeting's row lock; a meeting without one has no hands and no clock.

    `called` are the people who had the floor in this meeting; a hand is "the first time today" for all others.
    """

    session = models.OneToOneField(
        SupervisionSession, on_delete=models.CASCADE, primary_key=True, related_name="board", editable=False
    )
    hands = models.JSONField(default=list)
    called = models.JSONField(default=list)
    speaker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    box = models.PositiveSmallIntegerField(null=True, blank=True)
    box_started_at = models.DateTimeField(null=True, blank=True)
    box_seconds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(box__isnull=True, box_started_at__isnull=True)
                | models.Q(box__isnull=False, box_started_at__isnull=False),
                name="a_box_has_begun",
            )
        ]

    def __str__(self) -> str:
        return f"board of {self.session_id}"


class Poll(models.Model):
    """One question to the group. Its id is the key of the `poll.open` that opens it; prepared ones wait without a time.

    `choices` is a JSON list. `counts` is set when it ends; until then nobody is told how the group votes.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.CASCADE, related_name="polls")
    question = SealedTextField(about="supervision.poll")
    choices = SealedTextField(about="supervision.poll")
    anonymous = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(opened_at__isnull=False, counts__isnull=False),
                name="a_closed_poll_was_open_and_counted",
            )
        ]

    def __str__(self) -> str:
        return f"poll {self.id}"


class Vote(models.Model):
    """What one person chose in an open poll that is not secret; the last one counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    choice = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="one_vote_per_person")]

    def __str__(self) -> str:
        return f"vote {self.id}"


class Ballot(models.Model):
    """A secret vote while its poll is open: no person, no time, only a keyed hash that lets the same person vote again.

    Closing the poll counts the ballots and deletes them, so that nothing is left to ask (docs/decisions/0030).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots")
    voter = models.CharField(max_length=64)
    choice = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "voter"], name="one_ballot_per_voter")]

    def __str__(self) -> str:
        return f"ballot {self.id}"


class PrivateMessage(models.Model):
    """Words between one member (`member`) and those who lead the meeting; no room event, nobody else sees it.

    `by` is the member or somebody who answers her; `seen_at` is when the other side first had it on a page.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.CASCADE, related_name="private_messages")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = SealedTextField(about="supervision.private_message")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["session", "member"], name="private_by_member")]

    def __str__(self) -> str:
        return f"private message {self.id}"


class CatchUp(models.Model):
    """Somebody read what she missed and answered the question about it. Never minutes of attendance."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.CASCADE, related_name="catch_ups")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    from_seq = models.PositiveIntegerField()
    to_seq = models.PositiveIntegerField()
    seconds = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "person", "from_seq", "to_seq"], name="each_part_is_read_once"),
            models.CheckConstraint(condition=models.Q(to_seq__gte=models.F("from_seq")), name="reading_goes_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} read {self.from_seq}-{self.to_seq}"
