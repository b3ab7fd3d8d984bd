"""Rooms and played games in the admin: to read, and with ways to the match and the replay."""

import pytest
from django.urls import reverse

from matchmaking.tests.staff import viewer
from play.models import PlayedGame
from play.services.rooms import open_room

from .records import met, played_match

pytestmark = pytest.mark.django_db


def test_played_games_are_read_and_lead_to_their_match_and_their_replay() -> None:
    match = played_match("race")
    vera = viewer("play", "playedgame", "roomrow")
    listed = vera.get(reverse("admin:play_playedgame_changelist")).content.decode()
    assert "Ann vs Bob" in listed and f"/matches/{match.pk}/replay?game=1" in listed
    assert vera.get(reverse("admin:play_playedgame_changelist") + "?q=ann").status_code == 200
    address = reverse("admin:play_playedgame_change", args=(PlayedGame.objects.get().pk,))
    page = vera.get(address).content.decode()
    assert f'href="/matches/{match.pk}/replay?game=1"' in page
    assert f'href="/admin/matchmaking/match/{match.pk}/change/"' in page
    assert f'href="/matches/{match.pk}"' in page and "bytes" in page
    assert vera.post(address, {"number": 2}).status_code == 403
    assert vera.get(reverse("admin:play_playedgame_add")).status_code == 403


def test_rooms_are_read() -> None:
    match = met("race")
    open_room(match.pk, host_id="here")
    vera = viewer("play", "roomrow")
    assert "Ann vs Bob" in vera.get(reverse("admin:play_roomrow_changelist")).content.decode()
    address = reverse("admin:play_roomrow_change", args=(match.pk,))
    page = vera.get(address).content.decode()
    assert f'href="/matches/{match.pk}"' in page
    assert vera.post(address.replace("change", "delete"), {"post": "yes"}).status_code == 403
