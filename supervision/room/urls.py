"""Addresses of the room below /supervision/."""

from django.urls import path

from supervision.room import api
from supervision.room.views import pages

urlpatterns = [
    path("sessions/<uuid:session_id>/", pages.session_page, name="session"),
    path("sessions/<uuid:session_id>/enter/", pages.session_enter, name="session-enter"),
    path("sessions/<uuid:session_id>/cancel/", pages.session_cancel, name="session-cancel"),
    path("sessions/<uuid:session_id>/post/", pages.session_post, name="session-post"),
    path("sessions/<uuid:session_id>/events/", api.events, name="events"),
]
