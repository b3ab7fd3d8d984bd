"""A guest of whom anything tells is not deleted, however long ago they came; nor is a name lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from matchmaking.models import Match, Player, Rating, Report, Seat
from matchmaking.services.players import create_guest
from matchmaking.services.retention import delete_idle_guests
from matchmaking.tests.meetings import meeting, pool
from tournaments.models import Action, Judge, Member, Tournament
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament

from .builders import match_of, play_on
from .manage_builders import OLGA, draft

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def in_a_cup(player: Player) -> Tournament:
    """A cup that runs, with the player in it."""
    cup = create_tournament(name="Cup", players=["Ann", "Bob", "Cem", player.name]).tournament
    cup.entrants.get(name=player.name).change(player=player)
    start_tournament(tournament_id=cup.pk, actor=OLGA)
    return cup


def played(player: Player) -> None:
    play_on(in_a_cup(player))


def organises(player: Player) -> None:
    create_tournament(name="Cup", players=["Ann", "Bob"], organiser=player)


def is_on_a_roster(player: Player) -> None:
    entrant = draft().entrants.earliest("seed")
    Member.objects.create(entrant=entrant, name=player.name, player=player)


def judges(player: Player) -> None:
    Judge.objects.create(tournament=draft(), name=player.name, player=player)


def has_acted(player: Player) -> None:
    Action.objects.create(tournament=draft(), number=99, actor=player, verb="x", text="x")


def is_rated(player: Player) -> None:
    Rating.objects.create(
        player=player,
        pool=pool(),
        rating=1500,
        deviation=200,
        volatility=0.06,
        rated_at=timezone.now(),
    )


def sat_in_a_match(player: Player) -> None:
    Seat.objects.create(
        match=Match.objects.create(pool=pool()), side=0, player=player, name=player.name
    )


def answered_a_report(player: Player) -> None:
    reporter = create_guest(username="Ria").player
    Report.objects.create(
        match=meeting("Ann", "Bob"), reporter=reporter, side=0, outcome="played", winner=0,
        scores=[1, 0], games=[], confirm_by=timezone.now(), answered_by=player,
    )  # fmt: skip


TRACES: list[Callable[[Player], object]] = [
    in_a_cup, played, organises, is_on_a_roster, judges, has_acted, is_rated, sat_in_a_match,
    answered_a_report,
]  # fmt: skip


@pytest.mark.parametrize("trace", TRACES)
def test_a_guest_of_whom_something_tells_stays(trace: Callable[[Player], object]) -> None:
    kept, gone = (create_guest(username=name).player for name in ("Kept", "Gone"))
    trace(kept)
    Player.objects.update(created_at=timezone.now() - 9999 * DAY)
    while delete_idle_guests(now=timezone.now()):
        pass
    assert Player.objects.filter(pk=kept.pk).exists()
    assert not Player.objects.filter(pk=gone.pk).exists()


def test_a_cup_goes_on_with_its_guests_when_the_others_are_deleted() -> None:
    kept = create_guest(username="Kept").player
    create_guest(username="Gone")
    cup = in_a_cup(kept)
    Player.objects.update(created_at=timezone.now() - 9999 * DAY)
    assert delete_idle_guests(now=timezone.now()) == 1
    match = match_of(cup, "W1.1")
    enter_result(tournament_id=cup.pk, match_id=match.pk, report=by_score([1, 0]), actor=OLGA)
    assert match.seats.filter(player=kept, name="Kept").exists()
    assert cup.entrants.get(player=kept).name == "Kept"
