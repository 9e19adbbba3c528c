"""What courses add to the Wagtail admin."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.permissions import page_permission_policy
from wagtail.snippets.models import register_snippet

from courses.questions.views import QuestionViewSet

register_snippet(QuestionViewSet)


@hooks.register("register_admin_menu_item")
def way_back() -> MenuItem:
    """From the writing desk to the front page of who writes."""
    return MenuItem(_("Back to Tandem"), reverse("home:home"), icon_name="home", order=1)


@hooks.register("construct_page_chooser_queryset")
def own_pages_only(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Wagtail's chooser shows every page to every author; here it shows what this person may work on, and what stands
    above."""
    if request.user.is_superuser:
        return pages
    mine = page_permission_policy.explorable_instances(request.user)
    return pages.filter(Q(pk__in=mine.values("pk")))
