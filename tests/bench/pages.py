"""CPU and queries of a page at 1 and at 30 rows.

Run by `python -m tests.bench` in an environment of its own; prints one JSON object a line.
`pages()` -> {"page", "rows", "status", "queries", "cpu_ms"}.
"""

import json
import os
import time
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[2]
REPEATS = 30


def course_of(rows: int) -> dict[str, Any]:
    """The starter course with one module of `rows` lessons and a quiz of `rows` questions."""
    from courses.starter.rules import read_course

    source = read_course(ROOT / "courses/starter/first_steps.toml")
    source["slug"] = f"bench-{rows}"
    module = source["module"][0]
    source["module"] = [module]
    module["lesson"] = [
        {**deepcopy(module["lesson"][0]), "slug": f"lesson-{n}", "title": f"Lesson {n}"} for n in range(1, rows + 1)
    ]
    asked = module["quiz"]["question"]
    module["quiz"]["question"] = [{**deepcopy(asked[n % len(asked)]), "code": f"q{n}"} for n in range(rows)]
    return source


def people_of(rows: int, at: datetime) -> tuple[Any, Any, Any]:
    """A programme with `rows` providers who each read their lessons; gives programme, first learner, manager."""
    from courses.pages.actions import make_catalogue
    from courses.progress.actions import complete_lesson
    from courses.starter.actions import load_course
    from lms.people.actions import add_provider, add_user
    from lms.people.queries import unit_named
    from lms.programmes.actions import add_cohort, assign, create_programme, enrol, grant
    from lms.programmes.models import Subject

    programme = create_programme(slug=f"bench-{rows}", name=f"Bench {rows}", oncall_name="A", oncall_phone="1")
    catalogue = make_catalogue(programme=programme, by=None, at=at)
    folder = ROOT / "courses/starter"
    load_course(source=course_of(rows), folder=folder, catalogue=catalogue, by=None, at=at)
    cohort = add_cohort(programme=programme, name="Bench", starts_on=at.date())
    lessons = list(Subject.objects.filter(programme=programme, kind="lesson").order_by("position"))
    learners = []
    for n in range(rows):
        user = add_user(username=f"bench-{rows}-{n}", name=f"Bench {n} of {rows}", password=None, at=at)
        place = unit_named("Lakeside Health Centre")
        provider = add_provider(user=user, cadre="chw", sex="female", org_unit=place, languages=["en"])
        enrol(provider=provider, cohort=cohort, by=None, at=at)
        learners.append(user)
    for subject in lessons:
        assign(provider=learners[0].provider, subject=subject, reason="Practise", due=None, by=None, at=at)
        complete_lesson(person=learners[0], lesson=subject.key, by=learners[0], happened_at=at, at=at)
    manager = add_user(username=f"bench-manager-{rows}", name="Bench Manager", password=None, at=at)
    grant(user=manager, role="manager", programme=programme, by=None, at=at)
    return programme, learners[0], manager


def client_of(user: Any) -> Any:
    """A browser in which somebody is signed in."""
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user, backend="lms.people.access.CardOrNameBackend")
    return client


def measured(get: Callable[[], Any]) -> dict[str, Any]:
    """Status, queries and CPU of one request, warm, the middle of many."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    get(), get()
    with CaptureQueriesContext(connection) as queries:
        answer = get()
        asked = len(queries)
    costs = []
    for _ in range(REPEATS):
        began = time.process_time()
        get()
        costs.append(time.process_time() - began)
    cpu = sorted(costs)[REPEATS // 2] * 1000
    return {"status": answer.status_code, "queries": asked, "cpu_ms": round(cpu, 1)}


def pages() -> None:
    """Home, lesson, quiz and board at 1 and at 30 rows."""
    at = datetime.now(UTC) - timedelta(days=3)
    for rows in (1, 30):
        programme, learner, manager = people_of(rows, at)
        base = f"/learn/{programme.slug}/bench-{rows}/module-1"
        looks = [
            ("home", learner, "/home/"),
            ("lesson", learner, f"{base}/lesson-1/"),
            ("quiz", learner, f"{base}/quiz/"),
            ("board", manager, "/manage/"),
        ]
        for name, user, path in looks:
            client = client_of(user)
            row = measured(lambda client=client, path=path: client.get(path))
            print(json.dumps({"page": name, "rows": rows} | row), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    django.setup()
    pages()
