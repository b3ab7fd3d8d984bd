"""Addresses of this app. They come before matchmaking's, since a match may be played here."""

from django.urls import re_path

from .api import games as game_api

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_GAMES = rf"^api/matches/(?P<match_id>{_UUID})/games"

urlpatterns = [
    re_path(rf"{_GAMES}/?$", game_api.list_games),
    re_path(rf"{_GAMES}/(?P<number>\d{{1,4}})/?$", game_api.show_game),
]
