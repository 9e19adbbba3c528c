"""How far a person is in a course: what is open, what is done, what comes next."""
