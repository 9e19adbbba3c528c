"""Addresses of cases, below /supervision/cases/."""

from django.urls import path

from .views import pages, words

urlpatterns = [
    path("new/", pages.case_new, name="case-new"),
    path("autosave/", pages.case_autosave, name="case-autosave"),
    path("phone/", pages.case_phone, name="case-phone"),
    path("<uuid:case_id>/", pages.case_page, name="case"),
    path("<uuid:case_id>/write/<slug:step_name>/", pages.case_write, name="case-write"),
    path("<uuid:case_id>/pictures/", pages.case_pictures, name="case-pictures"),
    path("<uuid:case_id>/pictures/<uuid:picture_id>/remove/", pages.case_picture_remove, name="case-picture-remove"),
    path("<uuid:case_id>/series/", pages.case_series, name="case-series"),
    path("<uuid:case_id>/words/", words.case_words, name="case-words"),
    path("<uuid:case_id>/redact/", words.case_redact, name="case-redact"),
    path("<uuid:case_id>/withdraw/", pages.case_withdraw, name="case-withdraw"),
    path("<uuid:case_id>/accept/", pages.case_accept, name="case-accept"),
    path("<uuid:case_id>/return/", pages.case_return, name="case-return"),
]
