"""Addresses under /manage/."""

from django.urls import path

from lms.reporting import views

app_name = "manage"
urlpatterns = [
    path("manage/", views.board, name="board"),
    path("manage/people/", views.people, name="people"),
    path("manage/people/<uuid:provider_id>/", views.person, name="person"),
]
