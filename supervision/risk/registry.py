"""Who in this process wants to hear that something about a danger changed: the room shows it to who may see it."""

from collections.abc import Callable, Collection
from uuid import UUID

followers: dict[str, Callable[[Collection[UUID], Collection[UUID]], None]] = {}


def follow(name: str, follower: Callable[[Collection[UUID], Collection[UUID]], None]) -> None:
    """Calls `follower(sessions, people)` after each change: the open meetings it may concern, and who may see it."""
    if name in followers:
        raise ValueError(f"{name} hears of dangers twice")
    followers[name] = follower


def announce(sessions: Collection[UUID], people: Collection[UUID]) -> None:
    """Tells what was committed; it may be lost, for every page looks by itself too."""
    for follower in followers.values():
        follower(sessions, people)
