"""Cut-offs of question lists: local numbers that a programme writes down, with where they are from."""
