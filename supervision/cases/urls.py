"""Addresses of cases, below /supervision/cases/."""

from django.urls import path

from . import views

urlpatterns = [
    path("new/", views.case_new, name="case-new"),
    path("autosave/", views.case_autosave, name="case-autosave"),
    path("phone/", views.case_phone, name="case-phone"),
    path("<uuid:case_id>/", views.case_page, name="case"),
    path("<uuid:case_id>/write/<slug:step_name>/", views.case_write, name="case-write"),
    path("<uuid:case_id>/pictures/", views.case_pictures, name="case-pictures"),
    path("<uuid:case_id>/pictures/<uuid:picture_id>/remove/", views.case_picture_remove, name="case-picture-remove"),
    path("<uuid:case_id>/series/", views.case_series, name="case-series"),
    path("<uuid:case_id>/withdraw/", views.case_withdraw, name="case-withdraw"),
    path("<uuid:case_id>/accept/", views.case_accept, name="case-accept"),
    path("<uuid:case_id>/return/", views.case_return, name="case-return"),
]
