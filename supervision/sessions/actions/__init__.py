"""Changes of a meeting, a file per noun; what the room must show goes through `room.actions.post_events`."""

from supervision.sessions.actions.advice import agree, blank_advice, finish, leave_undone, propose
from supervision.sessions.actions.calendar import end_address, make_address
from supervision.sessions.actions.cases import close_case, give_left_cases_back, open_case
from supervision.sessions.actions.corrections import correct_attendance
from supervision.sessions.actions.following import advice_is_due, look_back
from supervision.sessions.actions.grouping import end_planned, hand_over
from supervision.sessions.actions.guarding import take_reason, take_words
from supervision.sessions.actions.inviting import invite, remove_member
from supervision.sessions.actions.log import lock_sessions, move_heads
from supervision.sessions.actions.meeting import (
    add_closing_note,
    cancel,
    close,
    go_live,
    keep_silence,
    open_lobby,
    schedule,
    set_agenda,
    set_step,
    sign_off,
    wrap_up,
    write_private_note,
)
from supervision.sessions.actions.planning import cancel_following, change, plan
from supervision.sessions.actions.quorum import give_up_unheld, too_few
from supervision.sessions.actions.settling import settle, settle_closed
from supervision.sessions.actions.stays import begin_stay, end_silent_stays, keep_heard
from supervision.sessions.actions.telling import call_in, remind_due

__all__ = [
    "add_closing_note",
    "advice_is_due",
    "agree",
    "begin_stay",
    "blank_advice",
    "call_in",
    "cancel",
    "cancel_following",
    "change",
    "close",
    "close_case",
    "correct_attendance",
    "end_address",
    "end_planned",
    "end_silent_stays",
    "finish",
    "give_left_cases_back",
    "give_up_unheld",
    "go_live",
    "hand_over",
    "invite",
    "keep_heard",
    "keep_silence",
    "leave_undone",
    "lock_sessions",
    "look_back",
    "make_address",
    "move_heads",
    "open_case",
    "open_lobby",
    "plan",
    "propose",
    "remind_due",
    "remove_member",
    "schedule",
    "set_agenda",
    "set_step",
    "settle",
    "settle_closed",
    "sign_off",
    "take_reason",
    "take_words",
    "too_few",
    "wrap_up",
    "write_private_note",
]
