"""Another program's Dutch system (C.04.3, edition of 1 February 2026), gacrux, to compare with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gacrux.gacruxexeptions import GacruxNoLegalPairing
from gacrux.pairingdutch import pairing_dutch

from tournaments.engine.history import Bye, ByeKind, Match, PointSystem, Result
from tournaments.engine.swiss import NoPairingPossible, PairingTask, SwissPairing
from tournaments.engine.swiss.contenders import contenders, in_board_order, seat

NOBODY = 0
RESULT_LETTERS = {Result.WIN: "W", Result.DRAW: "D", Result.LOSS: "L"}
# A bye of the pairing counts as played there, the others do not.
BYE_LETTERS = {
    ByeKind.PAIRING_ALLOCATED: ("P", True),
    ByeKind.FULL_POINT: ("W", False),
    ByeKind.HALF_POINT: ("D", False),
    ByeKind.ZERO_POINT: ("Z", False),
}
PARAMETERS = {"experimental": [], "verbose": 0, "top_color": ""}


class GacruxEngine:
    """Pairs by the Dutch system; takes seconds with hundreds of players.

    Numbers for the colour rule 5.2.5 pass over players who were never paired.
    """

    def pair(self, task: PairingTask) -> SwissPairing:
        """The next round."""
        task.check()
        try:
            brackets = pairing_dutch(
                chess_json(task), task.round_number, dict(PARAMETERS)
            ).compute_pairing(False, 1)
        except GacruxNoLegalPairing as error:
            raise NoPairingPossible("No pairing of this round keeps the absolute rules.") from error
        pairing = _pairing(task, brackets)
        return replace(pairing, pairs=in_board_order(task, _seated(task, pairing.pairs)))


def _seated(task: PairingTask, pairs: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """The pairs with their colours.

    gacrux counts nobody who is not paired by it for the colour rule 5.2.5; who has the bye of the
    pairing beforehand has a number all the same, so then the colours are ours.
    """
    if not any(bye.kind is ByeKind.PAIRING_ALLOCATED for bye in task.byes):
        return pairs
    present = {one.id: one for one in contenders(task)}
    ranked = (
        sorted((present[one] for one in pair), key=lambda one: (-one.score, one.number))
        for pair in pairs
    )
    return (seat(task, higher, lower) for higher, lower in ranked)


def _pairing(task: PairingTask, brackets: list[dict[str, Any]]) -> SwissPairing:
    """The answer with the players' own ids; its order of boards is not that of FIDE."""
    ids = [NOBODY, *(player.id for player in task.history.players)]
    pairs = [(pair["w"], pair["b"]) for bracket in brackets for pair in bracket["pairs"]]
    return SwissPairing(
        tuple((ids[white], ids[black]) for white, black in pairs if white and black),
        tuple(ids[white or black] for white, black in pairs if not (white and black)),
    )


def chess_json(task: PairingTask) -> dict[str, Any]:
    """The tournament in the form that gacrux works on; players are numbered from 1."""
    history = task.history
    number_of = {player.id: number for number, player in enumerate(history.players, start=1)}
    games: list[dict[str, Any]] = []
    for round_number, played in enumerate(history.rounds, start=1):
        games += [_game(round_number, match, number_of) for match in played.matches]
        games += [_bye(round_number, bye, number_of) for bye in played.byes]
    return {
        "tournamentNo": 1,
        "tournamentType": "Swiss",
        "tournamentInfo": {},
        "numRounds": history.planned_rounds or task.round_number + 1,
        "currentRound": len(history.rounds),
        "topColor": history.first_colour.value,
        "teamTournament": False,
        "teamSize": 0,
        "rankOrder": ["PTS"],
        "scoreSystem": {"game": _scores(task.points), "match": _scores(task.points)},
        "competitors": [
            {
                "cid": number_of[player.id],
                "rank": number_of[player.id],
                "present": player.id not in task.absent,
                "rating": None,
                "random": number_of[player.id],
            }
            for player in history.players
        ],
        "gameList": [{**game, "id": index} for index, game in enumerate(games, start=1)],
        "matchList": [],
        "prohibited": [
            {
                "firstRound": task.round_number,
                "lastRound": task.round_number,
                "competitors": [number_of[player] for player in pair],
            }
            for pair in task.forbidden
        ],
        "accelerated": {
            "name": "Acc",
            "values": _virtual_points(task, number_of),
        },
    }


def _virtual_points(task: PairingTask, number_of: dict[int, int]) -> list[dict[str, Any]]:
    """The points of each round, by ranges of players: it goes through them for every player."""
    ranges: list[dict[str, Any]] = []
    given = [
        (one.round, number_of[one.player], _decimal(one.points)) for one in task.virtual_points
    ]
    for round_number, number, points in sorted(given):
        last = ranges[-1] if ranges else {}
        if (
            last.get("firstRound") == round_number
            and last["lastCompetitor"] == number - 1
            and last["gamePoints"] == points
        ):
            last["lastCompetitor"] = number
            continue
        ranges.append(
            {
                "matchPoints": points,
                "gamePoints": points,
                "firstRound": round_number,
                "lastRound": round_number,
                "firstCompetitor": number,
                "lastCompetitor": number,
            }
        )
    return ranges


def _scores(points: PointSystem) -> dict[str, Decimal | str]:
    return {
        "W": _decimal(points.win),
        "D": _decimal(points.draw),
        "L": _decimal(points.loss),
        "Z": _decimal(points.absent),
        "P": _decimal(points.pairing_bye),
        "F": "W",
        "H": "D",
        "A": "D",
        "U": "Z",
    }


def _decimal(points: Fraction) -> Decimal:
    return Decimal(points.numerator) / Decimal(points.denominator)


def _game(round_number: int, match: Match, number_of: dict[int, int]) -> dict[str, Any]:
    def side(player: int, result: Result) -> dict[str, Any]:
        letter = RESULT_LETTERS[result]
        if letter == "L" and not match.played:
            letter = "Z"
        return {"cid": number_of[player], "result": letter}

    return {
        "round": round_number,
        "white": side(match.white, match.white_result),
        "black": side(match.black, match.black_result),
        "played": match.played,
        "rated": match.played,
    }


def _bye(round_number: int, bye: Bye, number_of: dict[int, int]) -> dict[str, Any]:
    letter, counts_as_played = BYE_LETTERS[bye.kind]
    return {
        "round": round_number,
        "white": {"cid": number_of[bye.player], "result": letter},
        "black": None,
        "played": counts_as_played,
        "rated": False,
    }
