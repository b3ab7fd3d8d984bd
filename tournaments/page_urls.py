"""Addresses of this app's pages."""

from django.urls import URLPattern, URLResolver, include, path

from . import public_views, result_views, views

_one: list[URLPattern | URLResolver] = [
    path("", views.tournament_page, name="tournament"),
    path("/start", views.tournament_start, name="tournament-start"),
    path("/cancel", views.tournament_cancel, name="tournament-cancel"),
    path("/rounds", result_views.tournament_pair, name="tournament-pair"),
    path("/undo", result_views.tournament_undo, name="tournament-undo"),
    path("/matches/<uuid:match_id>", result_views.match_page, name="tournament-match"),
    path("/matches/<uuid:match_id>/reopen", result_views.match_reopen, name="tournament-reopen"),
    path("/screen", public_views.tournament_screen, name="tournament-screen"),
    path("/print", public_views.tournament_print, name="tournament-print"),
    path("/embed", public_views.tournament_embed, name="tournament-embed"),
    path("/preview.png", public_views.tournament_preview, name="tournament-preview"),
    path("/calendar.ics", public_views.tournament_calendar, name="tournament-calendar"),
    path("", include("tournaments.day_urls")),
]

urlpatterns = [
    path("tournaments", views.tournament_list, name="tournaments"),
    path("tournaments/new", views.tournament_new, name="tournament-new"),
    path("tournaments/import", views.tournament_import, name="tournament-import"),
    path("tournaments/<uuid:tournament_id>", include(_one)),
]
