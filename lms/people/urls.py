"""Addresses of signing in and out and of one's own page, at the root of the site."""

from django.urls import path

from lms.people import api, views

app_name = "people"
urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("login/pin/", views.first_pin, name="first-pin"),
    path("logout/", views.sign_out, name="logout"),
    path("language/", views.language, name="language"),
    path("phone/lock/", api.lock, name="lock"),
    path("phone/unlock/", api.unlock, name="unlock"),
    path("me/", views.me, name="me"),
    path("me/pin/", views.pin, name="pin"),
    path("me/phones/<uuid:sign_in>/out/", views.phone_out, name="phone-out"),
]
