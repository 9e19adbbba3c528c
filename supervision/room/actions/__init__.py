"""Changes of the room, a file per noun: `posting`, `log`, `changes` (what a post does to the meeting), `presence`."""

from supervision.room.actions.posting import post_events, post_now
from supervision.room.actions.presence import depart, expire, hear, heard_by_poll
from supervision.room.actions.voice import talk

__all__ = ["depart", "expire", "hear", "heard_by_poll", "post_events", "post_now", "talk"]
