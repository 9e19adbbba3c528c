"""The two ways out of the house: mail by Django's EMAIL_URL, text messages by the HTTP gateway of SMS_URL.

Each raises NotSent when the other side did not take it. Nothing here knows of people or of the database.
"""

import base64
import json
import urllib.error
import urllib.request
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.mail import EmailMessage

from lms.notices.rules import NotSent

TIME_OUT = 10.0
"""Seconds in which a gateway must have answered."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A gateway that sends us elsewhere is refused: the other address would hear the key and the message."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def send_mail(*, to: str, subject: str, text: str) -> None:
    """One plain mail to one person."""
    mail = EmailMessage(subject=subject.replace("\n", " "), body=text, to=[to])
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        taken = mail.send()
    except Exception as fault:  # a mail backend raises whatever its library does
        raise NotSent(type(fault).__name__) from fault
    if not taken:
        raise NotSent("not taken")


def send_text(*, to: str, text: str, at: datetime) -> None:
    """One text message. Without a gateway it is written into var/texts.log, as mails are printed without a server."""
    if not settings.SMS_URL:
        write_down(to=to, text=text, at=at)
        return
    asked = request_for(settings.SMS_URL, to=to, text=text)
    try:
        with urllib.request.build_opener(NoRedirect).open(asked, timeout=TIME_OUT) as answer:
            status = answer.status
    except urllib.error.HTTPError as fault:
        fault.close()
        raise NotSent(f"HTTP {fault.code}") from fault
    except OSError as fault:
        raise NotSent(type(fault).__name__) from fault
    if not 200 <= status < 300:
        raise NotSent(f"HTTP {status}")


def request_for(address: str, *, to: str, text: str) -> urllib.request.Request:
    """What a gateway is asked. `https://` with the fields in its query: GET; `form+https://`: the same fields as a
    posted form; `json+https://`: as JSON. `{to}` and `{text}` in the fields are filled in; `user:key@` before the host
    is sent as Basic sign-in, `bearer:key@` as a Bearer token.
    """
    way, _, rest = address.rpartition("+") if "+" in address.split("://", 1)[0] else ("", "", address)
    parts = urlsplit(rest)
    fields = [(name, value.replace("{to}", to).replace("{text}", text)) for name, value in parse_qsl(parts.query)]
    host = parts.netloc.rpartition("@")[2]
    query, body, headers = urlencode(fields), None, {"User-Agent": "Tandem"}
    if way == "form":
        query, body = "", urlencode(fields).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if way == "json":
        query, body = "", json.dumps(dict(fields)).encode()
        headers["Content-Type"] = "application/json"
    if parts.username is not None:
        headers["Authorization"] = signed(unquote(parts.username), unquote(parts.password or ""))
    plain = urlunsplit((parts.scheme, host, parts.path, query, ""))
    return urllib.request.Request(plain, data=body, headers=headers)  # noqa: S310 checked by settings: http or https


def signed(user: str, key: str) -> str:
    """The head by which we sign in at the gateway."""
    if user == "bearer":
        return f"Bearer {key}"
    return "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()


def write_down(*, to: str, text: str, at: datetime) -> None:
    """A line that says what would have been sent, for a machine without a gateway."""
    with (settings.VAR / "texts.log").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": at.isoformat(), "to": to, "text": text}, ensure_ascii=False) + "\n")
