"""A gateway for text messages that runs on this machine, and people with addresses."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from lms.notices.actions import notify
from lms.notices.models import Notice
from lms.people.actions import set_contact
from lms.people.models import User


class Gateway(BaseHTTPRequestHandler):
    """Keeps what it is asked, and answers with the next of `server.answers` (200 when there is none)."""

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        told = SimpleNamespace(
            way=self.command,
            query={name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()},
            body=self.rfile.read(length).decode(),
            signed=self.headers.get("Authorization", ""),
            kind=self.headers.get("Content-Type", ""),
        )
        self.server.asked.append(told)
        status, headers = self.server.answers.pop(0) if self.server.answers else (200, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    do_GET = do_POST = answer  # noqa: N815 named as the standard library names them

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def gateway(settings: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """A running gateway: what it was asked, what it shall answer; SMS_URL leads to it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.asked, server.answers = [], []
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    host = f"127.0.0.1:{server.server_port}"
    settings.SMS_URL = f"http://user:a%40key@{host}/send?to={{to}}&text={{text}}&from=Tandem"
    yield SimpleNamespace(asked=server.asked, answers=server.answers, host=host)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def reachable(amina: User) -> User:
    """Amina with a mobile number and no mail address."""
    return set_contact(person=amina, email="", phone="+254 721 000 101")


@pytest.fixture
def tell(now) -> Callable[..., Notice]:
    """Lays a notice out: tell(amina, kind="meeting.reminder")."""

    def one(person: User, **fields: object) -> Notice:
        told = {"kind": "meeting.reminder", "subject": "Your group meets", "text": "Your group meets at 2 pm."}
        return notify(**{"key": uuid4(), "person": person, "at": now, "link": "/supervision/", **told, **fields})

    return one


def json_of(asked: SimpleNamespace) -> dict[str, str]:
    """What was posted as JSON."""
    return json.loads(asked.body)
