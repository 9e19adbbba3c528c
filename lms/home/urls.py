"""The address of the front page."""

from django.urls import path

from lms.home import views

app_name = "home"
urlpatterns = [path("home/", views.home, name="home")]
