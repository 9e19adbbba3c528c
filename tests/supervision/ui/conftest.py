"""A browser and a server for the room's pages; the same as in the journeys."""

from tests.journeys.conftest import browser, open_context, people, server

__all__ = ["browser", "open_context", "people", "server"]
