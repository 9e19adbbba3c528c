"""What happened: one append-only entry per fact, chained and numbered per provider."""
