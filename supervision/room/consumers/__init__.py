"""Sockets of the room. They carry frames and decide nothing: each process has one hub, one writer, a few readers.

`socket` speaks the wire format with one client, `seats` keeps a client's place and a room's last lines, `hub` is the
process's switchboard, `writer` gathers what many send into one commit.
"""

from supervision.room.consumers.hub import hub_here, stop_hub
from supervision.room.consumers.socket import room_socket

__all__ = ["hub_here", "room_socket", "stop_hub"]
