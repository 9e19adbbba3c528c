"""Wires courses: what each noun offers to the registries, and which changes of pages the core is told of."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    """Courses as pages, quizzes, and a person's way through them."""

    name = "courses"
    verbose_name = "Courses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail import signals

        from courses.pages import tasks
        from courses.progress import panels as progress
        from courses.quizzes import panels as quizzes
        from courses.serving import panels as serving
        from courses.starter import tasks as starter

        for part in (progress, quizzes, serving, starter):
            part.register()
        signals.page_published.connect(tasks.published, dispatch_uid="courses.published")
        signals.page_unpublished.connect(tasks.unpublished, dispatch_uid="courses.unpublished")
        signals.post_page_move.connect(tasks.moved, dispatch_uid="courses.moved")
        signals.page_slug_changed.connect(tasks.slug_changed, dispatch_uid="courses.slug_changed")
