"""Addresses of notices: how one wants to be reminded."""

from django.urls import path

from lms.notices import views

app_name = "notices"
urlpatterns = [path("me/reminders/", views.reminders, name="reminders")]
