"""The framework, its lesson and its rater, as the tests of rating have them."""

from tests.lms.competency.conftest import framework, lesson, marks, rater

__all__ = ["framework", "lesson", "marks", "rater"]
