"""The addresses of courses, mounted before Wagtail's catch-all."""

from django.urls import path

from courses.quizzes.views import talk
from courses.serving.api import files
from courses.serving.views import learn

app_name = "courses"
urlpatterns = [
    path("learn/", learn, name="learn"),
    path("learn/talk/<uuid:attempt>/", talk, name="talk"),
    path("learn/phone/<uuid:module>/", files, name="files"),
    path("learn/<path:path>/", learn, name="page"),
]
