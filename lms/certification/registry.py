"""The kinds of requirement that a scheme may name, filled when the apps start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from lms.certification.rules.refusals import SchemeUnclear
from lms.certification.rules.requirements import Judge
from lms.certification.rules.standing import Asked


@dataclass(frozen=True)
class RequirementKind:
    """`clean` raises SchemeUnclear on unreadable parameters; `judge` is a pure rule on entries.

    `is_training`: learning, which stays done; everything else is practice, to be shown again after a certificate ended.
    ."""

    name: str
    label: str | Promise
    clean: Callable[[Mapping[str, Any]], dict[str, Any]]
    judge: Judge
    is_training: bool = False


kinds: dict[str, RequirementKind] = {}


def register(kind: RequirementKind) -> None:
    """Adds a kind; a doubled name is an error."""
    if kind.name in kinds:
        raise ValueError(f"requirement kind {kind.name} is registered twice")
    kinds[kind.name] = kind


def cleaned(requirements: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The requirements of a scheme as they are stored: kind, label, params; an unknown kind is unclear."""
    if not requirements or any(item.get("kind") not in kinds for item in requirements):
        raise SchemeUnclear
    return [
        {
            "kind": item["kind"],
            "label": str(item.get("label") or kinds[item["kind"]].label),
            "params": kinds[item["kind"]].clean(item.get("params", {})),
        }
        for item in requirements
    ]


def asked(requirements: list[Mapping[str, Any]]) -> list[Asked]:
    """Stored requirements with their rules."""
    return [
        Asked(item["kind"], item["label"], item["params"], kinds[item["kind"]].judge, kinds[item["kind"]].is_training)
        for item in requirements
    ]
