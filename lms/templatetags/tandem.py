"""Template tags of the shell: icons from the one sprite, and a home panel drawn in the page."""

from datetime import datetime

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import ngettext

from lms.home.registry import ShownPanel
from lms.phone.queries import app_version

register = template.Library()
MINUTE = 60  # seconds


@register.simple_tag
def icon(name: str, dir: bool = False, small: bool = False) -> SafeString:
    """An icon is never alone: write its word beside it. `dir=True` mirrors it where text runs right to left."""
    classes = "icon" + (" icon-dir" if dir else "") + (" icon-s" if small else "")
    drawing = '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>'
    return format_html(drawing, classes, static("lms/icons.svg"), name)


@register.filter
def since(then: datetime, now: datetime) -> str:
    """How long ago in its largest unit: seconds too, for in danger they count."""
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < MINUTE:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    return timesince(then, now, depth=1)


@register.simple_tag
def phone_app() -> str:
    """The version of the app that phones keep; empty where they keep nothing."""
    return app_version()


@register.simple_tag(takes_context=True)
def panel(context: Context, shown: ShownPanel) -> SafeString:
    """A panel's own words are laid over the page's, so a panel template reads like any page."""
    with context.push(**shown.facts):
        return context.template.engine.get_template(shown.template).render(context)
