"""Attempts at quizzes: asked, answered, graded, and decided by a person where a number alone should not."""
