"""What a question asks and whether an answer is right, on plain values."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SINGLE, MULTIPLE = "single", "multiple"


@dataclass(frozen=True)
class Choice:
    """One answer that can be picked; `id` stays the same through every later version of the question."""

    id: str
    text: str
    correct: bool
    feedback: str


@dataclass(frozen=True)
class Asked:
    """A question exactly as one person was asked it."""

    kind: str
    text: str
    explanation: str
    choices: tuple[Choice, ...]

    @property
    def right(self) -> frozenset[str]:
        """The ids of all right choices."""
        return frozenset(choice.id for choice in self.choices if choice.correct)


def asked_from(content: Mapping[str, Any]) -> Asked:
    """Reads the stored content of a question's revision; needs no query, so that a quiz costs the same with 1 and 30
    questions."""
    raw = content["choices"]
    blocks = json.loads(raw) if isinstance(raw, str) else raw
    choices = tuple(
        Choice(
            str(block["id"]),
            block["value"]["text"],
            bool(block["value"]["correct"]),
            block["value"].get("feedback", ""),
        )
        for block in blocks
    )
    return Asked(content["kind"], content["text"], content.get("explanation", ""), choices)


def is_right(asked: Asked, picked: Iterable[str]) -> bool:
    """All right choices and no other: one missed or one too many is not right."""
    return frozenset(picked) == asked.right


def may_be_picked(asked: Asked, picked: Sequence[str]) -> bool:
    """Whether this is an answer at all: choices of this very question, each once, and one only where one is asked
    for."""
    known = {choice.id for choice in asked.choices}
    if not picked or len(set(picked)) != len(picked) or not set(picked) <= known:
        return False
    return asked.kind == MULTIPLE or len(picked) == 1


def can_be_graded(kind: str, correct: Sequence[bool]) -> bool:
    """A question needs two choices; "one answer" exactly one right one, "more answers" at least one."""
    if len(correct) < 2:
        return False
    return sum(correct) == 1 if kind == SINGLE else any(correct)
