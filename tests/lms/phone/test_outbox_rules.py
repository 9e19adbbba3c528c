"""What becomes of the things that wait on a phone: the real rules of the outbox, and the outbox itself, in QuickJS."""

import json
from typing import Any

import pytest

from tests.lms.phone.quick_phone import SCRIPTS, Phone, Rules

NOW = 1_790_000_000_000
DAY = 24 * 3600 * 1000
rules = Rules()


def item(n: int, **other: Any) -> dict[str, Any]:
    """One thing that waits."""
    plain = {"key": f"key-{n}", "person": "amina", "n": n, "state": "waiting", "tries": 0, "answer": None}
    return plain | {"kind": "lesson.completed", "subject": f"s{n}", "at": "2026", "data": {}} | other


def sent(n: int, **other: Any) -> dict[str, Any]:
    return item(n, state="sending", tries=1, **other)


def keys(items: list[dict[str, Any]]) -> list[str]:
    return [one["key"] for one in items]


def result(n: int, status: str, **other: Any) -> dict[str, Any]:
    return {"key": f"key-{n}", "status": status, "code": "", "detail": "", "data": {}, **other}


# --- the line ---


def test_a_new_item_stands_at_the_end_of_the_line() -> None:
    change = rules.coalesced([item(1), item(7)], item(0, key="new"), "spare")

    assert (change["item"]["key"], change["item"]["n"], change["item"]["state"]) == ("new", 8, "waiting")
    assert (change["put"], change["drop"]) == ([change["item"]], [])


@pytest.mark.parametrize("kind", ["case.drafted", "rating.marked"])
def test_the_newest_of_a_kind_that_says_all_takes_the_place_of_the_one_that_waits(kind: str) -> None:
    waits = [item(1), item(2, kind=kind, subject="draft"), item(3)]

    change = rules.coalesced(waits, item(0, key="new", kind=kind, subject="draft"), "spare")

    assert (change["item"]["key"], change["item"]["n"], change["drop"]) == ("new", 2, ["key-2"])


@pytest.mark.parametrize(
    "before",
    [
        [sent(1, kind="case.drafted", subject="draft")],
        [item(1, kind="case.drafted", subject="other")],
        [item(1, kind="case.submitted", subject="draft")],
        [item(1, kind="case.drafted", subject="draft"), item(2, kind="case.submitted", subject="draft")],
        [item(1, kind="case.drafted", subject="draft", state="refused")],
    ],
    ids=["may be at the server", "other subject", "other kind", "something followed it", "refused"],
)
def test_nothing_else_is_replaced(before: list[dict[str, Any]]) -> None:
    change = rules.coalesced(before, item(0, key="new", kind="case.drafted", subject="draft"), "spare")

    assert (change["drop"], change["item"]["n"]) == ([], before[-1]["n"] + 1)


def test_lessons_and_answers_are_never_replaced() -> None:
    change = rules.coalesced([item(1, subject="s")], item(0, key="new", subject="s"), "spare")

    assert change["drop"] == []


@pytest.mark.parametrize("state", ["waiting", "sending", "applied", "refused"])
def test_the_same_thing_under_the_same_key_is_the_one_that_is_there(state: str) -> None:
    there = rules.coalesced([], item(0, key="form", data={"a": 1}), "spare")["item"] | {"state": state}
    if state == "applied":
        there["data"] = None

    again = rules.coalesced([there], item(0, key="form", data={"a": 1}), "spare")

    assert again == {"item": there}


@pytest.mark.parametrize("state", ["waiting", "sending", "applied", "refused"])
def test_another_thing_under_a_used_key_gets_a_key_of_its_own(state: str) -> None:
    there = rules.coalesced([], item(0, key="form", data={"a": 1}), "spare")["item"] | {"state": state}

    other = rules.coalesced([there], item(0, key="form", data={"a": 2}), "spare")

    assert (other["item"]["key"], other["item"]["data"], other["drop"]) == ("spare", {"a": 2}, [])


# --- what is sent ---


def test_a_batch_is_in_order_and_holds_what_fits() -> None:
    items = [item(n) for n in range(1, 151)]
    big = [item(n, data={"text": "é" * 100_000}) for n in range(1, 8)]

    assert keys(rules.nextBatch(items)) == [f"key-{n}" for n in range(1, 101)]
    assert keys(rules.nextBatch(big)) == [f"key-{n}" for n in range(1, 5)]


def test_what_is_too_big_for_company_goes_alone() -> None:
    big = item(1, data={"text": "x" * 950_000})

    assert keys(rules.nextBatch([big, item(2)])) == ["key-1"]


def test_what_was_answered_or_cannot_be_opened_is_not_sent() -> None:
    closed = {"key": "key-3", "n": 3, "state": "waiting", "tries": 0, "closed": True}

    batch = rules.nextBatch([item(1, state="applied"), item(2, state="refused"), closed, sent(4), item(5)])

    assert keys(batch) == ["key-4", "key-5"]


def test_nothing_follows_a_put_off_item_on_its_subject() -> None:
    put_off = sent(1, subject="s", answer={"status": "later"})

    assert keys(rules.nextBatch([put_off, item(2, subject="s"), item(3)])) == ["key-1", "key-3"]
    assert keys(rules.nextBatch([put_off, item(2, subject="s"), item(3)], ["s"])) == ["key-3"]


def test_before_it_leaves_an_item_is_marked_as_perhaps_sent() -> None:
    marked = rules.marked([item(1), sent(2)])["put"]

    assert [(one["state"], one["tries"]) for one in marked] == [("sending", 1), ("sending", 2)]


def test_bytes_are_counted_as_they_leave() -> None:
    for text in ["plain", "é", "ش", "日本", "🙂", "a\n\"'", "\ud83d alone"]:
        assert rules.bytesOf(text) == len(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")) or (
            "\ud83d" in text
        )


# --- what an answer changes ---


def settle(items: list[dict[str, Any]], status: int, answer: Any) -> dict[str, Any]:
    waits = [one["key"] for one in items if one["state"] == "sending"]
    return rules.settled(items, waits, status, answer, NOW)


def test_what_was_taken_is_kept_without_its_body_and_with_its_answer() -> None:
    change = settle([sent(1, data={"a": 1}), sent(2)], 200, {"results": [result(1, "applied", data={"next": "/"})]})

    assert len(change["put"]) == 1
    kept = change["put"][0]
    assert (kept["state"], kept["data"], kept["done"], kept["answer"]["data"]) == ("applied", None, NOW, {"next": "/"})


def test_taken_before_is_taken() -> None:
    assert settle([sent(1)], 200, {"results": [result(1, "already")]})["put"][0]["state"] == "applied"


def test_a_refused_item_keeps_what_she_wrote_and_says_why() -> None:
    said = result(1, "refused", code="closed", detail="It is closed.")

    kept = settle([sent(1, data={"a": 1})], 200, {"results": [said]})["put"][0]

    assert (kept["state"], kept["data"], kept["answer"]["detail"]) == ("refused", {"a": 1}, "It is closed.")


@pytest.mark.parametrize("word", ["later", "a word of tomorrow"])
def test_what_was_not_decided_stays_and_holds_its_subject(word: str) -> None:
    change = settle([sent(1, subject="s"), sent(2)], 200, {"results": [result(1, word, retry_after=60)]})

    assert [(one["key"], one["state"]) for one in change["put"]] == [("key-1", "sending")]
    assert (change["held"], change["after"]) == (["s", "s2"], 60)


def test_an_answer_to_what_was_not_asked_changes_nothing() -> None:
    change = settle([sent(1), item(2)], 200, {"results": [result(2, "applied"), {"key": None}, None]})

    assert change["put"] == []


def test_an_answer_that_comes_twice_changes_nothing_the_second_time() -> None:
    once = {**sent(1), "state": "refused", "answer": {"status": "refused"}}

    assert rules.settled([once], ["key-1"], 200, {"results": [result(1, "applied")]}, NOW)["put"] == []


@pytest.mark.parametrize(
    ("status", "answer", "then"),
    [
        (0, None, "again"),
        (500, None, "again"),
        (200, None, "again"),
        (200, {"hello": 1}, "again"),
        (400, None, "again"),
        (403, {"code": "blocked"}, "again"),
        (409, None, "again"),
        (401, {"code": "signed_out"}, "sign in"),
        (403, {"code": "csrf"}, "token"),
        (409, {"code": "other_person"}, "other"),
        (413, None, "halve"),
        (400, {"code": "invalid"}, "halve"),
    ],
)
def test_where_nothing_was_decided_nothing_changes(status: int, answer: Any, then: str) -> None:
    assert settle([sent(1), sent(2)], status, answer) == {"then": then}


@pytest.mark.parametrize(
    ("status", "answer", "code"), [(413, None, "too_large"), (400, {"code": "invalid"}, "invalid")]
)
def test_what_does_not_pass_the_door_alone_is_shown_as_refused(status: int, answer: Any, code: str) -> None:
    kept = settle([sent(1, data={"a": 1})], status, answer)["put"][0]

    assert (kept["state"], kept["answer"]["code"], kept["data"]) == ("refused", code, {"a": 1})


# --- afterwards ---


def test_sent_things_stay_a_week_and_others_for_ever() -> None:
    old, young = NOW - 8 * DAY, NOW - 6 * DAY
    items = [
        item(1, state="applied", done=old),
        item(2, state="applied", done=young),
        item(3, state="refused", done=old),
    ]

    assert rules.tidied([*items, item(4)], NOW) == {"drop": ["key-1"]}


def test_a_clock_set_back_does_not_fill_the_phone() -> None:
    items = [item(n, state="applied", done=NOW + 900 * DAY) for n in range(1, 251)]

    assert rules.tidied(items, NOW)["drop"] == [f"key-{n}" for n in range(50, 0, -1)]


def test_where_words_were_taken_away_what_was_sent_keeps_no_title_and_what_waits_keeps_it() -> None:
    sent = item(1, state="applied", label="She lives at the red gate", done=NOW)
    items = [
        sent,
        item(2, state="refused", label="Not taken"),
        item(3, label="Waits"),
        item(4, state="applied", label=""),
    ]

    assert rules.unnamed(items) == {"put": [{**sent, "label": ""}]}


def test_a_mended_item_is_a_new_one_at_the_end_of_the_line() -> None:
    refused = item(1, state="refused", answer={"code": "invalid"}, data={"a": 1}, label="My case")

    change = rules.mended([refused, item(2)], "key-1", {"a": 2}, "spare")

    assert change["drop"] == ["key-1"]
    mended = change["put"][0]
    assert (mended["key"], mended["n"], mended["data"], mended["state"]) == ("spare", 3, {"a": 2}, "waiting")
    assert (mended["answer"], mended["tries"], mended["label"]) == (None, 0, "My case")


@pytest.mark.parametrize("state", ["waiting", "sending", "applied"])
def test_only_a_refused_item_is_mended(state: str) -> None:
    assert rules.mended([item(1, state=state)], "key-1", {}, "spare") == {"item": None}


@pytest.mark.parametrize(("state", "gone"), [("waiting", 1), ("refused", 1), ("sending", 0), ("applied", 0)])
def test_what_may_be_at_the_server_is_not_taken_back(state: str, gone: int) -> None:
    assert len(rules.withdrawn([item(1, state=state)], "key-1", NOW)["drop"]) == gone


def put_off(times: int, **other: Any) -> dict[str, Any]:
    """An item that was sent so often, and put off each time; the first time at NOW."""
    one = item(1, subject="s")
    for n in range(times):
        sending = rules.marked([one])["put"]
        said = {"results": [result(1, "later", detail="Our side.")]}
        one = rules.settled(sending, ["key-1"], 200, said, NOW + n)["put"][0]
    return one | other


@pytest.mark.parametrize(
    ("times", "later", "gone"), [(4, 0, 0), (4, DAY - 1, 0), (5, 0, 1), (1, DAY, 1), (4, DAY, 1), (1, -DAY, 0)]
)
def test_what_is_put_off_five_times_or_for_a_day_can_be_taken_back(times: int, later: int, gone: int) -> None:
    late = put_off(times)

    assert late["state"] == "sending"
    assert len(rules.withdrawn([late], "key-1", NOW + later)["drop"]) == gone
    assert rules.mayTakeBack(late, NOW + later) is bool(gone)


def test_what_is_put_off_never_vanishes_by_itself() -> None:
    assert rules.tidied([put_off(9)], NOW + 900 * DAY)["drop"] == []
    assert keys(rules.nextBatch([put_off(9)])) == ["key-1"]


def test_a_try_without_answer_after_it_keeps_it_here() -> None:
    under_way = rules.marked([put_off(9)])["put"][0]

    assert rules.withdrawn([under_way], "key-1", NOW + 9 * DAY)["drop"] == []


def test_after_a_try_without_answer_it_is_counted_anew_and_no_clock_shortens_it() -> None:
    lost = rules.marked([put_off(4)])["put"]
    said = {"results": [result(1, "later")]}
    again = rules.settled(rules.marked(lost)["put"], ["key-1"], 200, said, NOW)["put"][0]

    assert (again["late"]["run"], again["tries"]) == (1, 6)
    assert rules.withdrawn([again], "key-1", NOW + 900 * DAY)["drop"] == []


def test_a_word_that_we_do_not_know_is_no_being_put_off() -> None:
    unknown = settle([sent(1)], 200, {"results": [result(1, "a word of tomorrow")]})["put"][0]

    assert "late" not in unknown


def test_what_follows_on_its_subject_goes_when_it_is_taken_back() -> None:
    late, next_one = put_off(5), item(2, subject="s")

    assert keys(rules.nextBatch([late, next_one, item(3)])) == ["key-1", "key-3"]
    assert keys(rules.nextBatch([next_one, item(3)])) == ["key-2", "key-3"]


LAST = {"key": "last", "person": "amina", "kind": "case.withdrawn", "data": {}, "label": "", "page": "", "at": "2026"}


def test_words_that_were_never_sent_go_without_a_trace() -> None:
    items = [item(1, subject="draft", label="Her words"), item(2, subject="draft", state="refused"), item(3)]

    assert rules.erased(items, "draft", LAST, False, NOW) == {"put": [], "drop": ["key-1", "key-2"]}


@pytest.mark.parametrize(
    ("items", "is_there"),
    [([], True), ([item(1, subject="draft", state="applied")], False), ([put_off(5, subject="draft")], False)],
    ids=["the server has a draft", "some were sent", "put off for long"],
)
def test_the_server_is_told_of_words_that_it_has_or_may_have(items: list[dict[str, Any]], is_there: bool) -> None:
    change = rules.erased(items, "draft", LAST, is_there, NOW)

    assert change["drop"] == keys(items)
    assert [(one["kind"], one["subject"], one["state"], one["n"]) for one in change["put"]] == [
        ("case.withdrawn", "draft", "waiting", len(items) + 1)
    ]


def test_words_that_may_be_at_the_server_keep_key_and_body_and_lose_their_title() -> None:
    under_way = sent(1, subject="draft", data={"a": 1}, label="Her words")

    change = rules.erased([under_way], "draft", LAST, False, NOW)

    assert change["drop"] == []
    assert change["put"][0] == under_way | {"label": ""}
    assert (change["put"][1]["key"], change["put"][1]["n"]) == ("last", 2)


def test_pauses_grow_from_two_seconds_to_ten_minutes_with_full_jitter() -> None:
    assert [rules.pauseAfter(tries, 1) for tries in (1, 2, 3, 20)] == [4000, 8000, 16000, 600_000]
    assert [rules.pauseAfter(tries, 0) for tries in (1, 20)] == [2000, 2000]
    assert rules.pauseAfter(9, 0.5) == 300_000


@pytest.mark.parametrize(("until", "holds"), [(NOW + 5000, True), (NOW - 1, False), (NOW + 400 * DAY, False)])
def test_a_pause_holds_unless_the_clock_was_set_back(until: int, holds: bool) -> None:
    assert rules.pausing({"until": until}, NOW) is holds


def test_a_slow_line_gets_more_time_at_each_try() -> None:
    assert [rules.timeLimit(tries) for tries in (0, 1, 2, 9)] == [15_000, 30_000, 60_000, 60_000]


def test_the_rules_ask_neither_clock_nor_chance_nor_network() -> None:
    text = (SCRIPTS / "outbox_rules.js").read_text("utf-8")

    assert [
        word for word in ("Date.", "new Date", "Math.random", "fetch", "indexedDB", "import ") if word in text
    ] == []


# --- the outbox over them ---


class Line:
    """A network that answers what it is told, and notes what was sent."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers, self.posts = list(answers), []
        self.person = "amina"

    def __call__(self, method: str, body: str) -> dict[str, Any]:
        if method == "GET":
            return {"status": 200, "text": json.dumps({"person": self.person, "csrf": "c"})}
        sent = json.loads(body)
        self.posts.append([one["data"]["n"] for one in sent["items"]])
        answer = self.answers.pop(0) if self.answers else {}
        if answer:
            return answer
        results = [{"key": one["key"], "status": "applied", "data": {}} for one in sent["items"]]
        return {"status": 200, "text": json.dumps({"results": results})}


def phone_with(line: Line, count: int) -> Phone:
    phone = Phone(line)
    phone.disk.person = "amina"
    phone.disk.keys = {"amina"}
    for n in range(count):
        phone.put("test", f"s{n}", {"n": n})
    return phone


def test_what_is_too_much_at_once_goes_in_halves() -> None:
    line = Line({"status": 413, "text": "<html>"}, {"status": 413, "text": "<html>"})
    phone = phone_with(line, 4)

    end = phone.flush()

    assert (end["state"], end["applied"]) == ("sent", 4)
    assert line.posts == [[0, 1, 2, 3], [0, 1], [0], [1], [2], [3]]


def test_a_stale_token_is_asked_for_anew_once() -> None:
    stale = {"status": 403, "text": '{"code": "csrf"}'}
    once, twice = Line(stale), Line(stale, stale)

    assert phone_with(once, 1).flush()["state"] == "sent"
    assert phone_with(twice, 1).flush()["state"] == "off"


def test_nothing_is_sent_while_another_person_is_signed_in() -> None:
    line = Line()
    line.person = "brian"
    phone = phone_with(line, 1)

    assert (phone.flush()["state"], line.posts) == ("other", [])
    assert [one["state"] for one in phone.open_items()] == ["waiting"]


def test_nothing_is_kept_on_a_locked_phone() -> None:
    phone = phone_with(Line(), 0)
    phone.disk.keys.clear()

    with pytest.raises(RuntimeError, match="Error"):
        phone.put("test", "s", {"n": 1})

    assert (phone.disk.items, phone.flush()) == ({}, {"state": "locked"})


def test_what_would_not_fit_through_the_door_is_not_kept() -> None:
    phone = phone_with(Line(), 0)

    with pytest.raises(RuntimeError):
        phone.put("test", "s", {"text": "x" * 950_000})

    assert phone.disk.items == {}


def test_after_a_failure_it_waits_and_only_a_press_goes_before() -> None:
    line = Line({"lost": True})
    phone = phone_with(line, 1)

    first, second = phone.flush(), phone.ask("flush()")
    pressed = phone.flush()

    assert (first["state"], second["state"], pressed["state"]) == ("off", "paused", "sent")
    assert phone.disk.meta["pause"] is None


def test_what_the_server_puts_off_is_asked_again_when_it_said() -> None:
    line = Line()
    phone = phone_with(line, 1)
    key = phone.open_items()[0]["key"]
    later = {"results": [{"key": key, "status": "later", "retry_after": 60, "data": {}}]}
    line.answers = [{"status": 200, "text": json.dumps(later)}]

    end = phone.flush()

    assert (end["state"], line.posts) == ("sent", [[0]])
    assert phone.disk.meta["pause"] == {"tries": 0, "until": phone.clock + 60_000}
