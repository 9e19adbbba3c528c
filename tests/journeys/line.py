"""A bad line between a phone and the server: it passes, is cut, hangs, loses the answers to what is sent, or says 500.

A real TCP relay, so that pages, worker and forms all meet the same line. Each request has a connection of its own.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator

PASS, CUT, HANG, LOSE, BROKEN = "pass", "cut", "hang", "lose", "broken"
BROKEN_ANSWER = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops"


class Line:
    """Listens on a port of its own; `state` may be changed at any time and counts for requests that come after."""

    def __init__(self, server_port: int) -> None:
        self.server_port, self.state = server_port, PASS
        self.posts: list[str] = []  # the state in which each POST was met
        self._hanging: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """No more connections; what hangs is let go."""
        self._listener.close()
        for hanging in self._hanging:
            hanging.close()

    def _listen(self) -> None:
        while True:
            try:
                phone, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._meet, args=(phone,), daemon=True).start()

    def _meet(self, phone: socket.socket) -> None:
        with contextlib.suppress(OSError):
            phone.settimeout(120)
            request = read_request(phone)
            state = self.state
            if request.startswith(b"POST"):
                self.posts.append(state)
            if state == HANG:
                self._hanging.append(phone)
                return
            if state == BROKEN:
                phone.sendall(BROKEN_ANSWER)
            if state in {PASS, LOSE} and request:
                self._carry(phone, request, answers=state == PASS or not request.startswith(b"POST"))
        phone.close()

    def _carry(self, phone: socket.socket, request: bytes, *, answers: bool) -> None:
        """The request to the server and its answer back; on a line that loses answers, the server has acted."""
        with socket.create_connection(("127.0.0.1", self.server_port), timeout=120) as server:
            server.sendall(request)
            while part := server.recv(65536):
                if answers:
                    phone.sendall(part)


def read_request(phone: socket.socket) -> bytes:
    """Head and body, asking the server to close after its answer; empty: the phone hung up."""
    held = b""
    while b"\r\n\r\n" not in held:
        part = phone.recv(65536)
        if not part:
            return b""
        held += part
    head, body = held.split(b"\r\n\r\n", 1)
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        part = phone.recv(65536)
        if not part:
            return b""
        body += part
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body


@contextlib.contextmanager
def line_to(server_port: int) -> Iterator[Line]:
    """A line that lasts as long as the block."""
    line = Line(server_port)
    try:
        yield line
    finally:
        line.close()
