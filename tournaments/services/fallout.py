"""What falls away when a result does: which pairings, and their results, to be entered again."""

from collections.abc import Sequence
from typing import Any

from matchmaking.models import MatchState, Outcome
from matchmaking.results import Result

from ..engine import elimination as engine
from ..models import Pairing, PairingState, StageState, Tournament
from .brackets import group_state
from .following import bracket_outcome, end_match
from .running import Address, address, later_stages


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
    return {
        "at": address(pairing),
        "sides": [pairing.top_id, pairing.bottom_id],
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
    return list(related.order_by("group__stage__number", "match__closed_at"))


def enter_again(tournament: Tournament, results: Sequence[dict[str, Any]]) -> int:
    """Enter results again where the same two meet; gives how many found their place."""
    entered = 0
    for data in results:
        row = pairing_at(tournament, data["at"])
        if row is None or row.state != PairingState.READY or row.match is None:
            continue
        if [row.top_id, row.bottom_id] == data["sides"]:
            end_match(match=row.match, result=result_of_data(data))
            entered += 1
    return entered
