"""What competency offers: its ledger kinds, the tables the database guards, and its parts of the demo."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.competency import actions, panels, queries
from lms.competency.models import Rating
from lms.ledger import registry as ledger
from lms.ledger.models import Entry
from lms.people.queries import user_named
from lms.programmes.actions import mark_assignment_done
from lms.programmes.models import Programme
from lms.programmes.queries import all_programmes, assignments_of
from lms.programmes.registry import DemoPart, register_demo

STARTER = Path(__file__).parent / "starter" / "helping_skills.toml"
ASSESSED = {
    "assessment": str, "framework": str, "version": int, "occasion": str, "mode": str,
    "rater": str, "levels": dict[str, int], "critical": list[str], "items": int,
}  # fmt: skip
GUARDED = ("lms_framework", "lms_competency", "lms_behaviour", "lms_assessmentevent")


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    ledger.register(ledger.EntryKind("assessment.finalised", ASSESSED, assessed_words, result_link))
    ledger.register(ledger.EntryKind("assessment.fed_back", {"assessment": str}, fed_back_words, result_link))
    for table in GUARDED:
        ledger.guard(table)
    panels.register()
    register_demo(DemoPart("competency framework", 20, build_framework))
    register_demo(DemoPart("assessments", 70, build_assessments))


def assessed_words(facts: dict[str, Any]) -> str:
    """How many skills are at level 3 or above, and harm first: never an average."""
    levels = facts["levels"].values()
    harms = sum(level == 1 for level in levels)
    if harms:
        words = ngettext("Skills rated: %(n)d could do harm.", "Skills rated: %(n)d could do harm.", harms)
        return words % {"n": harms}
    told = {"have": sum(level >= 3 for level in levels), "all": facts["items"]}
    return _("Skills rated: %(have)d of %(all)d at level 3 or above, none that could do harm.") % told


def fed_back_words(facts: dict[str, Any]) -> str:
    return _("The rating was talked through.")


def result_link(entry: Entry) -> str:
    return reverse("competency:result", args=[entry.facts["assessment"]])


def starter_key(slug_path: str) -> UUID:
    """The fixed key of a page of the starter course."""
    return uuid5(NAMESPACE_URL, f"tandem:starter:{slug_path}")


def starter_spec() -> dict[str, Any]:
    """The starter framework, its focus lessons as keys of subjects."""
    spec = tomllib.loads(STARTER.read_text(encoding="utf-8"))
    for competency in spec["competency"]:
        competency["focus_lesson"] = starter_key(competency["focus_lesson"])
    return spec


def demo_programme() -> Programme:
    return all_programmes().get(slug="helping-kisumu")


def build_framework(*, at: datetime) -> None:
    """The starter framework, and leave to rate with it for Grace and Samuel."""
    programme, spec = demo_programme(), starter_spec()
    if not any(row.code == spec["code"] for row in queries.current_frameworks([programme.id])):
        actions.publish_framework(spec=spec, programme=programme, at=at - timedelta(days=110))
    for username in ("grace", "samuel"):
        rater = user_named(username)
        if rater and not queries.is_authorised(rater, programme, spec["code"], at.date()):
            actions.authorise_rater(
                user=rater, programme=programme, framework_code=spec["code"],
                valid_until=at.date() + timedelta(days=365), by=user_named("joseph"), at=at - timedelta(days=100),
            )  # fmt: skip


def build_assessments(*, at: datetime) -> None:
    """Brian missed something, read the lesson, showed a case about it, and now shows all he needs; Dalia has one skill
    to practise: she has shown a case, and its lesson stands on her front page.
    """
    rated(
        "brian",
        "grace",
        at - timedelta(days=38),
        nth="first",
        missed=("daily-life", 1),
        worked="You let him speak of his work before you spoke of drinking.",
        practise="Ask what a usual day looks like, hour by hour, before you look for a small step.",
    )
    read_again("brian", at - timedelta(days=36))
    rated(
        "brian",
        "grace",
        at - timedelta(days=9),
        missed=None,
        worked="You asked straight out about danger, and the client told you what he had not told anyone.",
        practise="Ask what could get in the way before you agree on the small step.",
    )
    rated(
        "dalia",
        "grace",
        at - timedelta(days=16),
        missed=("room-for-feelings", 1),
        worked="You let the client finish, and she began to breathe more slowly.",
        practise="Say that the feeling makes sense after what happened. Try three ways of saying it with a colleague.",
    )


def rated(
    provider: str,
    rater: str,
    at: datetime,
    *,
    missed: tuple[str, int] | None,
    worked: str,
    practise: str,
    nth: str = "",
) -> None:
    """One finished rating that was talked through; made once. `missed`: code and which of its basic lines."""
    person, by = user_named(provider), user_named(rater)
    framework = queries.current_frameworks([demo_programme().id])[0]
    key = uuid5(NAMESPACE_URL, f"tandem:demo:assessment:{framework.programme_id}:{provider}{nth}")
    if person is None or by is None or queries.was_started(key):
        return
    rating = actions.start_assessment(
        key=key, provider=person.provider, framework=framework, occasion="supervision", mode="role_play", by=by, at=at
    )
    actions.save_marks(rating=rating, marks=demo_marks(rating, missed), by=by, at=at)
    assessment = actions.finalise(rating=rating, by=by, at=at)
    talked = at + timedelta(days=1)
    actions.feed_back(assessment=assessment, what_worked=worked, practise_next=practise, by=by, at=talked)


def read_again(provider: str, at: datetime) -> None:
    """What was assigned after a rating is read."""
    person = user_named(provider)
    for assignment in assignments_of(person.provider) if person else ():
        if assignment.done_at is None:
            mark_assignment_done(provider=person.provider, subject_key=assignment.subject_id, at=at)


def demo_marks(rating: Rating, missed: tuple[str, int] | None) -> dict[str, str]:
    """No harm, every basic skill but the missed one, no advanced skill."""
    marks = {}
    for item in queries.items_in(rating):
        basics = [line for line in item.lines if line.kind == "basic"]
        not_seen = basics[missed[1]] if missed and item.code == missed[0] else None
        for line in item.lines:
            seen = line.kind == "basic" and line != not_seen
            marks[str(line.behaviour_id)] = "observed" if seen else "not_observed"
    return marks
