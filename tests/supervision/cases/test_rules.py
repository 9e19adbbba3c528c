"""States, missing answers and checks of a case, on plain values."""

import pytest

from supervision.cases import rules

ENDS = {"closed", "withdrawn"}


def test_every_state_has_words_and_moves_to_known_states() -> None:
    assert set(rules.MOVES) == set(rules.STATES)
    assert {to for moves in rules.MOVES.values() for to in moves} <= set(rules.STATES)
    assert {state for state, moves in rules.MOVES.items() if not moves} == ENDS


@pytest.mark.parametrize(("state", "to"), [("draft", "submitted"), ("submitted", "presenting"), ("withdrawn", "draft")])
def test_a_move_that_is_not_listed_is_refused(state: str, to: str) -> None:
    with pytest.raises(rules.CaseMoved):
        rules.check_move(state, to)


def test_no_field_asks_for_an_identity() -> None:
    words = {part for name in rules.ANSWER_FIELDS for part in name.split("_")}

    assert words.isdisjoint({"name", "date", "place", "phone", "photo", "picture", "village", "address", "birth"})


def test_each_answer_belongs_to_one_step() -> None:
    asked = [name for step in rules.STEPS for name in step.fields]

    assert sorted(asked) == sorted(rules.ANSWER_FIELDS)


def test_missing_answers_name_their_steps(answers: dict[str, object]) -> None:
    answers |= {"problem": "", "tried": ""}

    assert [step.name for step in rules.steps_missing(answers)] == ["problem", "tried"]
    with pytest.raises(rules.CaseIncomplete):
        rules.check_complete(answers)


@pytest.mark.parametrize(
    "change", [{"consent_basis": "not_yet"}, {"no_identifiers": False}, {"stays_responsible": False}]
)
def test_each_line_of_the_last_check_is_needed(answers: dict[str, object], change: dict[str, object]) -> None:
    with pytest.raises(rules.CheckNotDone):
        rules.check_ticked(answers | change)


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("How can I help her?", True),
        ("How do I speak with Mrs. A about it?", True),
        ("She is sad. She does not eat. What now?", False),
        ("هي حزينة. لا تأكل؟ ماذا أفعل؟", False),
    ],
)
def test_the_question_is_one_sentence(text: str, one: bool) -> None:
    assert rules.is_one_sentence(text) is one


@pytest.mark.parametrize(
    "answer",
    [{"phone": "0700"}, {"age_band": "34"}, {"problem": "x" * 4001}, {"problem": 7}, {"no_identifiers": "yes"}],
)
def test_answers_that_nobody_asked_for_are_refused(answer: dict[str, object]) -> None:
    with pytest.raises(rules.AnswerUnreadable):
        rules.check_answers(answer)
