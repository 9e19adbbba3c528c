"""What pages tell the core when Wagtail says that one was published, taken down, moved or renamed."""

from typing import Any

from wagtail.models import Page

from courses.pages.actions import write_branch


def published(sender: type[Page], instance: Page, **said: Any) -> None:
    """Also for a publishing that was planned for later: the signal comes then."""
    write_branch(instance)


def unpublished(sender: type[Page], instance: Page, **said: Any) -> None:
    """Wagtail says this before a page is deleted, too."""
    write_branch(instance, closed=True)


def moved(sender: type[Page], instance: Page, **said: Any) -> None:
    """The whole branch has new addresses, and its neighbours new places."""
    page = Page.objects.get(pk=instance.pk)
    write_branch(page.get_parent())


def slug_changed(sender: type[Page], instance: Page, **said: Any) -> None:
    """The whole branch has new addresses."""
    write_branch(Page.objects.get(pk=instance.pk))
