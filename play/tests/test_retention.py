"""How long games and rooms are kept, and that a match goes on while it is played."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from matchmaking.callers import Caller
from matchmaking.models import Match, MatchState
from matchmaking.services.matches import lapse_matches, leave_match
from play.models import PlayedGame, RoomRow
from play.services.retention import delete_old_games, delete_old_rooms
from play.services.rooms import open_room

from .records import met, played_match

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_games_are_kept_for_a_year_and_not_without_their_match(settings: Settings) -> None:
    old, new = played_match("race", seed=1), played_match("connect-four", seed=2)
    PlayedGame.objects.filter(match=old).update(played_at=timezone.now() - 366 * DAY)
    settings.MATCHPOINT_REPLAY_KEEP = timedelta(0)
    assert delete_old_games(now=timezone.now()) == 0
    settings.MATCHPOINT_REPLAY_KEEP = 365 * DAY
    assert delete_old_games(now=timezone.now()) == 1
    assert delete_old_games(now=timezone.now()) == 0
    assert PlayedGame.objects.get().match == new and Match.objects.count() == 2
    new.delete()
    assert not PlayedGame.objects.exists()


def test_rooms_are_kept_for_a_day_after_their_match() -> None:
    over, lately, open_ = met("race"), met("matches"), met("pong")
    for match in (over, lately, open_):
        open_room(match.pk, host_id="here")
    for match in (over, lately):
        player = match.seats.all()[0].player_id
        leave_match(match_id=match.pk, caller=Caller(player_id=player))
    Match.objects.filter(pk=over.pk).update(closed_at=timezone.now() - 2 * DAY)
    assert delete_old_rooms(now=timezone.now()) == 1
    assert delete_old_rooms(now=timezone.now()) == 0
    assert set(RoomRow.objects.values_list("pk", flat=True)) == {lately.pk, open_.pk}


def test_a_match_lapses_a_minute_after_it_was_played_last() -> None:
    match = met("race")
    open_room(match.pk, host_id="here")
    now = timezone.now()
    Match.objects.update(created_at=now - timedelta(days=1))
    RoomRow.objects.update(is_live=True, stored_at=now - timedelta(seconds=50))
    assert lapse_matches(now=now) == 0
    assert lapse_matches(now=now + timedelta(seconds=20)) == 1
    assert Match.objects.get().state == MatchState.LAPSED


def test_a_match_nobody_plays_lapses_though_it_has_a_room() -> None:
    match = met("race")
    open_room(match.pk, host_id="here")
    Match.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert lapse_matches(now=timezone.now()) == 1
