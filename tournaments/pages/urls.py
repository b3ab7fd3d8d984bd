"""Addresses of this app's pages."""

from django.urls import URLPattern, URLResolver, include, path

from . import outside, results, tournament

_one: list[URLPattern | URLResolver] = [
    path("", tournament.tournament_page, name="tournament"),
    path("/start", tournament.tournament_start, name="tournament-start"),
    path("/cancel", tournament.tournament_cancel, name="tournament-cancel"),
    path("/rounds", results.tournament_pair, name="tournament-pair"),
    path("/undo", results.tournament_undo, name="tournament-undo"),
    path("/matches/<uuid:match_id>", results.match_page, name="tournament-match"),
    path("/matches/<uuid:match_id>/reopen", results.match_reopen, name="tournament-reopen"),
    path("/screen", outside.tournament_screen, name="tournament-screen"),
    path("/print", outside.tournament_print, name="tournament-print"),
    path("/embed", outside.tournament_embed, name="tournament-embed"),
    path("/preview.png", outside.tournament_preview, name="tournament-preview"),
    path("/calendar.ics", outside.tournament_calendar, name="tournament-calendar"),
    path("", include("tournaments.pages.manage_urls")),
]

urlpatterns = [
    path("tournaments", tournament.tournament_list, name="tournaments"),
    path("tournaments/new", tournament.tournament_new, name="tournament-new"),
    path("tournaments/import", tournament.tournament_import, name="tournament-import"),
    path("tournaments/<uuid:tournament_id>", include(_one)),
]
