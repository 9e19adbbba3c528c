"""Addresses under /competency/."""

from django.urls import path

from lms.competency import views

app_name = "competency"
urlpatterns = [
    path("competency/", views.index, name="index"),
    path("competency/start/<uuid:provider_id>/", views.start, name="start"),
    path("competency/rate/<uuid:assessment_id>/", views.rate, name="rate"),
    path("competency/rate/<uuid:assessment_id>/check/", views.check, name="check"),
    path("competency/result/<uuid:assessment_id>/", views.result, name="result"),
    path("competency/result/<uuid:assessment_id>/take-back/", views.take_back, name="take-back"),
]
