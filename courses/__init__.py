"""What people learn: courses as pages, quizzes, and a person's way through them."""
