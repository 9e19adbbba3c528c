"""Grading, bands and the way through a course, on plain values."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from courses.pages.rules import Course, Module, Node, Step, bands_in_order, codes_in, courses_of
from courses.progress.rules import Record, path_through, quiz_standing
from courses.questions.rules import Asked, Choice, asked_from, can_be_graded, is_right, may_be_picked
from courses.quizzes.rules import Bands, Reviewed, may_try_again, percent_of, unanswered, what_worked_first

AT = datetime(2026, 3, 17, tzinfo=UTC)
BANDS = Bands(nearly=50, over=65, clear=80)
ONE = Asked("single", "?", "", (Choice("a", "A", True, ""), Choice("b", "B", False, "")))
MORE = Asked("multiple", "?", "", (Choice("a", "A", True, ""), Choice("b", "B", True, ""), Choice("c", "C", False, "")))


@pytest.mark.parametrize(
    ("percent", "band"),
    [
        (0, "clear_fail"),
        (49, "clear_fail"),
        (50, "borderline_fail"),
        (64, "borderline_fail"),
        (65, "borderline_pass"),
        (79, "borderline_pass"),
        (80, "clear_pass"),
        (100, "clear_pass"),
    ],
)
def test_the_first_percent_of_a_band_belongs_to_it(percent: int, band: str) -> None:
    assert BANDS.band(percent) == band


def test_nobody_is_lifted_into_a_band_by_rounding() -> None:
    assert [percent_of(right, 8) for right in range(9)] == [0, 12, 25, 37, 50, 62, 75, 87, 100]
    assert percent_of(0, 0) == 0
    assert BANDS.band(percent_of(797, 1000)) == "borderline_pass"


def test_bands_must_rise() -> None:
    assert bands_in_order(50, 65, 80)
    assert not bands_in_order(50, 50, 80)
    assert not bands_in_order(0, 65, 80)
    assert not bands_in_order(50, 65, 101)


def test_all_right_choices_and_no_other_is_right() -> None:
    assert is_right(MORE, ["b", "a"])
    assert not is_right(MORE, ["a"])
    assert not is_right(MORE, ["a", "b", "c"])
    assert is_right(ONE, ["a"])
    assert not is_right(ONE, ["b"])


def test_only_choices_of_this_question_are_an_answer() -> None:
    assert may_be_picked(ONE, ["b"])
    assert not may_be_picked(ONE, [])
    assert not may_be_picked(ONE, ["a", "b"])
    assert not may_be_picked(ONE, ["foreign"])
    assert may_be_picked(MORE, ["a", "c"])
    assert not may_be_picked(MORE, ["a", "a"])


def test_a_question_must_be_answerable() -> None:
    assert can_be_graded("single", [True, False])
    assert not can_be_graded("single", [True, True])
    assert not can_be_graded("single", [True])
    assert can_be_graded("multiple", [True, True])
    assert not can_be_graded("multiple", [False, False])


def test_missing_and_foreign_answers_are_named() -> None:
    asked = {"1": ONE, "2": MORE, "3": ONE}

    assert unanswered(asked, {"1": ["a"], "2": [], "3": ["x"]}) == ["2", "3"]


def test_stored_content_is_read_as_it_was_asked() -> None:
    content = {
        "kind": "single",
        "text": "Why?",
        "explanation": "So.",
        "choices": '[{"type": "choice", "id": "x", "value": {"text": "Yes", "correct": true, "feedback": "Good."}}]',
    }

    assert asked_from(content) == Asked("single", "Why?", "So.", (Choice("x", "Yes", True, "Good."),))


def test_feedback_begins_with_what_worked() -> None:
    wrong, right = Reviewed(1, ONE, frozenset("b"), False), Reviewed(2, ONE, frozenset("a"), True)

    assert what_worked_first([wrong, right]) == [right, wrong]


def test_a_second_try_needs_a_clear_fail_or_a_decision() -> None:
    may = {"attempts": 1, "allowed": None, "passed": False}

    assert may_try_again(state="answered", band="clear_fail", **may)
    assert not may_try_again(state="answered", band="borderline_pass", **may)
    assert may_try_again(state="decided", band="borderline_pass", **may)
    assert not may_try_again(state="answered", band="clear_fail", attempts=1, allowed=1, passed=False)
    assert not may_try_again(state="answered", band="clear_fail", attempts=1, allowed=None, passed=True)


def step(name: str, kind: str = "lesson") -> Step:
    return Step(uuid4(), kind, name, f"/{name}/")


def a_course() -> Course:
    modules = tuple(
        Module(uuid4(), f"m{number}", "/", (step(f"l{number}1"), step(f"l{number}2"), step(f"q{number}", "quiz")))
        for number in (1, 2)
    )
    return Course(uuid4(), "c", "/", None, modules)


def lesson_done(held: Step) -> Record:
    return Record("lesson.completed", held.key, {"title": held.title}, AT)


def answered(held: Step, band: str, attempt: int = 1) -> Record:
    facts = {"title": "", "percent": 0, "band": band, "attempt": attempt, "passed": band == "clear_pass"}
    return Record("quiz.answered", held.key, facts, AT)


def decided(held: Step, passed: bool, attempt: int = 1) -> Record:
    return Record("quiz.decided", held.key, {"title": "", "passed": passed, "attempt": attempt}, AT)


def states(course: Course, records: list[Record]) -> list[str]:
    return [held.state for module in path_through(course, records).modules for held in module.steps]


def test_one_step_is_open_at_the_beginning() -> None:
    assert states(a_course(), []) == ["now", *["locked"] * 5]


def test_the_next_step_opens_when_one_is_done() -> None:
    course = a_course()
    first, second, quiz = course.modules[0].steps

    assert states(course, [lesson_done(first), lesson_done(second)]) == ["done", "done", "now", *["locked"] * 3]
    assert states(course, [lesson_done(first), lesson_done(second), answered(quiz, "clear_pass")]) == [
        "done", "done", "done", "now", "locked", "locked",
    ]  # fmt: skip


def test_a_clear_fail_opens_nothing() -> None:
    course = a_course()
    first, second, quiz = course.modules[0].steps
    records = [lesson_done(first), lesson_done(second), answered(quiz, "clear_fail")]

    assert states(course, records) == ["done", "done", "now", *["locked"] * 3]


@pytest.mark.parametrize("band", ["borderline_fail", "borderline_pass"])
def test_a_borderline_result_opens_the_next_module_provisionally(band: str) -> None:
    course = a_course()
    first, second, quiz = course.modules[0].steps
    records = [lesson_done(first), lesson_done(second), answered(quiz, band)]

    path = path_through(course, records)

    assert states(course, records) == ["done", "done", "waiting", "now", "locked", "locked"]
    assert [module.provisional for module in path.modules] == [False, True]
    assert [module.state for module in path.modules] == ["waiting", "now"]
    assert path.modules_done == 0


def test_a_decision_to_try_again_closes_it_and_keeps_what_was_done() -> None:
    course = a_course()
    first, second, quiz = course.modules[0].steps
    later = course.modules[1].steps[0]
    records = [lesson_done(first), lesson_done(second), answered(quiz, "borderline_pass"), lesson_done(later)]

    assert states(course, [*records, decided(quiz, False)]) == ["done", "done", "now", "done", "locked", "locked"]
    assert states(course, [*records, decided(quiz, True)]) == ["done", "done", "done", "done", "now", "locked"]


def test_once_passed_it_stays_passed() -> None:
    quiz = step("q", "quiz")

    standing = quiz_standing([answered(quiz, "clear_pass", 1), answered(quiz, "clear_fail", 2)])

    assert (standing.passed, standing.waiting, standing.attempts) == (True, False, 2)


def test_a_lesson_added_to_a_finished_module_takes_nothing_away() -> None:
    course = a_course()
    first, _, quiz = course.modules[0].steps
    records = [
        lesson_done(first),
        answered(quiz, "clear_pass"),
        Record("module.completed", course.modules[0].key, {}, AT),
    ]

    path = path_through(course, records)

    assert states(course, records) == ["done", "open", "done", "now", "locked", "locked"]
    assert [module.state for module in path.modules] == ["done", "now"]


def test_what_hangs_below_something_unpublished_does_not_show() -> None:
    def node(kind: str, path: str) -> Node:
        return Node(uuid4(), kind, kind, f"/{path}/", path)

    kept = [
        node("course", "0001"),
        node("module", "00010001"),
        node("lesson", "000100010001"),
        node("lesson", "000100020001"),
    ]

    (course,) = courses_of([*kept, node("module", "00010003")])

    assert [module.url for module in course.modules] == ["/00010001/"]
    assert [held.url for held in course.steps()] == ["/000100010001/"]


def test_codes_are_read_with_commas_and_spaces() -> None:
    assert codes_in("listening, respect  listening") == ["listening", "respect"]
    assert isinstance(a_course().key, UUID)
