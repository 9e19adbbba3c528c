"""What courses add to the Wagtail admin."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.permissions import page_permission_policy
from wagtail.snippets.models import register_snippet

from courses.pages.models import FrontPage
from courses.questions.views import QuestionViewSet

register_snippet(QuestionViewSet)


@hooks.register("register_admin_menu_item")
def way_back() -> MenuItem:
    """From the writing desk to the front page of who writes."""
    return MenuItem(_("Back to Tandem"), reverse("home:home"), icon_name="home", order=1)


@hooks.register("register_admin_menu_item")
def red_button() -> MenuItem:
    """First of all, on the writing desk too: whom to call and the first steps."""
    return MenuItem(_("Urgent"), "/urgent/", name="urgent", icon_name="warning", order=0)


@hooks.register("construct_page_chooser_queryset")
def own_pages_only(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Wagtail's chooser shows every page to every author; here it shows what this person may work on, and what stands
    above."""
    if request.user.is_superuser:
        return pages
    mine = page_permission_policy.explorable_instances(request.user)
    return pages.filter(Q(pk__in=mine.values("pk")))


@hooks.register("before_serve_page")
def front_page_only(page: Page, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Whatever address a page has: Wagtail's own serving asks nobody who they are, so it shows the front page and
    nothing else."""
    if not isinstance(page, FrontPage):
        raise Http404


@hooks.register("construct_main_menu")
def no_documents(request: HttpRequest, items: list[MenuItem]) -> None:
    """Courses hold no documents: the app is here because the translation tool imports it."""
    items[:] = [item for item in items if item.name != "documents"]


@hooks.register("construct_homepage_summary_items")
def no_count_of_documents(request: HttpRequest, items: list[Any]) -> None:
    """Nor are they counted on the admin's home."""
    items[:] = [item for item in items if type(item).__name__ != "DocumentsSummaryItem"]


@hooks.register("construct_homepage_panels")
def no_foreign_news(request: HttpRequest, panels: list[Any]) -> None:
    """News of Wagtail lead to a foreign site and tell an author nothing."""
    panels[:] = [panel for panel in panels if getattr(panel, "name", "") != "whats_new_in_wagtail_version"]


@hooks.register("construct_help_menu")
def no_foreign_guide(request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail's editor guide describes another site than this one."""
    items[:] = [item for item in items if not item.name.startswith(("editor-guide", "whats-new"))]


@hooks.register("construct_reports_menu")
def no_report_over_all(request: HttpRequest, items: list[MenuItem]) -> None:
    """The report on page types names pages of all programmes: `AdminDoorMiddleware` shuts it, so it is not offered."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name != "page-types-usage"]
