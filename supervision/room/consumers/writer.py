"""The process's one writer: a thread with its own connection that stores in one commit whatever has gathered."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.utils import timezone

from supervision.room.actions import hear, post_events
from supervision.room.actions.posting import closes
from supervision.room.actions.presence import Heard
from supervision.room.rules import Answer, Post

GATHER = 0.005  # seconds that the first post of a batch waits for company
AT_ONCE = 256
TRIES = 5
log = logging.getLogger("tandem.room")

Answered = Callable[[list[tuple[Any, Answer | None]]], None]


class Writer:
    """Takes posts, signs of life and small acts from the event loop; answers through `answered`, from its thread."""

    def __init__(self, answered: Answered, closed: Callable[[Post], None]) -> None:
        self.answered, self.closed = answered, closed
        self.queue: SimpleQueue[Any] = SimpleQueue()
        self.thread = threading.Thread(target=self.run, name="room-writer", daemon=True)

    def start(self) -> None:
        """Begins to write."""
        self.thread.start()

    def stop(self) -> None:
        """Writes what is there, then ends; waits for it."""
        self.queue.put(None)
        self.thread.join(30)

    def post(self, post: Post, seat: Any) -> None:
        """Queues a post; its answer is given back with `seat`."""
        self.queue.put((post, seat))

    def hear(self, heard: Heard) -> None:
        """Queues a sign of life."""
        self.queue.put(heard)

    def act(self, act: Callable[[], object]) -> None:
        """Queues something else to be done on this connection."""
        self.queue.put(act)

    def run(self) -> None:
        """The thread: gather, write, again."""
        while True:
            batch = self.gathered()
            going = None not in batch
            self.write([item for item in batch if item is not None])
            if not going:
                connections.close_all()
                return

    def gathered(self) -> list[Any]:
        """What is there once the first has waited a moment for company."""
        batch = [self.queue.get()]
        time.sleep(GATHER)
        while len(batch) < AT_ONCE:
            try:
                batch.append(self.queue.get_nowait())
            except Empty:
                break
        return batch

    def write(self, batch: Sequence[Any]) -> None:
        """Signs of life first, so that a person's join stands before their words."""
        close_old_connections()
        heard = [item for item in batch if isinstance(item, Heard)]
        posts = [item for item in batch if isinstance(item, tuple)]
        if heard:
            self.tried(lambda: hear(heard=heard, at=timezone.now()))
        if posts:
            self.write_posts(posts)
        for item in batch:
            if callable(item):
                self.tried(item)

    def write_posts(self, posts: Sequence[tuple[Post, Any]]) -> None:
        """One commit; without an answer (database away) the sockets are told to come back with their queue."""
        answers = self.tried(lambda: post_events(posts=[post for post, _ in posts], at=timezone.now()))
        answers = answers or [None] * len(posts)
        self.answered([(seat, answer) for (_, seat), answer in zip(posts, answers, strict=True)])
        for (post, _), answer in zip(posts, answers, strict=True):
            if answer and answer.seq is not None and closes(post):
                self.closed(post)

    def tried(self, act: Callable[[], Any]) -> Any:
        """The act's result, after some tries if the database was away; None if it stayed away or the act is broken."""
        for again in range(TRIES):
            try:
                return act()
            except (OperationalError, InterfaceError) as error:
                log.warning("the room's writer could not write (%s), try %s", error, again + 1)
                connections.close_all()
                time.sleep(0.1 * 2**again)
            except Exception:
                log.exception("the room's writer met something unforeseen")
                return None
        return None
