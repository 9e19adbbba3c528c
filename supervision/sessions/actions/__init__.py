"""Changes of a meeting, a file per noun; what the room must show goes through `room.actions.post_events`."""

from supervision.sessions.actions.advice import agree, blank_advice, finish, leave_undone, propose
from supervision.sessions.actions.agenda import set_agenda
from supervision.sessions.actions.cases import close_case, open_case
from supervision.sessions.actions.log import lock_sessions, move_heads
from supervision.sessions.actions.meeting import (
    add_closing_note,
    cancel,
    close,
    go_live,
    invite,
    keep_silence,
    open_lobby,
    remove_member,
    schedule,
    set_step,
    wrap_up,
    write_private_note,
)
from supervision.sessions.actions.settling import settle, settle_closed
from supervision.sessions.actions.stays import begin_stay, end_silent_stays, keep_heard

__all__ = [
    "add_closing_note",
    "agree",
    "begin_stay",
    "blank_advice",
    "cancel",
    "close",
    "close_case",
    "end_silent_stays",
    "finish",
    "go_live",
    "invite",
    "keep_heard",
    "keep_silence",
    "leave_undone",
    "lock_sessions",
    "move_heads",
    "open_case",
    "open_lobby",
    "propose",
    "remove_member",
    "schedule",
    "set_agenda",
    "set_step",
    "settle",
    "settle_closed",
    "wrap_up",
    "write_private_note",
]
