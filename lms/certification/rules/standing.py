"""What somebody still lacks for a certificate: every requirement with its verdict, and who may sign it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from lms.certification.rules import refusals
from lms.certification.rules.requirements import Entries, Fact, Judge, Verdict
from lms.people.rules import Refusal


@dataclass(frozen=True)
class Asked:
    """One requirement of a scheme, ready to be judged."""

    kind: str
    label: str
    params: Mapping[str, Any]
    judge: Judge
    is_training: bool = False


@dataclass(frozen=True)
class Line:
    """One requirement with its verdict."""

    kind: str
    label: str
    verdict: Verdict


@dataclass(frozen=True)
class Standing:
    lines: tuple[Line, ...]

    @property
    def met(self) -> int:
        return sum(line.verdict.met for line in self.lines)

    @property
    def is_complete(self) -> bool:
        """A scheme that asks nothing certifies nobody."""
        return bool(self.lines) and self.met == len(self.lines)

    @property
    def missing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.verdict.met)

    @property
    def first_missing(self) -> Line | None:
        return self.missing[0] if self.missing else None

    @property
    def proof(self) -> tuple[Fact, ...]:
        """Each entry of the proof once, in the order of the requirements."""
        return tuple({entry.key: entry for line in self.lines for entry in line.verdict.proof}.values())


def fresh_after(entries: Entries, grace_days: int, today: date) -> datetime | None:
    """
    From when practice has to be shown again, or None: since a certificate was taken back, or since one that ran out
    was given.

    What proved the old certificate cannot prove the next one, and nobody is certified anew the day after a
    certificate was taken back, nor by a late entry from before.
    """
    about = [entry for entry in entries if entry.kind in ("certificate.issued", "certificate.revoked")]
    if not about:
        return None
    last = about[-1]
    if last.kind == "certificate.revoked":
        return last.happened_at
    ended_on = date.fromisoformat(last.facts["valid_until"]) + timedelta(days=grace_days)
    return last.happened_at if ended_on < today else None


def standing_of(asked: Sequence[Asked], entries: Entries, today: date, since: datetime | None = None) -> Standing:
    """The order is the scheme's: the first that is missing is what to do next.
    Of practice only what is newer than `since` counts.
    """
    fresh = [entry for entry in entries if since is None or entry.happened_at > since]
    return Standing(
        tuple(
            Line(item.kind, item.label, item.judge(item.params, entries if item.is_training else fresh, today))
            for item in asked
        )
    )


def still_stands(signed: Sequence[str], proof: Sequence[Fact]) -> bool:
    """
    Whether everything that a signer saw is still part of the proof.

    More proof does no harm; what was taken back, or replaced by a newer rating, was not what they stood for.
    """
    return set(signed) <= {str(entry.key) for entry in proof}


@dataclass(frozen=True)
class Signer:
    """Who wants to sign: the roles are those that reach the provider in this programme."""

    id: UUID
    is_the_provider: bool
    supervises: bool
    manages: bool


def refusal_to_sign(
    signer: Signer, position: int, standing: Standing, signed: Mapping[int, UUID], *, takes_part: bool = True
) -> type[Refusal] | None:
    """
    Why this signature cannot be given now, or None. `signed` maps position to who gave it; `takes_part`: the person
    has not left and is neither paused nor shut out.

    First a supervisor, who may have rated the person; then a manager who rated nothing in the proof. Two people,
    neither the provider.
    """
    checks: list[tuple[Callable[[], bool], type[Refusal]]] = [
        (lambda: signer.is_the_provider, refusals.NotYourOwn),
        (lambda: position == 1 and not signer.supervises, refusals.NotTheSupervisor),
        (lambda: position == 2 and not signer.manages, refusals.NotTheManager),
        (lambda: not takes_part, refusals.NotTakingPart),
        (lambda: position in signed, refusals.SignedBefore),
        (lambda: position == 2 and 1 not in signed, refusals.FirstSignatureMissing),
        (lambda: signer.id in signed.values(), refusals.TwoPeople),
        (lambda: position == 2 and str(signer.id) in raters_in(standing.proof), refusals.RatedTheEvidence),
        (lambda: not standing.is_complete, refusals.NotComplete),
    ]
    return next((refusal for holds, refusal in checks if holds()), None)


def raters_in(proof: Sequence[Fact]) -> set[str]:
    """The people whose ratings are in the proof."""
    return {entry.facts["rater"] for entry in proof if "rater" in entry.facts}
