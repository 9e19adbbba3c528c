"""Questions about the room, a file per noun: log and leases, boards, polls, private words, reading up.

For pages: `last_events(session, n)`, `events_after(session_id, seq, limit)`, `room_state(session, at)`,
`members_present(session_id, at)`.
"""

from supervision.room.queries.boards import Hand, RollLine, board_for, hands_on, roll_of, room_state, told_at_ready
from supervision.room.queries.log import (
    Watched,
    events_after,
    events_by_seq,
    head_of,
    last_events,
    leases_of,
    may_post,
    members_present,
    posts_since,
    present_in,
    signed_in_among,
    sockets_of,
    watched,
)
from supervision.room.queries.polls import ShownPoll, open_secret_polls, polls_on_the_wire, shown_polls
from supervision.room.queries.private import (
    Thread,
    Waits,
    private_words,
    threads_for,
    to_lead,
    to_member,
    unseen_by,
    unseen_by_lead,
    waits_among,
)
from supervision.room.queries.reading import Digest, ReadLater, digest_of, part_missed, read_later

__all__ = [
    "Digest",
    "Hand",
    "ReadLater",
    "RollLine",
    "ShownPoll",
    "Thread",
    "Waits",
    "Watched",
    "board_for",
    "digest_of",
    "events_after",
    "events_by_seq",
    "hands_on",
    "head_of",
    "last_events",
    "leases_of",
    "may_post",
    "members_present",
    "open_secret_polls",
    "part_missed",
    "polls_on_the_wire",
    "posts_since",
    "present_in",
    "private_words",
    "read_later",
    "roll_of",
    "room_state",
    "shown_polls",
    "signed_in_among",
    "sockets_of",
    "threads_for",
    "to_lead",
    "to_member",
    "told_at_ready",
    "unseen_by",
    "unseen_by_lead",
    "waits_among",
    "watched",
]
