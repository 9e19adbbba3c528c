"""Addresses of minutes below /supervision/."""

from django.urls import path

from . import views

urlpatterns = [path("sessions/<uuid:session_id>/minutes/", views.minutes, name="minutes")]
