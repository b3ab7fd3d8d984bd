"""Addresses of this app's pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("tournaments", views.tournament_list, name="tournaments"),
    path("tournaments/new", views.tournament_new, name="tournament-new"),
    path("tournaments/<uuid:tournament_id>", views.tournament_page, name="tournament"),
    path("tournaments/<uuid:tournament_id>/start", views.tournament_start, name="tournament-start"),
    path(
        "tournaments/<uuid:tournament_id>/cancel", views.tournament_cancel, name="tournament-cancel"
    ),
    path(
        "tournaments/<uuid:tournament_id>/matches/<uuid:match_id>/result",
        views.tournament_result,
        name="tournament-result",
    ),
]
