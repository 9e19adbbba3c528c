"""The addresses of the front page and of the switch for a weak line."""

from django.urls import path

from lms.home import views

app_name = "home"
urlpatterns = [path("home/", views.home, name="home"), path("text-only/", views.text_only, name="text-only")]
