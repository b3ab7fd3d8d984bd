"""A bracket as rows: the same as the engine's, after every result."""

from random import Random

import pytest
from django.db import IntegrityError, transaction

from matchmaking.models import Match, MatchState
from tournaments.engine import elimination as engine
from tournaments.models import Entrant, Pairing, Round, Slot, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.storage.brackets import BracketState, bracket_of, first_round

pytestmark = pytest.mark.django_db


def cup(count: int) -> Tournament:
    players = [f"P{number}" for number in range(1, count + 1)]
    tournament = create_tournament(name="Cup", players=players, byes=True).tournament
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    tournament.refresh_from_db()
    return tournament


def pairings(tournament: Tournament) -> list[Pairing]:
    return list(
        Pairing.objects.filter(group__stage__tournament=tournament)
        .select_related("round", "top", "bottom", "match")
        .order_by("round__number", "number")
    )


def ready(tournament: Tournament) -> list[Pairing]:
    return [p for p in pairings(tournament) if p.match and p.match.state == MatchState.OPEN]


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 7, 8, 12, 16])
def test_what_is_stored_is_what_the_engine_says_after_every_result(count: int) -> None:
    tournament, chance = cup(count), Random(count)
    bracket = engine.single_elimination(count)
    outcomes: dict[str, engine.Outcome] = {}
    while True:
        check_rows(tournament, engine.resolve(bracket, outcomes))
        open_pairings = ready(tournament)
        if not open_pairings:
            break
        pairing, winner = chance.choice(open_pairings), chance.choice([0, 1])
        assert pairing.match is not None
        enter_result(
            tournament_id=tournament.pk,
            match_id=pairing.match.pk,
            report=by_score([1 - winner, winner]),
            actor=ORGANISER,
        )
        outcomes[pairing.key] = engine.Win(engine.Side(winner))
    assert len(outcomes) == count - 1


def check_rows(tournament: Tournament, state: engine.State) -> None:
    stage = tournament.stages.get()
    bracket = bracket_of(stage.format, tournament.entrants.count(), stage.third_place)
    stored = BracketState(stage.groups.get(), bracket)
    for pairing in pairings(tournament):
        expected = state[pairing.key]
        assert stored[pairing.key] == expected
        seeds = [entrant and entrant.seed for _, entrant in pairing.sides]
        assert seeds == [
            side.seed if isinstance(side, engine.Entrant) else None for side in expected.sides
        ]
        both = all(slot == Slot.ENTRANT for slot, _ in pairing.sides)
        assert (pairing.match is not None) == both
        if pairing.match is not None:
            assert [seat.name for seat in pairing.match.seats.order_by("side")] == [
                str(pairing.top),
                str(pairing.bottom),
            ]


@pytest.mark.parametrize(
    ("count", "brackets"),
    [
        (2, [["P1", "P2"]]),
        (3, [["P1"], ["P2", "P3"]]),
        (4, [["P1", "P4"], ["P2", "P3"]]),
        (6, [["P1"], ["P4", "P5"], ["P2"], ["P3", "P6"]]),
        (8, [["P1", "P8"], ["P4", "P5"], ["P2", "P7"], ["P3", "P6"]]),
    ],
)
def test_the_first_round(count: int, brackets: list[list[str]]) -> None:
    seeded = [Entrant(seed=n, name=f"P{n}") for n in range(1, count + 1)]
    assert first_round(engine.single_elimination(count), seeded) == brackets


def test_byes_go_to_the_first_seeds_and_need_no_match() -> None:
    tournament = cup(6)
    byes = [p for p in pairings(tournament) if Slot.BYE in {p.top_slot, p.bottom_slot}]
    assert [str(p.top) for p in byes] == ["P1", "P2"]
    assert all(p.match is None and p.winner == 0 for p in byes)
    assert Match.objects.count() == 2
    second_round = [p for p in pairings(tournament) if p.round.number == 2]
    assert [str(p.top) for p in second_round] == ["P1", "P2"]


def test_rounds_have_names() -> None:
    rounds = Round.objects.filter(group__stage__tournament=cup(8))
    assert [round_.name for round_ in rounds][-2:] == ["Semi-finals", "Final"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"top": None},
        {"top_slot": "bye"},
        {"winner": 2},
        {"winner_to_side": 1},
        {"round": None},
    ],
)
def test_what_cannot_be_is_not_stored(wrong: dict[str, object]) -> None:
    final = Pairing.objects.filter(group__stage__tournament=cup(2))
    with pytest.raises(IntegrityError), transaction.atomic():
        final.update(**wrong)


def test_nobody_meets_himself() -> None:
    pairing = pairings(cup(2))[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Pairing.objects.filter(pk=pairing.pk).update(bottom=pairing.top)
