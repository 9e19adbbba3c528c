"""Voice beside the written room: relays, a meeting elsewhere for larger groups, consent before anybody records."""
