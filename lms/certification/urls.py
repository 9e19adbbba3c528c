"""Addresses of certificates: the public check, one's own page, the paper, the signatures."""

from django.urls import path

from lms.certification import exports, views

app_name = "certification"
urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>/", views.verify_code, name="verify-code"),
    path("certificate/", views.mine, name="mine"),
    path("certificate/<str:code>.pdf", exports.print_certificate, name="certificate-pdf"),
    path("manage/people/<uuid:provider_id>/sign/<uuid:version_id>/", views.sign, name="sign"),
    path("manage/certificates/<uuid:certificate_id>/", views.change, name="change"),
    path("manage/certificates/<uuid:certificate_id>/suspension/", views.suspension, name="suspension"),
]
