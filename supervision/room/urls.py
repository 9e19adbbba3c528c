"""Addresses of the room below /supervision/."""

from django.urls import path

from . import api, views

urlpatterns = [
    path("sessions/<uuid:session_id>/", views.session_page, name="session"),
    path("sessions/<uuid:session_id>/enter/", views.session_enter, name="session-enter"),
    path("sessions/<uuid:session_id>/cancel/", views.session_cancel, name="session-cancel"),
    path("sessions/<uuid:session_id>/post/", views.session_post, name="session-post"),
    path("sessions/<uuid:session_id>/events/", api.events, name="events"),
    path("sessions/<uuid:session_id>/ice/", api.ice, name="ice"),
]
