"""Addresses of this app's pages."""

from django.urls import include, path

from . import entry, importing, manage, outside, pairing, results, tournament

_one = [
    path("", tournament.tournament_page, name="tournament"),
    path("/start", manage.do_on_page, {"action": "start"}, name="tournament-start"),
    path("/cancel", manage.do_on_page, {"action": "cancel"}, name="tournament-cancel"),
    path("/undo", manage.do_on_page, {"action": "undo"}, name="tournament-undo"),
    path("/rounds/by-hand", pairing.pair_page, name="tournament-pair-by-hand"),
    path("/rounds", results.tournament_pair, name="tournament-pair"),
    path("/matches/<uuid:match_id>", results.match_page, name="tournament-match"),
    path("/matches/<uuid:match_id>/reopen", results.match_reopen, name="tournament-reopen"),
    path("/screen", outside.tournament_screen, name="tournament-screen"),
    path("/print", outside.tournament_print, name="tournament-print"),
    path("/embed", outside.tournament_embed, name="tournament-embed"),
    path("/preview.png", outside.tournament_preview, name="tournament-preview"),
    path("/calendar.ics", outside.tournament_calendar, name="tournament-calendar"),
    path("/register", entry.tournament_register, name="tournament-register"),
    path("/check-in", entry.tournament_check_in, name="tournament-check-in"),
    path("/leave", entry.tournament_leave, name="tournament-leave"),
    path("/judge", entry.tournament_judge, name="tournament-judge"),
    path("/manage", manage.entrants, name="tournament-manage"),
    path("/manage/entrants/import", manage.list_import, name="tournament-manage-import"),
    path("/manage/entrants/<int:entrant_id>", manage.entrant, name="tournament-manage-entrant"),
    path("/manage/settings", manage.settings, name="tournament-manage-settings"),
    path("/manage/stations", manage.stations, name="tournament-manage-stations"),
    path("/manage/judges", manage.judges, name="tournament-manage-judges"),
    path("/manage/record", manage.record, name="tournament-manage-record"),
    path("/manage/do/<slug:action>", manage.do, name="tournament-do"),
]

urlpatterns = [
    path("t/<str:slug>", tournament.short_address, name="tournament-short"),
    path("t/<str:slug>/<path:rest>", tournament.short_address),
    path("tournaments", tournament.tournament_list, name="tournaments"),
    path("tournaments/new", tournament.tournament_new, name="tournament-new"),
    path("tournaments/draw", tournament.tournament_draw, name="tournament-draw"),
    path("tournaments/import", importing.tournament_import, name="tournament-import"),
    path("tournaments/<uuid:tournament_id>", include(_one)),
]
