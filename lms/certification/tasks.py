"""What certification offers: kinds of requirement, ledger kinds, guards, the keeping of stages, its parts of the
demo.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.certification import actions, queries, registry
from lms.certification.registry import RequirementKind
from lms.certification.rules import requirements as rules
from lms.ledger import registry as ledger
from lms.ledger.models import Entry
from lms.people.queries import user_named
from lms.programmes.models import Programme
from lms.programmes.queries import all_programmes
from lms.programmes.registry import DemoPart, register_demo, register_tick

GUARDED = ("lms_schemeversion", "lms_signature", "lms_certificate", "lms_certificateevent")
QUIET_KINDS = frozenset({"lesson.completed", "module.completed", "supervision.given", "certificate.signed"})
"""Entries that move the stage of nobody who has begun."""
REPLACING_KINDS = frozenset({"assessment.finalised", "entry.reversed"})
"""Entries that can take away proof which somebody signed for."""
AT_ONCE = 500
DEMO_SCHEME = [
    ("course_completed", "Course finished", {"title": "First steps in helping", "page": "first-steps"}),
    ("quiz_passed", "Last quiz passed", {"title": "Quiz of module 2", "page": "first-steps/module-2/quiz"}),
    ("sessions_attended", "Six group meetings", {"count": 6}),
    ("supervision_minutes", "Six hours of supervision", {"count": 360}),
    ("cases_presented", "One case shown to the group", {"count": 1}),
    ("competency_rule", "Skills at level 3, no harm", {"framework": "helping-skills", "share": 80, "level": 3}),
]


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    for kind in requirement_kinds():
        registry.register(kind)
    for kind in entry_kinds():
        ledger.register(kind)
    for table in GUARDED:
        ledger.guard(table)
    ledger.follow("stages", follow_entry)
    register_tick("stages", tick_stages, daily=True)
    register_demo(DemoPart("certification scheme", 40, build_scheme))
    register_demo(DemoPart("certificate", 90, build_certificate))


def requirement_kinds() -> Iterator[RequirementKind]:
    """Training first, practice after."""
    learning = {"clean": rules.clean_subject, "is_training": True}
    yield RequirementKind("course_completed", gettext_lazy("Course finished"), judge=rules.course_completed, **learning)
    yield RequirementKind("quiz_passed", gettext_lazy("Quiz passed"), judge=rules.quiz_passed, **learning)
    counted = {"clean": rules.clean_count}
    yield RequirementKind("sessions_attended", gettext_lazy("Group meetings"), judge=rules.sessions_attended, **counted)
    minutes = gettext_lazy("Minutes of supervision")
    yield RequirementKind("supervision_minutes", minutes, judge=rules.supervision_minutes, **counted)
    yield RequirementKind("cases_presented", gettext_lazy("Cases shown"), judge=rules.cases_presented, **counted)
    skills = gettext_lazy("Skills at level")
    yield RequirementKind("competency_rule", skills, rules.clean_competency, rules.competency_rule)


def entry_kinds() -> Iterator[ledger.EntryKind]:
    """What the ledger keeps of a certificate."""
    yield ledger.EntryKind("certificate.signed", {"scheme": str, "position": int}, signed_words)
    issued = {"scheme": str, "number": str, "valid_until": date}
    yield ledger.EntryKind("certificate.issued", issued, lambda facts: _("Certificate %(number)s given.") % facts)
    taken = "certificate.revoked"
    yield ledger.EntryKind(taken, {"number": str}, lambda facts: _("Certificate %(number)s taken back.") % facts)


def signed_words(facts: dict[str, Any]) -> str:
    first = facts["position"] == 1
    return _("First signature, by a supervisor.") if first else _("Second signature, by a programme manager.")


def follow_entry(entry: Entry) -> None:
    """Keeps the stage true with each entry that can move it, in the entry's transaction."""
    enrolment = entry.provider.enrolments.filter(programme=entry.programme_id).select_related("programme").first()
    if enrolment is None or (entry.kind in QUIET_KINDS and enrolment.stage != "enrolled"):
        return
    told = {"programme": enrolment.programme, "at": entry.recorded_at}
    actions.stages_kept(enrolments=[enrolment], **told)
    if entry.kind in REPLACING_KINDS:
        actions.close_stale_review(provider=entry.provider, **told)


def tick_stages(*, at: datetime) -> int:
    """What only time moves: certificates that ran out. Says how many stages moved."""
    return sum(moved_in(programme, at) for programme in all_programmes())


def moved_in(programme: Programme, at: datetime) -> int:
    moved = 0
    everybody = programme.enrolments.order_by("id").iterator(chunk_size=AT_ONCE)
    while some := list(islice(everybody, AT_ONCE)):
        before = {enrolment.id: enrolment.stage for enrolment in some}
        after = actions.stages_kept(enrolments=some, programme=programme, at=at)
        moved += sum(before[key] != stage for key, stage in after.items())
    return moved


def demo_requirements() -> list[dict[str, Any]]:
    """The demo's requirements with the fixed keys of the starter pages."""
    told = []
    for kind, label, params in DEMO_SCHEME:
        if "page" in params:
            key = uuid5(NAMESPACE_URL, f"tandem:starter:{params['page']}")
            params = {"title": params["title"], "subject": str(key)}
        told.append({"kind": kind, "label": label, "params": params})
    return told


def demo_programme() -> Programme:
    return all_programmes().get(slug="helping-kisumu")


def build_scheme(*, at: datetime) -> None:
    """The demo's certificate; there already, nothing changes."""
    programme = demo_programme()
    if queries.version_for(programme) is None:
        actions.publish_scheme(
            programme=programme, code="helper-1", title="First steps in helping", requirements=demo_requirements(),
            valid_months=24, grace_days=90, at=at - timedelta(days=110),
        )  # fmt: skip


def build_certificate(*, at: datetime) -> None:
    """Brian is certified: Grace signed, then Joseph. Without all the proof nothing is signed."""
    programme, brian = demo_programme(), user_named("brian")
    version, grace, joseph = queries.version_for(programme), user_named("grace"), user_named("joseph")
    if version is None or brian is None or grace is None or joseph is None:
        return
    standing = queries.place_of(brian.provider, version, at.date()).standing
    if standing.is_complete and not queries.certificates_of(brian.provider, at.date()):
        for position, by, day in ((1, grace, at - timedelta(days=2)), (2, joseph, at - timedelta(days=1))):
            key = uuid5(brian.provider.id, f"tandem:demo:signature:{position}")
            actions.sign(key=key, provider=brian.provider, version=version, position=position, by=by, at=day)
    tick_stages(at=at)
