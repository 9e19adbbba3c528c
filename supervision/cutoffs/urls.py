"""Addresses of cut-offs, below /supervision/cut-offs/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.cut_offs, name="cut-offs"),
    path("<uuid:cut_off_id>/remove/", views.cut_off_remove, name="cut-off-remove"),
]
