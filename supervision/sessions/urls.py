"""Addresses of meetings below /supervision/; the room's own page is in supervision/room/urls.py."""

from django.urls import path

from . import exports
from .views import after, members, pages

urlpatterns = [
    path("", pages.index, name="index"),
    path("sessions/new/", pages.session_new, name="session-new"),
    path("sessions/<uuid:session_id>/change/", pages.session_change, name="session-change"),
    path("sessions/<uuid:session_id>/call/<uuid:person_id>/", pages.session_call, name="session-call"),
    path("sessions/<uuid:session_id>/meeting.ics", exports.one_meeting, name="session-ics"),
    path("calendar/", exports.calendar, name="calendar"),
    path("calendar/<str:token>.ics", exports.feed, name="calendar-feed"),
    path("sessions/<uuid:session_id>/note/", pages.session_note, name="session-note"),
    path(
        "sessions/<uuid:session_id>/attendance/<uuid:person_id>/", after.attendance_correct, name="attendance-correct"
    ),
    path("groups/<uuid:group_id>/attendance/", after.peers_attendance, name="peers-attendance"),
    path("given/", after.given, name="given"),
    path("sessions/<uuid:session_id>/members/", members.session_members, name="session-members"),
    path("sessions/<uuid:session_id>/advice/", after.look_back, name="look-back"),
    path("cases/<uuid:case_id>/finish/", after.case_finish, name="case-finish"),
    path("advice/<uuid:advice_id>/", pages.advice_report, name="advice-report"),
    path("cases/search/", pages.case_search, name="case-search"),
    path("cases/pictures/<uuid:picture_id>.webp", pages.case_picture, name="case-picture"),
    path("cases/<uuid:case_id>/plan/", pages.case_plan, name="case-plan"),
]
