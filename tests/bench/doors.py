"""How soon somebody loses the socket who signed out or was taken out, while her room talks on.

`measure()` -> on SQLite and, where one can be reached, on PostgreSQL: rows of {"on", "ending", "people", "still_in",
"p50_ms", "p95_ms", "heard_after_2s"}; promised are 2 seconds, and nobody who hears a word after them.
"""

import asyncio
import json
from typing import Any

from tests.bench.room import Member, database, databases, enter, leave, server, world
from tests.journeys.server import Server

PROMISED = 2.0
ENDINGS = """
import json, time
from importlib import import_module
from django.conf import settings
from django.utils import timezone
from lms.people.models import User
from supervision.sessions.actions import remove_member
from supervision.sessions.queries import session_by_id
store = import_module(settings.SESSION_ENGINE).SessionStore
told = []
for number, (session, cookie) in enumerate(json.loads('WHO')):
    time.sleep(0.4)
    held = store(cookie.partition("=")[2])
    person = User.objects.get(pk=held["_auth_user_id"])
    if number % 2:
        meeting = session_by_id(session)
        remove_member(session=meeting, person=person, by=meeting.facilitator, at=timezone.now())
    else:
        held.delete()
    told.append(time.monotonic())
print(json.dumps(told))
"""


async def gone(own: Server, port: int, rooms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Everybody is there and 20 posts a second are said over all rooms; one after the other goes."""
    seated = await enter(port, rooms, waits=True)
    leavers = [seat for seats in seated for seat in seats[:2]]
    who = json.dumps([[room["session"], person["cookie"]] for room in rooms for person in room["members"][:2]])
    going = asyncio.create_task(asyncio.to_thread(own.manage, "shell", "-v0", "-c", ENDINGS.replace("WHO", who)))
    number = 0
    while not going.done() or number % 100:  # five seconds longer at most
        seats = seated[number % len(seated)]
        seats[2 + number // len(seated) % (len(seats) - 2)].post()
        number += 1
        await asyncio.sleep(0.05)
    await asyncio.sleep(5)
    changed = json.loads((await going).strip().splitlines()[-1])
    leave(seated, rooms)
    pairs = list(zip(leavers, changed, strict=True))
    return [row_of("signed out", pairs[::2]), row_of("taken out", pairs[1::2])]


def row_of(ending: str, pairs: list[tuple[Member, float]]) -> dict[str, Any]:
    """One way of going."""
    late = sorted(seat.ended - at for seat, at in pairs if seat.ended)
    return {
        "ending": ending,
        "people": len(pairs),
        "still_in": len(pairs) - len(late),
        "p50_ms": round(late[len(late) // 2] * 1000),
        "p95_ms": round(late[int(len(late) * 0.95)] * 1000),
        "heard_after_2s": sum(seat.last > at + PROMISED for seat, at in pairs),
    }


def measure(rooms: int = 20, members: int = 20) -> list[dict[str, Any]]:
    """Two of each room go, one by signing out, one taken out by who leads."""
    rows = []
    for kind, url in databases().items():
        with database(url), world(rooms, members) as (own, made), server("lms.asgi:application", own) as (port, _):
            rows += [{"on": kind} | row for row in asyncio.run(gone(own, port, made))]
    return rows
