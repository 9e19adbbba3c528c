"""Gathers the models of the nouns below; nothing is defined here."""

from courses.pages.models import CataloguePage, CoursePage, FrontPage, LearnIndex, LessonPage, ModulePage, QuizPage
from courses.pictures.models import Picture, PictureRendition
from courses.progress.models import ModuleSave
from courses.questions.models import Question
from courses.quizzes.models import Attempt, AttemptQuestion, TalkDecision

__all__ = [
    "Attempt",
    "AttemptQuestion",
    "CataloguePage",
    "CoursePage",
    "FrontPage",
    "LearnIndex",
    "LessonPage",
    "ModulePage",
    "ModuleSave",
    "Picture",
    "PictureRendition",
    "Question",
    "QuizPage",
    "TalkDecision",
]
