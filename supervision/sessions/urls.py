"""Addresses of meetings below /supervision/; the room's own page is in supervision/room/urls.py."""

from django.urls import path

from . import exports, views

urlpatterns = [
    path("", views.index, name="index"),
    path("sessions/new/", views.session_new, name="session-new"),
    path("sessions/<uuid:session_id>/change/", views.session_change, name="session-change"),
    path("sessions/<uuid:session_id>/call/<uuid:person_id>/", views.session_call, name="session-call"),
    path("sessions/<uuid:session_id>/meeting.ics", exports.one_meeting, name="session-ics"),
    path("calendar/", exports.calendar, name="calendar"),
    path("calendar/<str:token>.ics", exports.feed, name="calendar-feed"),
    path("sessions/<uuid:session_id>/note/", views.session_note, name="session-note"),
    path("advice/<uuid:advice_id>/", views.advice_report, name="advice-report"),
    path("cases/search/", views.case_search, name="case-search"),
    path("cases/pictures/<uuid:picture_id>.webp", views.case_picture, name="case-picture"),
    path("cases/<uuid:case_id>/plan/", views.case_plan, name="case-plan"),
]
