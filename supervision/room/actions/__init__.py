"""Changes of the room, a file per noun: `posting`, `log`, `changes` (what a post does to the meeting), `presence`,
`boards`, `polls`, `private`, `reading`, `voice`.
"""

from supervision.room.actions.polls import drop_poll, prepare_poll
from supervision.room.actions.posting import note_pace, post_events, post_now
from supervision.room.actions.presence import depart, expire, hear, heard_by_poll
from supervision.room.actions.private import see_privately, write_privately
from supervision.room.actions.reading import catch_up
from supervision.room.actions.taking import take_line, take_private, take_words
from supervision.room.actions.voice import talk
from supervision.room.actions.watching import found_in, report_words

__all__ = [
    "catch_up",
    "depart",
    "drop_poll",
    "expire",
    "found_in",
    "hear",
    "heard_by_poll",
    "note_pace",
    "post_events",
    "post_now",
    "prepare_poll",
    "report_words",
    "see_privately",
    "take_line",
    "take_private",
    "take_words",
    "talk",
    "write_privately",
]
