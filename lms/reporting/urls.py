"""Addresses under /manage/."""

from django.urls import path

from lms.reporting import exports, views

app_name = "manage"
urlpatterns = [
    path("manage/", views.board, name="board"),
    path("manage/people/", views.people, name="people"),
    path("manage/people/<uuid:provider_id>/", views.person, name="person"),
    path("manage/people/<uuid:provider_id>/card/", views.replace_card, name="replace-card"),
    path("manage/cards/", views.cards, name="cards"),
    path("manage/cards/<uuid:sheet>/", views.sheet, name="sheet"),
    path("manage/cards/<uuid:sheet>/cards.pdf", exports.print_cards, name="sheet-pdf"),
]
