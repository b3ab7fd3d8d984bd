"""Addresses of one tournament's day, below the tournament's own."""

from django.urls import path

from . import day_views, entry_views

urlpatterns = [
    path("/register", entry_views.tournament_register, name="tournament-register"),
    path("/check-in", entry_views.tournament_check_in, name="tournament-check-in"),
    path("/leave", entry_views.tournament_leave, name="tournament-leave"),
    path("/judge", entry_views.tournament_judge, name="tournament-judge"),
    path("/manage", day_views.manage_entrants, name="tournament-manage"),
    path(
        "/manage/entrants/<int:entrant_id>",
        day_views.manage_entrant,
        name="tournament-manage-entrant",
    ),
    path("/manage/settings", day_views.manage_settings, name="tournament-manage-settings"),
    path("/manage/stations", day_views.manage_stations, name="tournament-manage-stations"),
    path("/manage/judges", day_views.manage_judges, name="tournament-manage-judges"),
    path("/manage/record", day_views.manage_record, name="tournament-manage-record"),
    path("/manage/do/<slug:action>", day_views.manage_do, name="tournament-do"),
]
