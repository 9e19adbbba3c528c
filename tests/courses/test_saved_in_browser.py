"""A module on the phone, in a real browser: saved, read and answered without network, renewed whole or not at all."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from courses.pages.rules import starter_key
from tests.journeys.browser import Watch, check
from tests.journeys.server import Server, served

pytestmark = [pytest.mark.browser]
Opening = Callable[..., tuple[BrowserContext, Watch]]

COURSE = "/learn/helping-kisumu/first-steps/"
MODULE = f"{COURSE}module-1/"
LESSONS = [f"{MODULE}lesson-{number}/" for number in (1, 2, 3)]
QUIZ = f"{MODULE}quiz/"
KEY = str(starter_key("first-steps/module-1"))
ON_PHONE = ".chip:has-text('On this phone')"
STATE_IS_HERE = """(resolve) => {
  const look = async () => ((await phone.part("modules")) ? resolve(true) : setTimeout(look, 100));
  look();
}"""
SHIFTS = """
window.__shift = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.__shift += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this file's own: what is learned here must not surprise other journeys."""
    with served(Path(tmp_path_factory.mktemp("saved"))) as running:
        yield running


def ask(server: Server, code: str) -> Any:
    """What a line of Python says of the server's data, as JSON."""
    lines = f"import json\nfrom courses.models import *\nfrom lms.models import *\n{code}"
    return json.loads(server.manage("shell", "-v0", "-c", lines).splitlines()[-1])


def recorded(server: Server, username: str) -> list[str]:
    """The ledger's entries of a person, in order."""
    return ask(
        server,
        "from lms.ledger.models import Entry\n"
        f"found = Entry.objects.filter(provider__user__username={username!r}).order_by('number')\n"
        "print(json.dumps(list(found.values_list('kind', flat=True))))",
    )


def open_phone(open_context: Opening, people: SimpleNamespace, username: str) -> tuple[Page, BrowserContext, Watch]:
    """A phone on which somebody has just signed in, and which has taken the app over."""
    context, watching = open_context(360, 640)
    context.add_init_script(SHIFTS)
    page = context.new_page()
    people.sign_in(page, username)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page, context, watching


def save(page: Page, module: str = MODULE) -> None:
    page.goto(module)
    page.locator("[data-do=save]").click()
    expect(page.locator(ON_PHONE)).to_be_visible()
    expect(page.locator("[data-sync]")).to_contain_text("All saved")
    expect(page.locator("[data-save] .num")).to_contain_text("kB")


def of_phone(page: Page, call: str) -> Any:
    """Calls a function of the phone's own scripts."""
    script = page.locator("script[src*='lms/phone']").get_attribute("src")
    return page.evaluate(f"import('{script}').then((phone) => phone.{call})")


def has_state(page: Page) -> None:
    """Waits until the phone knows where its person stands."""
    of_phone(page, f"part('modules').then(() => new Promise({STATE_IS_HERE}))")


def read_on(page: Page) -> None:
    """From the module's page, by the saffron button, through all lessons to the quiz."""
    for _ in range(5):
        if "quiz" in page.url:
            return
        before = page.url
        page.locator(".is-now .btn-now, .foot-bar .btn-now").last.click()
        page.wait_for_url(lambda url, before=before: url != before)
        expect(page.locator("[data-lay]")).to_have_count(0)
    raise AssertionError(page.url)


def caches_of(page: Page) -> list[str]:
    return page.evaluate(f"caches.keys().then((all) => all.filter((name) => name.startsWith('tandem-module-{KEY}')))")


def cut(context: BrowserContext, watching: Watch) -> None:
    watching.server_is_dead = True
    context.set_offline(True)


def right_answers(server: Server, attempt: str) -> list[str]:
    return ask(
        server,
        "from courses.quizzes.queries import questions_of\n"
        f"asked = questions_of(Attempt.objects.get(pk={attempt!r}))\n"
        "print(json.dumps([choice for held in asked for choice in sorted(held.asked.right)]))",
    )


@pytest.mark.long
def test_what_is_learned_without_network_arrives_once(
    server: Server, open_context: Opening, people: SimpleNamespace
) -> None:
    page, context, watching = open_phone(open_context, people, "dalia")
    before = recorded(server, "dalia")
    save(page)
    attempt = ask(server, "print(json.dumps(str(Attempt.objects.get(provider__user__username='dalia').pk)))")
    right = right_answers(server, attempt)
    cut(context, watching)

    page.goto(MODULE)
    read_on(page)
    expect(page.locator("[data-sync]")).to_contain_text("Waiting to be sent")
    for _ in range(8):
        page.locator("[data-word=next]").click()
    expect(page.locator("[data-word=line-open]")).to_have_count(8)
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("alert")).to_contain_text("Some questions have no answer yet.")
    page.get_by_role("alert").get_by_role("link", name="Question 1").click()
    for _ in range(8):
        for choice in right:
            if page.locator(f"input[value='{choice}']").is_visible():
                page.locator(f"input[value='{choice}']").check()
        page.locator("[data-word=next]").click()
    expect(page.locator("#quiz[data-kept='8']")).to_be_attached()
    page.reload()
    expect(page.locator("input:checked")).to_have_count(len(right))
    expect(page.locator("[data-word=line-all]")).to_contain_text("All 8 questions")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_text("Your answers are saved on this phone.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Your answers are saved on this phone.")).to_be_visible()
    check(page, watching)
    page.goto(COURSE)
    expect(page.locator("[data-module]").nth(0)).to_contain_text("Answered, saved on this phone")
    expect(page.locator("[data-module]").nth(1)).to_contain_text("You are here")
    check(page, watching)
    page.goto(QUIZ)
    context.set_offline(False)

    expect(page.get_by_text("Well done, Dalia")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-sync]")).to_contain_text("All saved")
    watching.server_is_dead = False
    page.reload()
    expect(page.get_by_text("Well done, Dalia")).to_be_visible()
    lessons = 3 - before.count("lesson.completed")
    assert recorded(server, "dalia")[len(before) :] == ["lesson.completed"] * lessons + [
        "quiz.answered",
        "module.completed",
    ]
    assert watching.faults == []


@pytest.mark.long
def test_nothing_jumps_on_a_saved_page(server: Server, open_context: Opening, people: SimpleNamespace) -> None:
    page, _context, watching = open_phone(open_context, people, "amina")
    save(page)

    for url in (COURSE, MODULE, LESSONS[0], QUIZ):
        page.goto(url)
        expect(page.locator("main[data-saved]")).to_be_visible()
        expect(page.locator("[data-lay]")).to_have_count(0)
        expect(page.locator("[data-save]:not([data-ready])")).to_have_count(0)
        assert page.evaluate("window.__shift") <= 0.02, url
        check(page, watching)
    assert watching.faults == []


@pytest.mark.long
def test_an_update_that_is_cut_leaves_the_old_one_whole(
    server: Server, open_context: Opening, people: SimpleNamespace
) -> None:
    page, context, watching = open_phone(open_context, people, "amina")
    save(page)
    old = caches_of(page)
    ask(
        server,
        "lesson = LessonPage.objects.get(url_path__endswith='first-steps/module-1/lesson-2/')\n"
        "lesson.title = 'A newer lesson'\nlesson.save_revision().publish()\nprint('null')",
    )

    def drop(route: Route) -> None:
        route.abort()

    watching.server_is_dead = True
    context.route("**/lesson-2/?saved=1", drop)
    with page.expect_event("requestfailed", lambda request: "lesson-2" in request.url):
        of_phone(page, "refresh({ force: true }).then(() => true)")
    page.goto(LESSONS[1])
    expect(page.locator("h1")).not_to_have_text("A newer lesson")
    assert old[0] in caches_of(page)

    context.unroute("**/lesson-2/?saved=1", drop)
    watching.server_is_dead = False
    page.goto(MODULE)
    of_phone(page, "refresh({ force: true }).then(() => true)")
    edition = old[0].rpartition("-")[2]
    expect(page.locator(f"[data-save][data-edition='{edition}']")).to_have_count(0)
    page.goto(LESSONS[1])
    expect(page.locator("h1")).to_have_text("A newer lesson")
    assert old[0] not in caches_of(page)
    assert len(caches_of(page)) == 1


@pytest.mark.long
def test_a_removed_module_leaves_no_file(server: Server, open_context: Opening, people: SimpleNamespace) -> None:
    page, *_ = open_phone(open_context, people, "amina")
    save(page)

    page.get_by_role("button", name="Remove from this phone").click()

    expect(page.get_by_text("Removed from this phone.")).to_be_visible()
    assert caches_of(page) == []
    expect(page.locator("[data-sync]")).to_contain_text("All saved")
    kept = ask(
        server,
        "kept = ModuleSave.objects.filter(person__username='amina', removed_at=None)\nprint(json.dumps(kept.count()))",
    )
    assert kept == 0


def test_a_phone_that_is_full_says_so(server: Server, open_context: Opening, people: SimpleNamespace) -> None:
    page, context, watching = open_phone(open_context, people, "amina")
    context.add_init_script("navigator.storage.estimate = async () => ({ quota: 2000, usage: 1000 });")

    page.goto(COURSE)
    page.locator("[data-do=ask]").first.click()

    expect(page.get_by_text("This phone is nearly full")).to_be_visible()
    check(page, watching)
    assert caches_of(page) == []
    assert watching.faults == []


@pytest.mark.long
def test_on_a_shared_phone_each_sees_her_own_way(
    server: Server, open_context: Opening, people: SimpleNamespace
) -> None:
    module = f"{COURSE}module-2/"
    page, *_ = open_phone(open_context, people, "amina")
    save(page, module)
    page.goto(module)
    expect(page.locator("main[data-saved] li.is-done")).to_have_count(2)
    page.goto("/me/")
    page.locator("form[action='/logout/'] button").first.click()
    page.wait_for_url("**/")
    expect(page.locator("html:not([data-person])")).to_be_attached()
    page.wait_for_load_state("networkidle")

    people.sign_in(page, "brian")
    has_state(page)
    page.goto(module)

    expect(page.locator("main[data-saved] li.is-done")).to_have_count(4)
    expect(page.locator("[data-do=save], [data-do=ask]")).to_be_visible()
    assert "Amina" not in page.content()


@pytest.mark.long
def test_the_first_answers_count_on_two_phones(server: Server, open_context: Opening, people: SimpleNamespace) -> None:
    module = f"{COURSE}module-2/"
    phones, before = [], recorded(server, "chidi").count("quiz.answered")
    for _ in range(2):
        page, context, watching = open_phone(open_context, people, "chidi")
        save(page, module)
        cut(context, watching)
        page.goto(module)
        read_on(page)
        for question in page.locator("fieldset").all():
            question.locator("input").nth(len(phones)).check()
            page.locator("[data-word=next]").click()
        page.get_by_role("button", name="Send my answers").click()
        expect(page.get_by_text("Your answers are saved on this phone.")).to_be_visible()
        phones.append((page, context))

    for page, context in phones:
        context.set_offline(False)
        expect(page.get_by_role("heading", name="Your answers")).to_be_visible(timeout=20_000)

    assert recorded(server, "chidi").count("quiz.answered") == before + 1
    first, second = (page.locator("[data-quiz]").inner_text() for page, _ in phones)
    assert first == second


def sign_out(page: Page) -> None:
    page.goto("/me/")
    page.locator("form[action='/logout/'] button").first.click()
    page.wait_for_url("**/")
    expect(page.locator("html:not([data-person])")).to_be_attached()
    page.wait_for_load_state("networkidle")


LANGUAGES = f"""async () => {{
    const names = (await caches.keys()).filter((name) => name.startsWith("tandem-module-{KEY}"));
    const listOf = async (name) => (await caches.open(name)).match("/learn/phone/{KEY}/");
    const lists = await Promise.all(names.map(listOf));
    return (await Promise.all(lists.map(async (list) => list && (await list.json()).language))).sort();
}}"""


def whole_in(page: Page, *languages: str) -> None:
    """Until the module is whole on the phone in these languages and in no other, and said to be kept."""
    for _ in range(150):
        if page.evaluate(LANGUAGES) == sorted(languages):
            return
        page.wait_for_timeout(200)
    raise AssertionError(page.evaluate(LANGUAGES))


@pytest.mark.long
def test_on_a_phone_of_two_languages_nothing_is_fetched_anew_at_each_switch(
    server: Server, open_context: Opening, people: SimpleNamespace
) -> None:
    ask(server, "User.objects.filter(username='brian').update(language='sw')\nprint('null')")
    page, *_ = open_phone(open_context, people, "amina")
    save(page)
    whole_in(page, "en")
    sign_out(page)
    people.sign_in(page, "brian")
    has_state(page)
    page.goto(MODULE)
    page.locator("[data-do=save]").click()
    whole_in(page, "en", "sw")
    expect(page.locator("[data-save][data-now=kept]")).to_be_visible()
    page.goto(LESSONS[0])
    expect(page.locator("html[lang=sw] main[data-saved]")).to_be_visible()
    sign_out(page)

    people.sign_in(page, "amina")
    has_state(page)
    fetched: list[str] = []
    page.on("request", lambda request: "saved=1" in request.url and fetched.append(request.url))
    page.goto(MODULE)
    expect(page.locator("html[lang=en] main[data-saved]")).to_be_visible()
    of_phone(page, "refresh({ force: true }).then(() => true)")
    whole_in(page, "en", "sw")
    assert fetched == []

    page.get_by_role("button", name="Remove from this phone").click()
    whole_in(page, "sw")
    ask(server, "User.objects.filter(username='brian').update(language='en')\nprint('null')")


@pytest.mark.long
def test_the_pages_of_a_programme_that_she_left_go_at_the_next_contact_and_her_work_is_sent(
    server: Server, open_context: Opening, people: SimpleNamespace
) -> None:
    page, context, watching = open_phone(open_context, people, "chidi")
    save(page)
    page.goto("/me/")
    lesson = ask(
        server,
        "lessons = LessonPage.objects.filter(locale__language_code='en')\n"
        "lesson = lessons.get(url_path__endswith='first-steps/module-1/lesson-1/')\n"
        "print(json.dumps(str(lesson.translation_key)))",
    )
    cut(context, watching)
    of_phone(page, f"put({{ kind: 'lesson.completed', subject: '{lesson}' }}).then(() => true)")
    of_phone(
        page, f"meta('saved:{KEY}').then((held) => phone.setMeta('saved:{KEY}', {{ ...held, at: 0 }})).then(() => true)"
    )
    ask(
        server,
        "from django.utils import timezone\nfrom lms.programmes.actions import decide\n"
        "held = Enrolment.objects.get(provider__user__username='chidi')\n"
        "decide(enrolment=held, decision='leave', reason='Moved away', by=User.objects.get(username='joseph'), "
        "at=timezone.now())\nprint('null')",
    )
    context.set_offline(False)

    sent = of_phone(
        page, "flush({ force: true, patience: 60000 }).then(() => phone.waiting()).then(({ items }) => items)"
    )
    of_phone(page, "refresh({ force: true }).then(() => true)")

    assert [item["state"] for item in sent if item["kind"] == "lesson.completed"] == ["applied"]
    whole_in(page)
    assert [name for name in of_phone(page, "partNames()") if name.startswith("page:/learn/")] == []
