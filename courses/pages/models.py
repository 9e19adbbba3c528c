"""The page types. Only the front page serves itself: courses/serving answers /learn/, and a preview renders the
template from the page alone."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from courses.pages.blocks import LessonBlock
from courses.pages.page_forms import QuizPageForm
from courses.pages.rules import CATALOGUE_DEPTH, STEP, codes_in
from courses.questions.blocks import QuestionChooserBlock
from courses.questions.rules import Asked, asked_from
from lms.programmes.models import Programme
from lms.programmes.queries import all_programmes

PERCENT = [MinValueValidator(1), MaxValueValidator(100)]


class FrontPage(Page):
    """The front of the installation: what it is for, and which programmes there are."""

    heading = models.CharField(_("heading"), max_length=120, default="Good help, close to home")
    intro = models.TextField(_("introduction"), blank=True)

    template = "courses/pages/front.html"
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["courses.LearnIndex"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("heading"), FieldPanel("intro")]

    class Meta:
        verbose_name = _("front page")

    def programmes(self) -> models.QuerySet[Programme]:
        """The programmes that the front page names."""
        return all_programmes()


class GuardedPage(Page):
    """A page that Wagtail's own serving never shows, whatever its address: only `courses/serving` asks who may see
    it."""

    class Meta:
        abstract = True

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


class LearnIndex(GuardedPage):
    """Above all catalogues; a person sees their own."""

    template = "courses/pages/learn.html"
    max_count_per_parent = 1
    parent_page_types: ClassVar[list[str]] = ["courses.FrontPage"]
    subpage_types: ClassVar[list[str]] = ["courses.CataloguePage"]

    class Meta:
        verbose_name = _("learn")


class BranchPage(GuardedPage):
    """A page below a catalogue, which belongs to the catalogue's programme."""

    class Meta:
        abstract = True

    @staticmethod
    def programme_of(catalogue_path: str) -> UUID | None:
        """The programme of the catalogue at this tree path."""
        return CataloguePage.objects.filter(path=catalogue_path).values_list("programme_id", flat=True).first()

    def programme_id_above(self) -> UUID | None:
        """The programme this page belongs to."""
        return self.programme_of(self.path[: CATALOGUE_DEPTH * STEP])


class CataloguePage(BranchPage):
    """The courses of one programme."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    intro = models.TextField(_("introduction"), blank=True)

    template = "courses/pages/catalogue.html"
    parent_page_types: ClassVar[list[str]] = ["courses.LearnIndex"]
    subpage_types: ClassVar[list[str]] = ["courses.CoursePage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("catalogue")

    def courses(self) -> Any:
        """The published courses, for a preview."""
        return CoursePage.objects.child_of(self).live()


class CoursePage(BranchPage):
    """A course: modules in order, and whose words these are."""

    summary = models.TextField(_("summary"), blank=True)
    category = models.CharField(_("category"), max_length=60, blank=True)
    minutes = models.PositiveIntegerField(
        _("minutes"), default=0, help_text=_("About how long it takes, all together.")
    )
    licence = models.CharField(_("licence"), max_length=80)
    attribution = models.CharField(_("written by"), max_length=200)
    source_url = models.URLField(_("where it comes from"), blank=True)
    translation_disclaimer = models.TextField(_("note on translations"), blank=True)

    template = "courses/pages/course.html"
    parent_page_types: ClassVar[list[str]] = ["courses.CataloguePage"]
    subpage_types: ClassVar[list[str]] = ["courses.ModulePage"]
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("category"), FieldPanel("minutes")]),
        MultiFieldPanel(
            [
                FieldPanel("licence"),
                FieldPanel("attribution"),
                FieldPanel("source_url"),
                FieldPanel("translation_disclaimer"),
            ],
            heading=_("Licence"),
        ),
    ]

    class Meta:
        verbose_name = _("course")


class ModulePage(BranchPage):
    """A module: lessons in order, then a quiz."""

    summary = models.TextField(_("summary"), blank=True)

    template = "courses/pages/module.html"
    parent_page_types: ClassVar[list[str]] = ["courses.CoursePage"]
    subpage_types: ClassVar[list[str]] = ["courses.LessonPage", "courses.QuizPage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("summary")]

    class Meta:
        verbose_name = _("module")


class TaughtPage(BranchPage):
    """A lesson or a quiz: takes some minutes and is about some competencies."""

    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10)
    competencies = models.CharField(
        _("competencies"),
        max_length=400,
        blank=True,
        help_text=_("Codes of the competencies this is about, separated by commas."),
    )

    class Meta:
        abstract = True

    @property
    def competency_codes(self) -> list[str]:
        return codes_in(self.competencies)


class LessonPage(TaughtPage):
    """A lesson to read, with practice questions inside."""

    body = StreamField(LessonBlock(), verbose_name=_("lesson"), blank=True)

    template = "courses/pages/lesson.html"
    parent_page_types: ClassVar[list[str]] = ["courses.ModulePage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("competencies")]),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("lesson")


class QuizPage(TaughtPage):
    """A graded quiz. Its bands are the programme's own; the default is a suggestion, not a standard."""

    intro = models.TextField(_("introduction"), blank=True)
    questions = StreamField(
        [("question", QuestionChooserBlock())],
        verbose_name=_("questions"),
        blank=True,
        max_num=60,
    )
    nearly_from = models.PositiveSmallIntegerField(_("“Nearly” begins at"), default=50, validators=PERCENT)
    over_from = models.PositiveSmallIntegerField(_("“Just over” begins at"), default=65, validators=PERCENT)
    clear_from = models.PositiveSmallIntegerField(_("“Clear pass” begins at"), default=80, validators=PERCENT)
    attempts_allowed = models.PositiveSmallIntegerField(
        _("how often it can be taken"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )

    base_form_class = QuizPageForm
    template = "courses/quizzes/quiz.html"
    parent_page_types: ClassVar[list[str]] = ["courses.ModulePage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("competencies")]),
        FieldPanel("intro"),
        FieldPanel("questions"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("nearly_from"), FieldPanel("over_from"), FieldPanel("clear_from")]),
                FieldPanel("attempts_allowed"),
            ],
            heading=_("Result bands, in percent"),
        ),
    ]

    class Meta:
        verbose_name = _("quiz")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(
                    nearly_from__gte=1,
                    nearly_from__lt=models.F("over_from"),
                    over_from__lt=models.F("clear_from"),
                    clear_from__lte=100,
                ),
                name="quiz_bands_in_order",
            )
        ]

    def shown_questions(self) -> list[Asked]:
        """The questions as an author's preview shows them; a learner is asked from an attempt instead."""
        return [asked_from(block.value.serializable_data()) for block in self.questions if block.value is not None]
