"""Loads a course that was written as files, and publishes it; loaded again, only what is missing is added."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from wagtail.models import Locale

from courses.pages.actions import collection_of, publish_under
from courses.pages.models import CataloguePage, CoursePage, LessonPage, ModulePage, QuizPage
from courses.pages.rules import starter_key
from courses.pictures.actions import keep_picture
from courses.questions.actions import add_question
from courses.questions.models import Question
from courses.starter.rules import picture_files, question_path, stored_block, stored_choices
from lms.people.models import User
from lms.programmes.models import Programme


@transaction.atomic
def load_course(
    *, source: dict[str, Any], folder: Path, catalogue: CataloguePage, by: User | None, at: datetime
) -> CoursePage:
    """The course with its modules, lessons, quizzes, questions and pictures, published under fixed keys."""
    locale = Locale.objects.get_or_create(language_code=source["language"])[0]
    pictures = load_pictures(source, folder / "pictures", catalogue.programme)
    slug = source["slug"]
    course = publish_under(
        catalogue,
        CoursePage(
            slug=slug,
            locale=locale,
            translation_key=starter_key(slug),
            **{
                name: source[name]
                for name in ("title", "summary", "minutes", "category", "licence", "attribution", "source_url")
            },
            translation_disclaimer=source["translation_disclaimer"],
        ),
        by,
    )
    for module in source["module"]:
        path = f"{slug}/{module['slug']}"
        page = ModulePage(
            title=module["title"],
            slug=module["slug"],
            summary=module["summary"],
            locale=locale,
            translation_key=starter_key(path),
        )
        page = publish_under(course, page, by)
        for lesson in module["lesson"]:
            publish_under(page, lesson_page(lesson, f"{path}/{lesson['slug']}", locale, pictures), by)
        questions = [
            load_question(asked, slug, catalogue.programme, locale, by) for asked in module["quiz"]["question"]
        ]
        publish_under(page, quiz_page(module["quiz"], f"{path}/{module['quiz']['slug']}", locale, questions), by)
    return course


def lesson_page(lesson: dict[str, Any], path: str, locale: Locale, pictures: dict[str, int]) -> LessonPage:
    """A lesson, not stored yet."""
    body = [stored_block(block, path, place, pictures) for place, block in enumerate(lesson["block"], start=1)]
    return LessonPage(
        title=lesson["title"],
        slug=lesson["slug"],
        minutes=lesson["minutes"],
        competencies=", ".join(lesson.get("competencies", [])),
        locale=locale,
        translation_key=starter_key(path),
        body=LessonPage.body.field.to_python(body),
    )


def quiz_page(quiz: dict[str, Any], path: str, locale: Locale, questions: list[Question]) -> QuizPage:
    """A quiz, not stored yet."""
    nearly, over, clear = quiz["bands"]
    codes = [code for question in questions for code in question.competencies]
    return QuizPage(
        title=quiz["title"],
        slug=quiz["slug"],
        minutes=quiz["minutes"],
        competencies=", ".join(dict.fromkeys(codes)),
        nearly_from=nearly,
        over_from=over,
        clear_from=clear,
        locale=locale,
        translation_key=starter_key(path),
        questions=QuizPage.questions.field.to_python(
            [{"type": "question", "value": str(asked.pk)} for asked in questions]
        ),
    )


def load_question(
    asked: dict[str, Any], course: str, programme: Programme, locale: Locale, by: User | None
) -> Question:
    """A question of a quiz, under its own key."""
    path = question_path(course, asked["code"])
    return add_question(
        key=starter_key(path),
        programme=programme,
        locale=locale,
        kind=asked["kind"],
        text=asked["text"],
        choices=stored_choices(path, asked["choices"]),
        explanation=asked.get("explanation", ""),
        code=asked["code"],
        competencies=asked.get("competencies", []),
        by=by,
    )


def load_pictures(source: dict[str, Any], folder: Path, programme: Programme) -> dict[str, int]:
    """File name -> id of the stored picture."""
    collection, attribution = collection_of(programme), f"{source['attribution']}, {source['licence']}"
    return {
        file: keep_picture(file=folder / file, alt=alt, attribution=attribution, collection=collection).pk
        for file, alt in picture_files(source).items()
    }
