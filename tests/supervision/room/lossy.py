"""The product with a channel layer that loses hints: TANDEM_LOST of 100 are not passed on to the other processes."""

import os
import random
from typing import Any

from lms.asgi import application as application
from supervision.room.consumers.hints import Hints

chance = random.Random(os.environ.get("TANDEM_SEED", "1"))
lost = int(os.environ.get("TANDEM_LOST", "0"))
passed = Hints.pass_on


async def pass_on(self: Hints, message: dict[str, Any]) -> None:
    """Drops some."""
    if chance.randrange(100) >= lost:
        await passed(self, message)


Hints.pass_on = pass_on
