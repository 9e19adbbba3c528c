"""Addresses below /supervision/identifiers/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.incident_list, name="identifiers"),
    path("<uuid:incident_id>/decide/", views.incident_decide, name="identifier-decide"),
    path("words/<uuid:programme_id>/", views.watched, name="watched-words"),
]
