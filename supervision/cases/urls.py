"""Addresses of cases, below /supervision/cases/."""

from django.urls import path

from . import views

urlpatterns = [
    path("new/", views.case_new, name="case-new"),
    path("autosave/", views.case_autosave, name="case-autosave"),
    path("phone/", views.case_phone, name="case-phone"),
    path("<uuid:case_id>/", views.case_page, name="case"),
    path("<uuid:case_id>/write/<slug:step_name>/", views.case_write, name="case-write"),
    path("<uuid:case_id>/withdraw/", views.case_withdraw, name="case-withdraw"),
    path("<uuid:case_id>/accept/", views.case_accept, name="case-accept"),
    path("<uuid:case_id>/return/", views.case_return, name="case-return"),
]
