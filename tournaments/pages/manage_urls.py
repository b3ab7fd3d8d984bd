"""Addresses of one tournament's day, below the tournament's own."""

from django.urls import path

from . import entry, manage

urlpatterns = [
    path("/register", entry.tournament_register, name="tournament-register"),
    path("/check-in", entry.tournament_check_in, name="tournament-check-in"),
    path("/leave", entry.tournament_leave, name="tournament-leave"),
    path("/judge", entry.tournament_judge, name="tournament-judge"),
    path("/manage", manage.manage_entrants, name="tournament-manage"),
    path(
        "/manage/entrants/<int:entrant_id>",
        manage.manage_entrant,
        name="tournament-manage-entrant",
    ),
    path("/manage/settings", manage.manage_settings, name="tournament-manage-settings"),
    path("/manage/stations", manage.manage_stations, name="tournament-manage-stations"),
    path("/manage/judges", manage.manage_judges, name="tournament-manage-judges"),
    path("/manage/record", manage.manage_record, name="tournament-manage-record"),
    path("/manage/do/<slug:action>", manage.manage_do, name="tournament-do"),
]
