"""Builders of tournaments played in tables, for tests of rounds, standings and files."""

from collections.abc import Sequence
from random import Random

from matchmaking.models import Match
from tournaments.models import (
    Contender,
    Format,
    Group,
    Pairing,
    PairingState,
    Round,
    StageSettings,
    Tournament,
)
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.results import (
    Report,
    by_double_forfeit,
    by_forfeit,
    by_score,
    enter_result,
)
from tournaments.services.progress.start import start_tournament
from tournaments.services.progress.swiss_rounds import pair_next_round
from tournaments.services.setup.creation import create_tournament

WHITE_WINS, DRAW, BLACK_WINS = by_score([1, 0]), by_score([0, 0]), by_score([0, 1])


def names(count: int) -> list[str]:
    return [f"P{number}" for number in range(1, count + 1)]


def swiss(count: int, rounds: int, *, tie_breaks: tuple[str, ...] = ()) -> Tournament:
    """A Swiss with draws that has started: its first round is paired, quickly."""
    plan = StageSettings(Format.SWISS, rounds_planned=rounds, draws=True, tie_breaks=tie_breaks)
    tournament = create_tournament(name="Open", players=names(count), stages=[plan]).tournament
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    return Tournament.objects.get(pk=tournament.pk)


def round_robin(count: int, *, legs: int = 1, best_of: int = 1, groups: int = 1) -> Tournament:
    """A round robin that has started."""
    plan = StageSettings(
        Format.ROUND_ROBIN, legs=legs, best_of=best_of, group_count=groups, draws=best_of == 1
    )
    tournament = create_tournament(name="League", players=names(count), stages=[plan]).tournament
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    return Tournament.objects.get(pk=tournament.pk)


def group_of(tournament: Tournament) -> Group:
    return Group.objects.select_related("stage__tournament").get(stage__tournament=tournament)


def contender(tournament: Tournament, name: str) -> Contender:
    return Contender.objects.select_related("entrant").get(
        group__stage__tournament=tournament, entrant__name=name
    )


def open_pairings(tournament: Tournament) -> list[Pairing]:
    rows = Pairing.objects.filter(
        group__stage__tournament=tournament, state=PairingState.READY
    ).select_related("match", "top", "bottom", "round")
    return list(rows.order_by("group__number", "round__number", "number"))


def enter(tournament: Tournament, row: Pairing, report: Report) -> None:
    assert isinstance(row.match, Match)
    enter_result(tournament_id=tournament.pk, match_id=row.match.pk, report=report, actor=ORGANISER)


def play(tournament: Tournament, reports: Sequence[Report] = (WHITE_WINS,)) -> None:
    """Everything that is open, with these results in turn."""
    for number, row in enumerate(open_pairings(tournament)):
        enter(tournament, row, reports[number % len(reports)])


def play_by_chance(tournament: Tournament, rng: Random) -> None:
    reports = [WHITE_WINS, DRAW, BLACK_WINS, by_forfeit(0), by_double_forfeit()]
    for row in open_pairings(tournament):
        enter(tournament, row, rng.choices(reports, (8, 6, 8, 1, 1))[0])


def pair(tournament: Tournament) -> Round:
    return pair_next_round(group=group_of(tournament), actor=ORGANISER)


def pairs_of(round_: Round) -> list[tuple[str, str]]:
    rows = round_.pairings.select_related("top", "bottom").order_by("number")
    return [(str(row.top), str(row.bottom)) for row in rows]
