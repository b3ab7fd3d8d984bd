"""What falls away when a result does: which pairings, and their results, to be entered again."""

from collections.abc import Sequence
from typing import Any

from matchmaking.models import MatchState, Outcome, Seat
from matchmaking.results import Result
from tournaments.engine import elimination as engine
from tournaments.models import Pairing, PairingState, StageState, Tournament
from tournaments.services.locking import Address, address, later_stages
from tournaments.storage.brackets import group_state

from .advance import bracket_outcome, end_match
from .stage_replay import bring_back


def pairing_at(tournament: Tournament, at: Address) -> Pairing | None:
    """The pairing there, with all that is written about it; none when it is gone."""
    stage, group, key = at
    pairing = (
        Pairing.objects.select_related("round", "top", "bottom", "match", "group__stage")
        .filter(
            group__stage__tournament=tournament,
            group__stage__number=stage,
            group__number=group,
            key=key,
        )
        .first()
    )
    if pairing is not None:
        pairing.group.stage.tournament = tournament
    return pairing


def result_data(pairing: Pairing) -> dict[str, Any]:
    """A decided pairing's result, as the record of the day keeps it."""
    assert pairing.match is not None
    result = Result.of(pairing.match)
    seats = sorted(pairing.match.seats.all(), key=lambda seat: seat.side)
    return {
        "at": address(pairing),
        "sides": [pairing.top_id, pairing.bottom_id],
        "seats": [[seat.name, seat.player_id and str(seat.player_id)] for seat in seats],
        "winner": result.winner,
        "outcome": result.outcome,
        "scores": list(result.scores),
    }


def result_of_data(data: dict[str, Any]) -> Result:
    """A result as the record of the day kept it."""
    return Result(data["winner"], Outcome(data["outcome"]), tuple(data["scores"]))


def emptied_by_reopening(pairing: Pairing) -> list[Pairing]:
    """The later decided pairings that lose their results with this one, in order of play."""
    emptied: list[Pairing] = []
    if pairing.group.stage.is_elimination:
        bracket, state = group_state(pairing.group)
        keys = engine.affected_by_reopening(bracket, state, pairing.key)
        emptied = [state.row(key) for key in keys]
    return emptied + _decided_in_later_stages(pairing)


def fallen_by(pairing: Pairing, after: Result) -> list[dict[str, Any]]:
    """The later results that may fall away when this one is replaced, in order of play.

    All those of later stages are among them: whether they stand shows only afterwards.
    """
    emptied: list[Pairing] = []
    if pairing.group.stage.is_elimination:
        bracket, state = group_state(pairing.group)
        outcome = bracket_outcome(pairing, after)
        emptied = [
            state.row(key) for key in engine.correct(bracket, state, pairing.key, outcome).emptied
        ]
    return fallen_results([*emptied, *_decided_in_later_stages(pairing)])


def fallen_results(pairings: Sequence[Pairing]) -> list[dict[str, Any]]:
    """The results of pairings, to be entered again by `enter_again`."""
    return [result_data(pairing) for pairing in pairings]


def _decided_in_later_stages(pairing: Pairing) -> list[Pairing]:
    stage = pairing.group.stage
    begun = [later for later in later_stages(stage) if later.state != StageState.PENDING]
    if not begun:
        return []
    played = Pairing.objects.filter(
        group__stage__in=begun, state=PairingState.DECIDED, match__state=MatchState.FINISHED
    )
    related = played.select_related("round", "top", "bottom", "match", "group__stage")
    related = related.prefetch_related("match__seats")
    return list(related.order_by("group__stage__number", "match__closed_at"))


def enter_again(
    tournament: Tournament,
    results: Sequence[dict[str, Any]],
    rounds: Sequence[dict[str, Any]] = (),
) -> int:
    """Enter results again where the same two meet, in the `later_rounds` that there were.

    Gives how many did not find their place.
    """
    left, due = list(results), list(rounds)
    while True:
        still = []
        for data in left:
            due = _bring_back(tournament, due, up_to=data["at"][0])
            if not _enter(tournament, data):
                still.append(data)
        if len(still) == len(left):
            _bring_back(tournament, due)
            return len(left)
        left = still


def _bring_back(
    tournament: Tournament, due: list[dict[str, Any]], *, up_to: int | None = None
) -> list[dict[str, Any]]:
    """Bring back the rounds of these groups whose stages have begun; gives the others."""
    return [
        data
        for data in due
        if (up_to is not None and data["at"][0] > up_to) or not bring_back(tournament, data)
    ]


def _enter(tournament: Tournament, data: dict[str, Any]) -> bool:
    row = pairing_at(tournament, data["at"])
    if row is None or row.match is None or [row.top_id, row.bottom_id] != data["sides"]:
        return False
    if row.state != PairingState.READY:
        return Result.of(row.match) == result_of_data(data)  # it has not fallen
    for side, (name, player) in enumerate(data["seats"]):
        Seat.objects.filter(match=row.match, side=side).update(name=name, player=player)
    end_match(match=row.match, result=result_of_data(data))
    return True
