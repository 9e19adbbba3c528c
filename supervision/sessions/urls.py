"""Addresses of meetings below /supervision/; the room's own page is in supervision/room/urls.py."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.index, name="index"),
    path("sessions/new/", views.session_new, name="session-new"),
    path("sessions/<uuid:session_id>/note/", views.session_note, name="session-note"),
    path("advice/<uuid:advice_id>/", views.advice_report, name="advice-report"),
    path("cases/pictures/<uuid:picture_id>.webp", views.case_picture, name="case-picture"),
    path("cases/<uuid:case_id>/plan/", views.case_plan, name="case-plan"),
]
