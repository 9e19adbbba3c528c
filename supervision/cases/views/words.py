"""Words that could show who the person is: the writer mends or confirms them, a supervisor takes them away."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lms.people.rules import Refusal
from supervision.cases import access, actions, queries, rules
from supervision.cases.models import CasePresentation
from supervision.guard.rules import REASONS

AROUND = 40  # letters that are shown before and after


@dataclass(frozen=True)
class Shown:
    """One finding on the page: its number there, the words around it, and what was typed about it."""

    number: int
    field: str
    label: str
    step: str
    before: str
    words: str
    after: str
    why: str
    instead: str
    answer: str
    reason: str
    may_mend: bool


@login_required
@never_cache
def case_words(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Every finding of an own case that has no reason yet: other words, or why it stays. Then it is sent."""
    case = access.get_own_case(request.user, case_id)
    if case.state not in rules.WRITABLE:
        return redirect("supervision:case", case.pk)
    if request.method != "POST":
        return _words_page(request, case)
    answered = list(_answers(request))
    undone = [words for words, _field, kind, value in answered if not kind or (kind == "stay" and not value)]
    if undone:
        return _words_page(request, case, refused=True)
    for words, field, kind, value in answered:
        at = timezone.now()
        if kind == "stay":
            actions.confirm_words(case=case, field=field, reasons={words: value}, by=request.user, at=at)
        else:
            actions.mend_words(case=case, field=field, changes=[(words, value)], by=request.user, at=at)
    return _sent(request, case)


def _answers(request: HttpRequest) -> list[tuple[str, str, str, str]]:
    """(words, answer of the case, "mend" | "stay" | "", other words or reason) of each line of the form."""
    told, count = [], request.POST.get("count", "")
    for number in range(min(200, int(count)) if count.isascii() and count.isdigit() else 0):
        kind = request.POST.get(f"do-{number}", "")
        value = request.POST.get(f"reason-{number}" if kind == "stay" else f"instead-{number}", "").strip()
        told.append((request.POST.get(f"words-{number}", ""), request.POST.get(f"field-{number}", ""), kind, value))
    return told


def _sent(request: HttpRequest, case: CasePresentation) -> HttpResponse:
    """On to the supervisor; what is still missing is shown on the last step, what is still found here."""
    try:
        actions.submit(case=case, by=request.user, at=timezone.now())
    except rules.ShowsWho:
        return redirect("supervision:case-words", case.pk)
    except Refusal:
        return redirect("supervision:case-write", case.pk, rules.LAST_STEP.name)
    return redirect("supervision:case", case.pk)


def _words_page(request: HttpRequest, case: CasePresentation, *, refused: bool = False) -> HttpResponse:
    case = access.get_own_case(request.user, case.pk)
    labels = queries.labels()
    found = queries.identifiers_in(case)
    shown = [_shown(request, number, held, labels[held.field]) for number, held in enumerate(found)]
    named = any(held.finding.hint == "name" for held in found)
    facts = {"case": case, "shown": shown, "reasons": list(REASONS.items()), "refused": refused}
    facts |= {"last": rules.LAST_STEP.name, "person": rules.person_words(case.sex, case.age_band) if named else ""}
    return render(request, "supervision/cases/words.html", facts, status=409 if refused else 200)


def words_before(text: str, start: int) -> str:
    """The whole words before a place, and a sign that there are more."""
    if start <= AROUND:
        return text[:start]
    _half, _space, words = text[start - AROUND : start].partition(" ")
    return f"… {words}"


def words_after(text: str, end: int) -> str:
    """The same after it."""
    if len(text) <= end + AROUND:
        return text[end:]
    words, _space, _half = text[end : end + AROUND].rpartition(" ")
    return f"{words} …"


def _shown(request: HttpRequest, number: int, held: queries.Held, label: str) -> Shown:
    finding, text = held.finding, held.text
    return Shown(
        number,
        held.field,
        label,
        rules.STEP_OF[held.field],
        words_before(text, finding.start),
        finding.text,
        words_after(text, finding.end),
        str(finding.why),
        request.POST.get(f"instead-{number}", finding.instead),
        request.POST.get(f"do-{number}", ""),
        request.POST.get(f"reason-{number}", ""),
        held.field in rules.SEALED_FIELDS,
    )


@login_required
@require_POST
def case_redact(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A supervisor takes words out of a case, for good."""
    case = access.get_case_to_review(request.user, case_id)
    try:
        actions.redact_words(case=case, words=request.POST.get("words", ""), by=request.user, at=timezone.now())
    except Refusal as refusal:
        facts = {"case": case, "refused": str(refusal), "words": request.POST.get("words", "")}
        return render(request, "supervision/cases/redact.html", facts, status=409)
    return redirect("supervision:case", case.pk)
