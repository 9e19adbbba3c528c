"""Group meetings: planned, held, closed; who was there, what was advised."""
