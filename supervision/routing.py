"""Addresses of sockets; whatever else is asked for is refused at the door."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.urls import path, re_path

from supervision.room.consumers import room_socket


async def nowhere(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Any]) -> None:
    """The same 403 as for a meeting of others."""
    await receive()
    await send({"type": "websocket.close"})


websocket_urlpatterns = [
    path("ws/supervision/<uuid:session_id>/", room_socket),
    re_path(r"", nowhere),
]
