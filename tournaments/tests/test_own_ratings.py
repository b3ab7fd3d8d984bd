"""Entrants who are players bring their rating from the pool in which a tournament is rated."""

import pytest

from matchmaking.models import Player
from matchmaking.services.ratings import current_ratings
from matchmaking.tests.meetings import player, pool, won
from tournaments.models import Entrant, Seeding, Tournament
from tournaments.services.entry.entrants import replace_entrant
from tournaments.services.entry.registration import register
from tournaments.services.entry.seeding import sort_by_rating
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.settings import change_settings

from .manage_builders import OLGA, STAFF, draft, fresh, open_cup, who

pytestmark = pytest.mark.django_db


@pytest.fixture
def ladder() -> None:
    """Ann has beaten Bob, and Bob Cem."""
    won("Bob", "Cem")
    won("Ann", "Bob")


def rating(name: str) -> int:
    one = player(name)
    return round(current_ratings(pool(), [one.pk])[one.pk])


def rated_cup(*, team_size: int = 1, seeding: Seeding = Seeding.GIVEN) -> Tournament:
    return open_cup(rated_in=pool(), team_size=team_size, seeding=seeding)


def enter(cup: Tournament, name: str, given: int | None = None) -> Entrant:
    return register(tournament_id=cup.pk, player=player(name), rating=given)


def test_who_registers_has_the_pools_rating_unless_another_is_given(ladder: None) -> None:
    cup = rated_cup()
    assert enter(cup, "Ann").rating == rating("Ann") > 1500
    assert enter(cup, "Bob", 1234).rating == 1234
    assert enter(cup, "Newcomer").rating is None
    assert enter(open_cup(), "Ann").rating is None
    teams = rated_cup(team_size=2)
    captain = player("Ann")
    assert register(tournament_id=teams.pk, player=captain, name="Owls").rating is None


def test_the_draw_goes_by_ratings_that_nobody_typed(ladder: None) -> None:
    cup = rated_cup(seeding=Seeding.RATING)
    for name in ("Newcomer", "Cem", "Bob", "Ann"):
        enter(cup, name)
    start_tournament(tournament_id=cup.pk, actor=OLGA)
    assert who(fresh(cup)) == ["Ann", "Bob", "Cem", "Newcomer"]


def test_who_registered_before_the_pool_was_chosen_is_rated_too(ladder: None) -> None:
    cup = open_cup()
    for name in ("Cem", "Ann", "Bob"):
        enter(cup, name)
    changes = {"rated_in": pool()}
    change_settings(tournament_id=cup.pk, actor=STAFF, changes=changes)
    sort_by_rating(tournament_id=cup.pk, actor=OLGA)
    assert who(fresh(cup)) == ["Ann", "Bob", "Cem"]
    assert cup.entrants.get(name="Ann").rating == rating("Ann")


def test_a_player_who_replaces_somebody_brings_the_own_rating(ladder: None) -> None:
    cup = draft("Dan", "Eve")
    Tournament.objects.filter(pk=cup.pk).update(rated_in=pool())
    dan = cup.entrants.get(name="Dan")
    ann: Player = player("Ann")
    done = replace_entrant(tournament_id=cup.pk, entrant_id=dan.pk, name="", player=ann, actor=OLGA)
    assert done.rating == rating("Ann")
