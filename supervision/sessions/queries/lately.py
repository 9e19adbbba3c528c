"""The last of many people at once: the advice agreed with them, and when they were seen."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from supervision.sessions.models import Attendance, Recommendation
from supervision.sessions.queries import Pair
from supervision.sessions.queries.going import looks_held


def last_advice_among(people: Collection[Pair]) -> dict[Pair, Recommendation]:
    """(provider, programme) -> the advice last agreed with them; `open_count` says how many of theirs are not reported,
    `outcome` what the newest look back at it said.

    `people` are pairs of ids; one query for any number of them.
    """
    providers, programmes = {one for one, _ in people}, {one for _, one in people}
    agreed = Recommendation.objects.filter(agreed_at__isnull=False).exclude(state__in=["proposed", "superseded"])
    same = agreed.filter(owner=OuterRef("owner"), session__programme=OuterRef("session__programme"))
    waiting = same.filter(state__in=["agreed", "sent"]).order_by().values("owner").annotate(n=Count("pk"))
    looks = looks_held().filter(advice=OuterRef("pk")).order_by("-at", "-pk")
    rows = agreed.filter(
        owner__in=providers,
        session__programme__in=programmes,
        pk=Subquery(same.order_by("-agreed_at", "-pk").values("pk")[:1]),
    ).annotate(open_count=Coalesce(Subquery(waiting.values("n")[:1]), 0), outcome=Subquery(looks.values("outcome")[:1]))
    found = {(row.owner_id, row.session.programme_id): row for row in rows.select_related("session")}
    return {pair: row for pair, row in found.items() if pair in people}


def last_seen_among(people: Collection[Pair]) -> dict[Pair, datetime]:
    """(provider, programme) -> when they were last heard in a meeting of it; one query."""
    stays = Attendance.objects.filter(
        person__provider__in={one for one, _ in people}, session__programme__in={one for _, one in people}
    )
    rows = stays.order_by().values("person__provider", "session__programme").annotate(last=Max("heard_at"))
    return {
        (row["person__provider"], row["session__programme"]): row["last"]
        for row in rows
        if (row["person__provider"], row["session__programme"]) in people
    }
