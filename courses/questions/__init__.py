"""Questions that quizzes ask: written once, used in many quizzes, kept with every version."""
