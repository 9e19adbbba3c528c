"""Addresses of briefs, below /supervision/."""

from django.urls import path

from . import views

urlpatterns = [
    path("people/", views.my_people, name="my-people"),
    path("people/<uuid:provider_id>/cases/", views.person_cases, name="person-cases"),
    path("sessions/<uuid:session_id>/brief/", views.brief, name="session-brief"),
    path("sessions/<uuid:session_id>/brief/agenda/", views.use_agenda, name="session-brief-agenda"),
]
