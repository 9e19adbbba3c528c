"""The product in which one person may write any number of messages a minute.

A socket that answers no ping is not let go for that. With TANDEM_WINDOW the room has this window in place of its own:
a socket that reads nothing may be sent everything.
"""

import os

from daphne.ws_protocol import WebSocketProtocol

from lms.asgi import application as application
from supervision.room.actions import posting
from supervision.room.consumers import hub, seats

posting.PACE.limit = 10**9
WebSocketProtocol.check_timeouts = lambda self: None
if os.environ.get("TANDEM_WINDOW"):
    hub.WINDOW = seats.WINDOW = int(os.environ["TANDEM_WINDOW"])
    hub.SILENCE = 1e9
