"""Addresses of supervision groups, below /supervision/groups/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.groups, name="groups"),
    path("new/", views.group_new, name="group-new"),
    path("<uuid:group_id>/", views.group_page, name="group"),
    path("<uuid:group_id>/change/", views.group_change, name="group-change"),
    path("<uuid:group_id>/end/", views.group_end, name="group-end"),
    path("<uuid:group_id>/agreement/", views.agreement, name="group-agreement"),
    path("<uuid:group_id>/agreement/text/", views.agreement_write, name="group-agreement-text"),
]
