"""Every address of supervision."""

from django.urls import include, path

app_name = "supervision"
urlpatterns = [
    path("", include("supervision.risk.urls")),
    path("supervision/cases/", include("supervision.cases.urls")),
    path("supervision/groups/", include("supervision.groups.urls")),
    path("supervision/identifiers/", include("supervision.guard.urls")),
    path("supervision/cut-offs/", include("supervision.cutoffs.urls")),
    path("supervision/", include("supervision.briefs.urls")),
    path("supervision/", include("supervision.minutes.urls")),
    path("supervision/", include("supervision.opinions.urls")),
    path("supervision/", include("supervision.room.urls")),
    path("supervision/", include("supervision.calls.urls")),
    path("supervision/", include("supervision.sessions.urls")),
]
