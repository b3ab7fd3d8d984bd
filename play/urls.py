"""Addresses of this app. They come before matchmaking's, since a match may be played here."""

from django.urls import path, re_path

from lib.endpoints import page_or_json
from matchmaking.api import matches as match_api

from .api import games as game_api
from .pages import games, matches, wall

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MATCH = rf"matches/(?P<match_id>{_UUID})"

urlpatterns = [
    re_path(rf"^{_MATCH}/?$", page_or_json(matches.match_page, match_api.show), name="play-match"),
    re_path(rf"^api/{_MATCH}/games/?$", game_api.list_games),
    re_path(rf"^api/{_MATCH}/games/(?P<number>\d{{1,4}})/?$", game_api.show_game),
    path("matches/<uuid:match_id>/replay", matches.replay, name="play-replay"),
    path("wall", wall.wall, name="wall"),
    path("play", games.games, name="play-games"),
    path("play/<slug:slug>", games.game_page, name="play-game"),
]
