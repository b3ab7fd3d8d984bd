"""Making a tournament: which lists and names make one, and what is stored of them."""

import pytest
from django.conf import settings

from lib.errors import Refusal
from lib.tokens import digest
from matchmaking.services.players import create_guest
from tournaments.models import Entrant, Seeding, Tournament, TournamentState
from tournaments.services.setup.creation import (
    BadEntrants,
    check_even,
    create_tournament,
    parse_entrants,
    parse_tournament_name,
)

pytestmark = pytest.mark.django_db

MOST = settings.MATCHPOINT_TOURNAMENT_MAX_PLAYERS


def names(count: int) -> list[str]:
    return [f"Player {number}" for number in range(1, count + 1)]


def test_a_draft_keeps_its_entrants_in_the_order_given() -> None:
    created = create_tournament(name="Friday Cup", players=["Ann", " Bob ", "Ｃem", "Dan"])
    tournament = Tournament.objects.get()
    assert tournament.state == TournamentState.DRAFT and tournament.name == "Friday Cup"
    assert [str(entrant) for entrant in tournament.entrants.all()] == ["Ann", "Bob", "Cem", "Dan"]
    assert [entrant.seed for entrant in tournament.entrants.all()] == [1, 2, 3, 4]
    assert tournament.token_sha256 == digest(created.token) and len(created.token) == 43


def test_what_the_organiser_chose_is_kept() -> None:
    organiser = create_guest(username="Olga").player
    create_tournament(
        name="Cup",
        players=names(3),
        byes=True,
        seeding=Seeding.RANDOM,
        organiser=organiser,
    )
    tournament = Tournament.objects.get()
    assert tournament.byes and tournament.seeding == Seeding.RANDOM
    assert tournament.organiser == organiser


@pytest.mark.parametrize("count", [2, MOST])
def test_sizes_that_are_allowed(count: int) -> None:
    assert len(parse_entrants(names(count))) == count


@pytest.mark.parametrize(
    ("players", "words"),
    [
        ([], "at least two"),
        (["Ann"], "at least two"),
        (names(MOST + 1), "at most 1,024"),
        (["Ann", "Bob", "Ann"], "'Ann' is entered 2 times"),
        (["Ann", "ann"], "entered 2 times"),
        (["Ann", "Ａnn", "ANN"], "entered 3 times"),
        (["Ann", ""], "Player 2: .*empty"),
        (["Ann", "x" * 33], "Player 2: .*32"),
        (["a\x00b", "Bob"], "Player 1: .*cannot be shown"),
        (["Ann", "Admin"], "Player 2: .*reserved"),
    ],
)
def test_lists_that_make_no_tournament_say_which_line(players: list[str], words: str) -> None:
    with pytest.raises(BadEntrants, match=words):
        create_tournament(name="Cup", players=players, byes=True)
    assert not Tournament.objects.exists() and not Entrant.objects.exists()


def test_an_odd_number_needs_byes() -> None:
    with pytest.raises(BadEntrants) as refusal:
        create_tournament(name="Cup", players=names(3))
    assert refusal.value.message == "Number of players must be even."
    assert refusal.value.code == "odd_players"
    check_even(3, byes=True)
    check_even(6, byes=False)


def test_a_tournaments_name_is_one_line() -> None:
    assert parse_tournament_name("  Friday \n Cup ") == "Friday Cup"
    assert parse_tournament_name("x" * 80) == "x" * 80


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "a\x00b", "a\u202eb", "\u200b"])
def test_names_that_no_tournament_bears(name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        create_tournament(name=name, players=names(2))
    assert refusal.value.code == "bad_name"
    assert not Tournament.objects.exists()
