"""Every address of the product; the upper parts by string only, Wagtail last."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from lms import files, health

PARTS = [
    "lms.people.urls",
    "lms.outbox.urls",
    "lms.notices.urls",
    "lms.programmes.urls",
    "lms.phone.urls",
    "lms.home.urls",
    "lms.competency.urls",
    "lms.certification.urls",
    "lms.reporting.urls",
    "supervision.urls",
    "courses.urls",
]


urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("admin/login/", RedirectView.as_view(url="/login/?next=/admin/")),
    path("admin/", include(wagtailadmin_urls)),
    re_path(rf"^{settings.MEDIA_URL.lstrip('/')}(?P<path>.+)$", files.media, name="media"),
    *[path("", include(name)) for name in PARTS if find_spec(name)],
    path("", include(wagtail_urls)),
]
handler404 = "lms.people.views.not_found"
handler403 = "lms.people.views.forbidden"
handler500 = "lms.people.views.broken"
