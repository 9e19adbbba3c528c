"""Loads a course that was written as files, and publishes it; loaded again, only what is missing is added."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.images import ImageFile
from django.db import transaction
from wagtail.models import Locale, Page

from courses.pages.actions import collection_of
from courses.pages.models import CataloguePage, CoursePage, LessonPage, ModulePage, QuizPage
from courses.pages.rules import starter_key
from courses.pictures.models import Picture
from courses.questions.models import Question
from courses.starter.rules import picture_files, question_path, stored_block, stored_choices
from lms.people.models import User
from lms.programmes.models import Programme

RENDITION = "width-640|format-webp"


@transaction.atomic
def load_course(
    *, source: dict[str, Any], folder: Path, catalogue: CataloguePage, by: User | None, at: datetime
) -> CoursePage:
    """The course with its modules, lessons, quizzes, questions and pictures, published under fixed keys."""
    locale = Locale.objects.get_or_create(language_code=source["language"])[0]
    pictures = load_pictures(source, folder / "pictures", catalogue.programme)
    slug = source["slug"]
    course = put(
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
        page = put(course, page, by)
        for lesson in module["lesson"]:
            put(page, lesson_page(lesson, f"{path}/{lesson['slug']}", locale, pictures), by)
        questions = [
            load_question(asked, slug, catalogue.programme, locale, by) for asked in module["quiz"]["question"]
        ]
        put(page, quiz_page(module["quiz"], f"{path}/{module['quiz']['slug']}", locale, questions), by)
    return course


def put(parent: Page, page: Page, by: User | None) -> Page:
    """Adds and publishes a page, or gives the one that is there already."""
    there = type(page).objects.filter(translation_key=page.translation_key, locale=page.locale).first()
    if there:
        return there
    page.owner = by
    parent.add_child(instance=page)
    page.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    return page


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
    """A question with its first revision published, or the one that is there already."""
    path = question_path(course, asked["code"])
    there = Question.objects.filter(translation_key=starter_key(path), locale=locale).first()
    if there:
        return there
    question = Question(
        programme=programme,
        code=asked["code"],
        kind=asked["kind"],
        text=asked["text"],
        choices=Question.choices.field.to_python(stored_choices(path, asked["choices"])),
        explanation=asked.get("explanation", ""),
        competencies=asked.get("competencies", []),
        locale=locale,
        translation_key=starter_key(path),
        live=False,
    )
    question.full_clean()
    question.save()
    question.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    return question


def load_pictures(source: dict[str, Any], folder: Path, programme: Programme) -> dict[str, int]:
    """File name -> id of the stored picture, with the copy that lessons show made at once."""
    collection = collection_of(programme)
    return {
        file: load_picture(folder / file, alt, source, collection).pk for file, alt in picture_files(source).items()
    }


def load_picture(file: Path, alt: str, source: dict[str, Any], collection: Any) -> Picture:
    """One picture, told apart by its file name within the programme's collection."""
    there = Picture.objects.filter(title=file.stem, collection=collection).first()
    if there:
        return there
    attribution = f"{source['attribution']}, {source['licence']}"
    with file.open("rb") as opened:
        picture = Picture(title=file.stem, description=alt[:255], collection=collection, attribution=attribution)
        picture.file = ImageFile(opened, name=file.name)
        picture.save()
    picture.get_rendition(RENDITION)
    return picture
