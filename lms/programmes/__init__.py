"""What is promised, and who may act in it."""
