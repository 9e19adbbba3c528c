"""Addresses of programmes."""

from django.urls import path

from lms.programmes import views

app_name = "programmes"
urlpatterns = [
    path("code-of-conduct/", views.conduct, name="conduct"),
    path("manage/enrolments/<uuid:enrolment_id>/", views.decide, name="decide"),
]
