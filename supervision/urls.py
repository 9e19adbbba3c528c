"""Every address of supervision."""

from django.urls import include, path

app_name = "supervision"
urlpatterns = [
    path("supervision/cases/", include("supervision.cases.urls")),
    path("supervision/cut-offs/", include("supervision.cutoffs.urls")),
    path("supervision/", include("supervision.briefs.urls")),
    path("supervision/", include("supervision.room.urls")),
    path("supervision/", include("supervision.sessions.urls")),
]
