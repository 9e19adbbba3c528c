"""Addresses below /supervision/."""

from django.urls import path

from . import views

urlpatterns = [
    path("sessions/<uuid:session_id>/opinion/", views.rate, name="session-rate"),
    path("opinions/", views.told, name="opinions"),
]
