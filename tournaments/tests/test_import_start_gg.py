"""Events of start.gg, imported: sets, byes, pools and places are those there."""

import json
from typing import Any

import pytest

from tournaments.files.text import BadFile
from tournaments.models import Pairing, PairingState, Tournament, TournamentState
from tournaments.services.transfer.imports import import_file
from tournaments.storage.final_places import final_places

from .imported.start_gg import Event, double_of_six

pytestmark = pytest.mark.django_db
NAMES = ["Mango", "Zain", "Cody", "Amsa", "Plup", "Hbox"]


def load(event: Event) -> Any:
    return import_file(data="\n".join(map(json.dumps, event.pages())).encode())


def results(tournament: Tournament) -> dict[frozenset[str], tuple[str, int]]:
    rows = Pairing.objects.in_full().of(tournament).filter(state=PairingState.DECIDED)
    return {
        frozenset((row.both[0].name, row.both[1].name)): (
            row.both[row.winner or 0].name, max(row.known_match.scores, default=-1),
        )
        for row in rows
    }  # fmt: skip


def better(first: int, second: int) -> tuple[int, int, int]:
    return (first, 2, 0) if first < second else (second, 1, 2)


def test_a_double_elimination_with_byes_has_the_places_there() -> None:
    event = Event(NAMES)
    double_of_six(event)

    def play(first: int, second: int) -> tuple[int, int, int]:
        if {first, second} == {1, 2}:
            return (first, 3, 1) if first == 1 else (second, 0, 3)
        if 6 in {first, second}:
            return (second, -1, 0) if first == 6 else (first, 0, -1)
        return better(first, second)

    event.play(play)
    event.places = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 5}
    made = load(event)
    assert made.tournament.name == "Harbour: Melee Singles"
    assert made.tournament.state == TournamentState.FINISHED
    places = final_places(made.tournament)
    assert {p.contender.entrant.name: p.first for p in places} == dict(
        zip(NAMES, (1, 2, 3, 4, 5, 5), strict=True)
    )
    assert made.warnings == ()
    found = results(made.tournament)
    assert found[frozenset(("Mango", "Zain"))] == ("Mango", 3)
    assert found[frozenset(("Cody", "Hbox"))] == ("Cody", -1)  # by forfeit
    assert not Pairing.objects.filter(key="GF2").exclude(state=PairingState.NOT_NEEDED).exists()
    best_of = Pairing.objects.in_full().get(key="W3.1").known_match.best_of
    assert best_of == 5


@pytest.mark.parametrize("most", [1, 4, 8])
def test_an_event_that_runs_goes_on_here(most: int) -> None:
    event = Event(NAMES)
    double_of_six(event)
    event.play(better, most=most)
    tournament = load(event).tournament
    assert tournament.state == TournamentState.RUNNING and len(results(tournament)) == most
    assert Pairing.objects.filter(state=PairingState.READY).exists()


def test_pools_then_a_bracket() -> None:
    event = Event([f"P{n}" for n in range(1, 7)])
    pools = event.phase("ROUND_ROBIN", "1", "2", name="Pools")
    for group, members in enumerate(((1, 4, 5), (2, 3, 6))):
        for one, other in ((0, 1), (0, 2), (1, 2)):  # all in one round, as pools there are
            event.add(pools, 1, ("seed", members[one]), ("seed", members[other]), group=group)
    bracket = event.phase("SINGLE_ELIMINATION", name="Top 4")
    semis = [event.add(bracket, 1, ("seed", 1), ("seed", 3)),
             event.add(bracket, 1, ("seed", 2), ("seed", 4))]  # fmt: skip
    event.add(bracket, 2, ("won", semis[0]), ("won", semis[1]))
    event.add(bracket, 2, ("lost", semis[0]), ("lost", semis[1]), text="3rd Place Match")
    event.play(better)
    made = load(event)
    first, second = made.tournament.stages.order_by("number")
    assert (first.name, first.group_count, first.advance) == ("Pools", 2, 2)
    assert (second.name, second.third_place) == ("Top 4", True)
    assert made.tournament.state == TournamentState.FINISHED
    assert [p.contender.entrant.name for p in final_places(made.tournament)][:4] == [
        "P1", "P2", "P3", "P4",
    ]  # fmt: skip


def test_what_is_no_part_of_a_tournament_here_is_refused() -> None:
    event = Event(NAMES)
    pools = event.phase("DOUBLE_ELIMINATION", "1", "2")
    event.add(pools, 1, ("seed", 1), ("seed", 4), group=0)
    event.add(pools, 1, ("seed", 2), ("seed", 3), group=1)
    event.play(better)
    with pytest.raises(BadFile, match="2 pools that are played as a double elimination"):
        load(event)
    ladder = Event(NAMES)
    ladder.phase("MATCHMAKING")
    with pytest.raises(BadFile, match="MATCHMAKING"):
        load(ladder)
    assert not Tournament.objects.exists()


def test_a_set_that_is_being_played_is_open_and_said() -> None:
    event = Event(NAMES)
    double_of_six(event)
    event.play(better, most=1)
    event.sets[3]["state"] = 2
    event.sets[3]["slots"][0]["standing"] = {"stats": {"score": {"value": 1}}}
    assert load(event).warnings == (
        "Not kept: the score so far of 1 unfinished set(s). They are still to be played.",
    )
