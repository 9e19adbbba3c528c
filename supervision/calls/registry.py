"""Who in this process wants to hear that somebody answered about a recording: the room shows the question anew."""

from collections.abc import Callable
from uuid import UUID

followers: dict[str, Callable[[UUID], None]] = {}


def follow(name: str, follower: Callable[[UUID], None]) -> None:
    """Calls `follower(session)` after each answer: never whose, never which."""
    if name in followers:
        raise ValueError(f"{name} hears of answers twice")
    followers[name] = follower


def announce(session: UUID) -> None:
    """Tells that there is an answer; it may be lost, for pages on which the question stands look by themselves too."""
    for follower in followers.values():
        follower(session)
