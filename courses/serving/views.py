"""`/learn/...`: find the page, ask who may see it, draw it with the person or, to be kept on a phone, without."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from courses.pages.queries import address_of, catalogues_of, courses_in
from courses.progress.actions import complete_lesson
from courses.progress.queries import paths_of
from courses.quizzes.actions import answer_attempt, open_attempt
from courses.quizzes.forms import answers_in
from courses.quizzes.models import Attempt, AttemptQuestion
from courses.quizzes.queries import asked_in, questions_of, reviewed
from courses.quizzes.rules import MissingAnswers, NoAttempt, unanswered
from courses.serving.access import get_page_for
from courses.serving.api import page_of
from courses.serving.queries import Seen, again_allowed, is_open, last_try, seen
from lms.home.rules import is_text_only
from lms.outbox.actions import once
from lms.people.rules import Refusal
from lms.programmes.queries import programmes_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def learn(request: HttpRequest, path: str = "") -> HttpResponse:
    """Every page of courses comes through here; nothing of it reaches Wagtail's own serving."""
    found = get_page_for(request.user, f"{path}/" if path else "")
    here = seen(request.user, found)
    if here.course and here.kind != "course" and here.course.module_of(found.page.translation_key) is None:
        raise Http404
    if here.course is None and here.kind in {"course", "module", "lesson", "quiz"}:
        raise Http404
    if request.method == "POST":
        return POSTS.get(here.kind, not_here)(request, here)
    if "saved" in request.GET and here.kind != "learnindex":
        return without_person(request, here)
    return PAGES.get(here.kind, plain)(request, here)


def drawn(request: HttpRequest, here: Seen, status: int = 200, template: str = "", **more: Any) -> HttpResponse:
    """A page with the person on it is nobody else's and is kept nowhere."""
    context = {**here.shared(), **here.personal(), **more}
    response = render(request, template or here.found.page.template, context, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response


def without_person(request: HttpRequest, here: Seen) -> HttpResponse:
    """The rendering that a phone may keep, the same for everybody who may see it."""
    response = HttpResponse(page_of(here, text_only=is_text_only(request.COOKIES)))
    response["ETag"] = f'"{sha256(response.content).hexdigest()[:32]}"'
    patch_cache_control(response, private=True, no_cache=True)
    return response


def not_here(request: HttpRequest, here: Seen) -> HttpResponse:
    """Nothing can be sent to this kind of page."""
    return HttpResponse(status=405)


def plain(request: HttpRequest, here: Seen) -> HttpResponse:
    """A course, or a module that may be locked."""
    state = here.personal()["module_state"]
    if here.kind == "module" and state is not None and state.state == "locked":
        return locked(request, here)
    return drawn(request, here)


def index(request: HttpRequest, here: Seen) -> HttpResponse:
    """The catalogues of the person's programmes; with one programme, that one, at once: a way round costs a slow line
    half a second."""
    catalogues = list(catalogues_of(programme.pk for programme in programmes_of(request.user)))
    if len(catalogues) == 1:
        only = get_page_for(request.user, address_of(catalogues[0]).removeprefix("/learn/"))
        return catalogue(request, seen(request.user, only))
    shown = [(catalogue, address_of(catalogue)) for catalogue in catalogues]
    return drawn(request, here, catalogues=shown)


def catalogue(request: HttpRequest, here: Seen) -> HttpResponse:
    """The courses of a programme, with the person's way through each."""
    ways = [way for way in paths_of(request.user) if way.course.programme == here.found.programme_id]
    if here.enrolment is not None:
        return drawn(request, here, ways=ways, courses=[way.course for way in ways])
    return drawn(request, here, courses=courses_in([here.found.programme_id], get_language() or ""))


def locked(request: HttpRequest, here: Seen) -> HttpResponse:
    """What comes first, and the way there."""
    return drawn(request, here, template="courses/pages/locked.html")


def lesson(request: HttpRequest, here: Seen, status: int = 200, problem: str = "") -> HttpResponse:
    """A lesson to read; the one open button says that it is done."""
    step = here.personal()["here"]
    if step is not None and not step.is_open:
        return locked(request, here)
    return drawn(request, here, status, key=uuid4(), problem=problem)


def lesson_done(request: HttpRequest, here: Seen) -> HttpResponse:
    """Counts the lesson once, however often the button was pressed, and goes on to what comes next."""
    at, key = timezone.now(), sent_key(request)
    subject = here.found.page.translation_key

    def act() -> dict[str, Any]:
        return complete_lesson(person=request.user, lesson=subject, by=request.user, happened_at=at, at=at)

    answer = once(
        key=key, person=request.user, body={"kind": "lesson.completed", "subject": str(subject)}, at=at, act=act
    )
    if answer.counted:
        return redirect(answer.data["next"])
    return lesson(request, here, 409, answer.detail)


def quiz(request: HttpRequest, here: Seen) -> HttpResponse:
    """The open attempt's questions, or the last result; the first visit in turn gives the questions out."""
    step = here.personal()["here"]
    if step is None:
        return drawn(request, here)
    attempt, questions = last_try(here)
    if not step.is_open and (attempt is None or is_open(attempt)):
        return locked(request, here)
    if attempt is None:
        try:
            attempt = open_attempt(person=request.user, quiz=step.step.key, at=timezone.now())
        except Refusal as refusal:
            return drawn(request, here, refusal.status, problem=str(refusal))
        questions = questions_of(attempt)
    draw = asking if is_open(attempt) else result
    return draw(request, here, attempt, questions)


def asking(
    request: HttpRequest,
    here: Seen,
    attempt: Attempt,
    questions: list[AttemptQuestion],
    status: int = 200,
    problem: str = "",
    missing: tuple[str, ...] = (),
) -> HttpResponse:
    """The questions, without any word that tells which answers are right; what was picked before stays picked."""
    picked = answers_in(request.POST, questions)
    lines = [
        (str(held.pk), held.position, held.asked, picked[str(held.pk)], str(held.pk) in missing) for held in questions
    ]
    return drawn(request, here, status, attempt=attempt, lines=lines, key=uuid4(), problem=problem)


def result(request: HttpRequest, here: Seen, attempt: Attempt, questions: list[AttemptQuestion]) -> HttpResponse:
    """The band, what comes next, and each question with its feedback."""
    answers = reviewed(questions)
    again = again_allowed(attempt, here.found.page.attempts_allowed, here.path)
    return drawn(
        request, here, template="courses/quizzes/result.html",
        attempt=attempt, answers=answers, again=again, unlimited=here.found.page.attempts_allowed is None,
        name=request.user.get_short_name(), following=here.path.next_step,
    )  # fmt: skip


def quiz_sent(request: HttpRequest, here: Seen) -> HttpResponse:
    """Answers to the open attempt, or the wish to try again."""
    if request.POST.get("do") == "again":
        try:
            open_attempt(person=request.user, quiz=here.found.page.translation_key, at=timezone.now())
        except Refusal as refusal:
            return drawn(request, here, refusal.status, problem=str(refusal))
        return HttpResponseRedirect(request.path)
    attempt, questions = last_try(here)
    if attempt is None or str(attempt.pk) != request.POST.get("attempt"):
        raise NoAttempt
    if is_open(attempt):
        return quiz_answered(request, here, attempt, questions)
    return HttpResponseRedirect(request.path)


def quiz_answered(request: HttpRequest, here: Seen, attempt: Attempt, questions: list[AttemptQuestion]) -> HttpResponse:
    """Whole answers are graded once; with one missing, nothing is sent and everything stays typed in."""
    at, key = timezone.now(), sent_key(request)
    answers = answers_in(request.POST, questions)
    missing = unanswered(asked_in(questions), answers)
    if missing:
        return asking(
            request, here, attempt, questions, MissingAnswers.status, str(MissingAnswers.sentence), tuple(missing)
        )

    def act() -> dict[str, Any]:
        return answer_attempt(person=request.user, attempt=attempt.pk, answers=answers, happened_at=at, at=at)

    body = {"kind": "quiz.answered", "subject": str(attempt.quiz_key), "attempt": str(attempt.pk), "answers": answers}
    answer = once(key=key, person=request.user, body=body, at=at, act=act)
    if answer.counted or answer.code == "attempt_answered":
        return HttpResponseRedirect(request.path)
    return asking(request, here, attempt, questions, 409, answer.detail)


def sent_key(request: HttpRequest) -> UUID:
    """The key of this sending; a form without a readable one is counted as new."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


PAGES: dict[str, Callable[..., HttpResponse]] = {
    "learnindex": index,
    "catalogue": catalogue,
    "lesson": lesson,
    "quiz": quiz,
}
POSTS: dict[str, Callable[..., HttpResponse]] = {"lesson": lesson_done, "quiz": quiz_sent}
