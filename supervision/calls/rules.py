"""Decisions about voice on plain values: relay credentials, which links are let in, when somebody may record."""

import hmac
import ipaddress
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha1
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.rules import Invalid, Refusal

VOICES = 6  # a mesh: each phone sends its voice to each other one
LINK_LIMIT = 500
PURPOSE_LIMIT = 300
RELAY_SECONDS = 5 * 3600  # longer than the longest meeting: a relay asks again for every renewal
HOSTS = {
    "meet.jit.si": "Jitsi",
    "8x8.vc": "Jitsi",
    "zoom.us": "Zoom",
    "zoom.com": "Zoom",
    "meet.google.com": "Google Meet",
    "teams.microsoft.com": "Teams",
}
STATES: dict[str, Promise] = {
    "asked": _("Not everybody has answered. Nobody may record."),
    "agreed": _("Everybody who is here said yes. It may be recorded there."),
    "refused": _("Not everybody agrees. Nobody may record."),
    "ended": _("Nobody records any more."),
}


class NotALink(Invalid):
    """An address that a meeting cannot be at."""

    sentence = _("This is not the address of a meeting. Copy the whole link; it begins with https://.")


class VoiceFull(Refusal):
    """Six people talk already."""

    code = "too_large"
    sentence = _("Six people talk already: more do not fit on phones. You can go on writing.")


class NoMeetingNow(Refusal):
    """Voice belongs to a meeting whose doors are open."""

    code = "closed"
    sentence = _("The meeting is not open, so there is nobody to talk with.")


class NothingAsked(Invalid):
    """An answer to a question that nobody asks any more."""

    sentence = _("Nobody asks for a recording now.")


class AlreadyAsked(Refusal):
    """A second question while the first one stands."""

    code = "conflict"
    sentence = _("The group is being asked already.")


class PurposeMissing(Invalid):
    """People must know what they say yes to."""

    sentence = _("Write what the recording is for, who will hear it, and when it is deleted.")


def relay_login(secret: str, person: UUID, until: int) -> tuple[str, str]:
    """User name and password for a TURN relay until that time (seconds since 1970).

    coturn's `use-auth-secret`: base64(HMAC-SHA1(secret, "<until>:<person>")), draft-uberti-behave-turn-rest-00.
    """
    name = f"{until}:{person}"
    return name, b64encode(hmac.new(secret.encode(), name.encode(), sha1).digest()).decode()


def ice_servers(urls: Collection[str], secret: str, person: UUID, until: int) -> list[dict[str, Any]]:
    """What RTCPeerConnection takes as `iceServers`; without a relay phones find each other in one network only."""
    if not urls:
        return []
    name, password = relay_login(secret, person, until)
    return [{"urls": list(urls), "username": name, "credential": password}]


def check_link(url: str) -> str:
    """The address of a meeting elsewhere; raises NotALink for anything but a plain https address with a host name."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise NotALink from error
    plain = parts.scheme == "https" and not parts.username and not parts.password and port in {None, 443, 8443}
    if not plain or "." not in host or is_number(host) or len(url) > LINK_LIMIT or not url.isprintable() or " " in url:
        raise NotALink
    return url


def is_number(host: str) -> bool:
    """Whether the host is a bare address of a machine."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def name_of(url: str) -> str:
    """How the meeting elsewhere is called: a product that people know, or the host."""
    host = urlsplit(url).hostname or ""
    known = next((name for end, name in HOSTS.items() if host == end or host.endswith("." + end)), None)
    return known or host


def recording_state(asked: Collection[UUID], answers: Mapping[UUID, bool], *, ended: bool) -> str:
    """Whether somebody may record elsewhere: only while everybody who was here since the question said yes.

    One no is enough, and who comes in later has not said yes yet. `answers` are the latest of each person; a no stays
    a no when the person leaves, and who left without a word has not said yes.
    """
    if ended:
        return "ended"
    if not all(answers.values()):
        return "refused"
    return "agreed" if asked and all(answers.get(person) for person in asked) else "asked"


def recording_course(
    stays: Collection[tuple[UUID, datetime, datetime]],
    answers: Sequence[tuple[datetime, UUID, bool]],
    begins: datetime,
    ends: datetime,
) -> str:
    """How a question went between `begins` and `ends`: "agreed" if everybody who was there then said yes in the end,
    "for_a_time" if at some moment all who had been there had, else "never".

    `stays`: person, came, left; `answers` in their order.
    """
    there = [(person, came) for person, came, left in stays if came < ends and left > begins]
    moments = {begins, *(max(came, begins) for _, came in there), *(at for at, _, _ in answers)}
    states = [
        recording_state(
            {person for person, came in there if came <= moment},
            {person: yes for at, person, yes in answers if at <= moment},
            ended=False,
        )
        for moment in sorted(moments)
    ]
    if states[-1] == "agreed":
        return "agreed"
    return "for_a_time" if "agreed" in states else "never"
