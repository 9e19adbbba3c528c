"""The live room of a meeting: its durable log, its sockets, and the same rows over HTTP."""
