"""Who wants to hear of new events, private words and changed parts in this process; the hub adds itself with the first
socket."""

from collections.abc import Callable, Collection
from uuid import UUID

from supervision.room.rules import Event

Whisper = Callable[[UUID, UUID | None, int, int], None]
listeners: dict[str, Callable[[list[Event]], None]] = {}
private_listeners: dict[str, Callable[[UUID, Collection[UUID]], None]] = {}
whisperers: dict[str, Whisper] = {}
change_listeners: dict[str, Callable[[UUID, str], None]] = {}
alone: list[tuple[Callable[[UUID, Collection[UUID]], None], Whisper]] = []  # at most one


def listen(name: str, listener: Callable[[list[Event]], None], whisperer: Whisper | None = None) -> None:
    """Calls `listener(events)` after each commit, in the thread that committed. A later one of a name replaces it."""
    listeners[name] = listener
    if whisperer:
        whisperers[name] = whisperer


def listen_private(name: str, listener: Callable[[UUID, Collection[UUID]], None]) -> None:
    """Calls `listener(session, people)` when something private changed for these people of a room."""
    private_listeners[name] = listener


def listen_changes(name: str, listener: Callable[[UUID, str], None]) -> None:
    """Calls `listener(session, part)` when a part of a room changed without a line in its log."""
    change_listeners[name] = listener


def otherwise(listener: Callable[[UUID, Collection[UUID]], None], whisperer: Whisper) -> None:
    """Who tells the other processes what is private while nobody listens in this one."""
    alone[:] = [(listener, whisperer)]


def silence(name: str) -> None:
    """Takes a listener away."""
    listeners.pop(name, None)
    private_listeners.pop(name, None)
    whisperers.pop(name, None)
    change_listeners.pop(name, None)


def announce(events: list[Event]) -> None:
    """Tells what was committed; a process without sockets has nobody to tell, and others find it by number."""
    for listener in list(listeners.values()):
        listener(events)


def private(session: UUID, people: Collection[UUID]) -> None:
    """Tells that there is private news for these people in this room, never what it is; it may be lost."""
    for listener in list(private_listeners.values()) or [listener for listener, _ in alone]:
        listener(session, people)


def whisper(session: UUID, member: UUID | None, for_lead: int, for_member: int) -> None:
    """Tells those who lead that so many private matters wait for them, and `member` how many for her."""
    for whisperer in list(whisperers.values()) or [whisperer for _, whisperer in alone]:
        whisperer(session, member, for_lead, for_member)


def changed(session: UUID, part: str) -> None:
    """Tells a room that this part of it is to be looked at again, never what is in it; it may be lost."""
    for listener in list(change_listeners.values()):
        listener(session, part)
