"""Addresses of dangers and of the rota."""

from django.urls import path

from . import views

urlpatterns = [
    path("urgent/", views.urgent, name="urgent"),
    path("supervision/risk/", views.risk_list, name="risk-list"),
    path("supervision/risk/beside/", views.risk_beside, name="risk-beside"),
    path("supervision/risk/<uuid:risk_id>/", views.risk_page, name="risk"),
    path("supervision/risk/<uuid:risk_id>/<slug:kind>/", views.risk_step, name="risk-step"),
    path("supervision/risk/follow-up/<uuid:follow_up_id>/", views.follow_up, name="risk-follow-up"),
    path("manage/on-call/", views.on_call, name="on-call"),
    path("manage/on-call/minutes/", views.on_call_minutes, name="on-call-minutes"),
    path("manage/on-call/<uuid:shift_id>/end/", views.on_call_end, name="on-call-end"),
]
