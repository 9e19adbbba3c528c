"""Addresses of the room below /supervision/."""

from django.urls import path

from supervision.room import api, exports
from supervision.room.views import asking, pages, parts, privately, reading, words

urlpatterns = [
    path("sessions/<uuid:session_id>/", pages.session_page, name="session"),
    path("sessions/<uuid:session_id>/enter/", pages.session_enter, name="session-enter"),
    path("sessions/<uuid:session_id>/cancel/", pages.session_cancel, name="session-cancel"),
    path("sessions/<uuid:session_id>/too-few/", pages.session_too_few, name="session-too-few"),
    path("sessions/<uuid:session_id>/post/", pages.session_post, name="session-post"),
    path("sessions/<uuid:session_id>/parts/", parts.session_parts, name="session-parts"),
    path("sessions/<uuid:session_id>/keep/", privately.session_keep, name="session-keep"),
    path("sessions/<uuid:session_id>/private/", privately.session_private, name="session-private"),
    path("sessions/<uuid:session_id>/private/seen/", privately.session_seen, name="session-private-seen"),
    path("sessions/<uuid:session_id>/words/<int:seq>/", words.line_words, name="line-words"),
    path("sessions/<uuid:session_id>/flags/<uuid:incident_id>/", words.flag_decide, name="flag-decide"),
    path("sessions/<uuid:session_id>/polls/", asking.poll_new, name="poll-new"),
    path("sessions/<uuid:session_id>/polls/<uuid:poll_id>/drop/", asking.poll_drop, name="poll-drop"),
    path("sessions/<uuid:session_id>/polls.csv", exports.polls_csv, name="polls-csv"),
    path("sessions/<uuid:session_id>/catch-up/", reading.session_catch_up, name="catch-up"),
    path("sessions/<uuid:session_id>/events/", api.events, name="events"),
    path("sessions/<uuid:session_id>/ice/", api.ice, name="ice"),
]
