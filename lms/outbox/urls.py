"""The outbox's address."""

from django.urls import path

from lms.outbox import views

app_name = "outbox"
urlpatterns = [path("sync/", views.sync, name="sync")]
