"""What a phone sends: one receipt per key, for every door."""
