"""Who wants to hear of new events in this process; the hub adds itself when the first socket opens."""

from collections.abc import Callable

from supervision.room.rules import Event

listeners: dict[str, Callable[[list[Event]], None]] = {}


def listen(name: str, listener: Callable[[list[Event]], None]) -> None:
    """Calls `listener(events)` after each commit, in the thread that committed. A later one of a name replaces it."""
    listeners[name] = listener


def silence(name: str) -> None:
    """Takes a listener away."""
    listeners.pop(name, None)


def announce(events: list[Event]) -> None:
    """Tells what was committed; a process without sockets has nobody to tell, and others find it by number."""
    for listener in list(listeners.values()):
        listener(events)
