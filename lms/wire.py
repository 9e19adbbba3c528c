"""Daphne with a short way to the wire: `python -m lms.wire`, with Daphne's own options; no Django here.

A room hands the same words to many sockets. Daphne's library builds the frame anew for each and lets the event loop
come back for every socket; here it is built once, and what a socket takes at once is given to it at once. On a server
without this (plain `daphne`) rooms work the same, at more cost: docs/benchmarks.md.
"""

from functools import lru_cache
from typing import Any

from daphne.cli import CommandLineInterface
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

FRAME_LIMIT = 262_144  # bytes; over it Daphne drops the connection
PATIENCE = 60  # seconds until a socket must be open: when a thousand come in one moment, the last waits for 37
TEXT = b"\x81"  # RFC 6455, 5.2: the last fragment of a text message; a server's frames are not masked


@lru_cache(maxsize=4)
def framed(words: str) -> bytes:
    """A whole text message as bytes on the wire. The last few are kept: the next socket asks for the same one."""
    payload = words.encode()
    size = len(payload)
    if size < 126:
        return TEXT + size.to_bytes(1) + payload
    if size < 65_536:
        return TEXT + b"\x7e" + size.to_bytes(2) + payload
    return TEXT + b"\x7f" + size.to_bytes(8) + payload


def put(transport: Any, frame: bytes) -> int:
    """Gives the socket what it takes now, and the reactor the rest; says how many bytes went at once.

    Only where nothing waits already, and only on a plain TCP socket: others (TLS) have their own buffers before it.
    """
    taken = 0
    if nothing_waits(transport):
        taken = transport.writeSomeData(frame)
        taken = taken if isinstance(taken, int) else 0  # a broken line: the reactor finds out and says so
    if taken < len(frame):
        transport.write(frame[taken:])
    return taken


def nothing_waits(transport: Any) -> bool:
    """Whether this is an open TCP socket of Twisted's with empty buffers. What it cannot tell counts as waiting."""
    return (
        hasattr(transport, "writeSomeData")
        and bool(getattr(transport, "connected", False))
        and not getattr(transport, "disconnecting", True)
        and not getattr(transport, "dataBuffer", b"?")
        and not getattr(transport, "_tempDataLen", 1)
    )


class Wire(WebSocketProtocol):
    """Daphne's side of one socket, with a shorter way for text."""

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802 Daphne's name
        """A message to the client; what is not plain text on an open line goes Daphne's way."""
        if binary or self.state != self.STATE_OPEN or self.send_queue or not isinstance(content, str):
            super().serverSend(content, binary)
        else:
            put(self.transport, framed(content))


class WireServer(Server):
    """Daphne's server, whose sockets are `Wire`."""

    @property
    def ws_factory(self) -> WebSocketFactory:
        """What makes a socket's protocol, as Daphne made it."""
        return self.sockets

    @ws_factory.setter
    def ws_factory(self, factory: WebSocketFactory) -> None:
        factory.protocol = Wire
        self.sockets = factory


class Line(CommandLineInterface):
    """Daphne's command line, with our limits where it has others."""

    server_class = WireServer

    def __init__(self) -> None:
        super().__init__()
        self.parser.set_defaults(
            websocket_max_message_size=FRAME_LIMIT, websocket_connect_timeout=PATIENCE, server_name=""
        )


if __name__ == "__main__":
    Line.entrypoint()
