"""Addresses of the phone: the installable app, its state, its key. Its lock belongs to people."""

from django.urls import path

from lms.phone import views

app_name = "phone"
urlpatterns = [
    path("sw.js", views.worker, name="worker"),
    path("manifest.webmanifest", views.app_manifest, name="manifest"),
    path("phone/", views.on_phone, name="on-phone"),
    path("phone/shell/", views.shell, name="shell"),
    path("phone/state/", views.state, name="state"),
    path("phone/key/", views.key, name="key"),
    path("phone/proof/", views.proof, name="proof"),
]
