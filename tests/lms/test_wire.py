"""The short way to the wire: right frames, nothing overtakes, and a line that breaks is nobody else's trouble."""

import asyncio
import socket
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from daphne.server import reactor, twisted_loop
from twisted.internet.protocol import Factory, Protocol

from lms import wire
from lms.wire import Line, Wire, WireServer, framed, put

LARGE = 32 * 1024 * 1024  # more than any socket's buffer


@pytest.fixture
def line() -> Iterator[SimpleNamespace]:
    """A real connection: Twisted's side (`transport`) and a plain socket (`client`); `turn` runs the loop."""
    made: list[Protocol] = []

    class Kept(Protocol):
        def connectionMade(self) -> None:  # noqa: N802 Twisted's name
            made.append(self)

    port = reactor.listenTCP(0, Factory.forProtocol(Kept), interface="127.0.0.1")
    client = socket.create_connection(("127.0.0.1", port.getHost().port))

    def turn(seconds: float = 0.05) -> None:
        twisted_loop.run_until_complete(asyncio.sleep(seconds))

    while not made:
        turn()
    yield SimpleNamespace(transport=made[0].transport, client=client, turn=turn)
    client.close()
    made[0].transport.abortConnection()
    port.stopListening()
    turn()


def read(line: SimpleNamespace, size: int) -> bytes:
    """So many bytes from the client's side."""
    got = b""
    line.client.setblocking(False)
    while len(got) < size:
        try:
            got += line.client.recv(1 << 20)
        except BlockingIOError:
            line.turn(0.001)
    return got


@pytest.mark.parametrize(
    ("words", "head"),
    [
        ("a" * 5, b"\x81\x05"),
        ("a" * 125, b"\x81\x7d"),
        ("a" * 126, b"\x81\x7e\x00\x7e"),
        ("a" * 65_535, b"\x81\x7e\xff\xff"),
        ("a" * 65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
        ("م" * 63, b"\x81\x7e\x00\x7e"),
    ],
)
def test_a_text_is_one_unmasked_frame(words: str, head: bytes) -> None:
    assert framed(words) == head + words.encode()


def test_what_the_socket_takes_goes_at_once(line: SimpleNamespace) -> None:
    taken = put(line.transport, b"good morning")

    assert taken == 12
    assert read(line, 12) == b"good morning"


def test_nothing_overtakes_what_still_waits(line: SimpleNamespace) -> None:
    large = bytes(range(256)) * (LARGE // 256)

    first, second = put(line.transport, large), put(line.transport, b"and then this")

    assert 0 < first < LARGE
    assert second == 0
    assert read(line, LARGE + 13) == large + b"and then this"


def test_without_the_look_at_the_buffers_it_would_overtake(
    line: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "nothing_waits", lambda transport: True)
    line.transport.write(b"first, ")

    put(line.transport, b"second")

    assert read(line, 13) == b"secondfirst, "


def test_what_daphne_wrote_before_is_not_overtaken(line: SimpleNamespace) -> None:
    line.transport.write(b"a ping, ")

    assert put(line.transport, b"a message") == 0
    assert read(line, 17) == b"a ping, a message"


def test_a_line_that_broke_takes_nothing_and_raises_nothing(line: SimpleNamespace) -> None:
    line.client.close()
    line.turn()

    assert put(line.transport, b"is anybody there?") == 0


def test_a_transport_with_buffers_of_its_own_gets_everything_the_long_way() -> None:
    written: list[bytes] = []
    tls = SimpleNamespace(write=written.append, connected=True, disconnecting=False)

    assert put(tls, b"words") == 0
    assert written == [b"words"]


def test_daphne_starts_with_our_sockets_and_limits() -> None:
    server = WireServer(application=None, endpoints=["tcp:0"])
    server.ws_factory = SimpleNamespace(protocol=None)

    assert server.ws_factory.protocol is Wire
    told = Line().parser.parse_args(["lms.asgi:application"])
    assert (told.websocket_max_message_size, told.websocket_connect_timeout, told.server_name) == (262_144, 60, "")
