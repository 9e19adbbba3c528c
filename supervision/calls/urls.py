"""Addresses of voice below /supervision/; the frames and the relay are the room's."""

from django.urls import path

from . import views

urlpatterns = [path("sessions/<uuid:session_id>/recording/", views.recording_answer, name="recording-answer")]
