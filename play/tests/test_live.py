"""The matches that are being played, for the lobby."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matchmaking.models import Match, Pool, Seat
from play.live import LiveMatches, live_matches
from play.models import RoomRow

pytestmark = pytest.mark.django_db


def room(*names: str, age: float = 0.0, is_live: bool = True) -> RoomRow:
    pool, _ = Pool.objects.get_or_create(slug="pong", name="Pong", plays="pong")
    match = Match.objects.create(pool=pool)
    for side, name in enumerate(names):
        Seat.objects.create(match=match, side=side, name=name, pool=pool)
    return RoomRow.objects.create(
        match=match, game="pong", scores=[3, 2], won=[0, 0], is_live=is_live, spectators=1,
        stored_at=timezone.now() - timedelta(seconds=age),
    )  # fmt: skip


def test_a_match_that_is_played_is_shown_with_its_score() -> None:
    row = room("Ann", "Bob")
    room("Cho", "Dan", is_live=False)
    room("Eve", "Fay", age=60)  # its process is gone
    live = live_matches(now=timezone.now())
    [match] = live.matches
    assert live.count == 1 and match.id == str(row.pk)
    assert (match.game_name, match.sides, match.scores) == ("Pong", ["Ann", "Bob"], [3, 2])


def test_the_lobby_is_sent_what_changed() -> None:
    lookout = LiveMatches()
    assert lookout.look() is None  # nothing is played, and nobody thinks so
    row = room("Ann", "Bob")
    assert lookout.look() == lookout.last_sent != ""
    assert lookout.look() is None
    RoomRow.objects.filter(pk=row.pk).update(scores=[4, 2])
    assert '"scores":[4,2]' in (lookout.look() or "")
    row.delete()
    assert '"count":0' in (lookout.look() or "")
