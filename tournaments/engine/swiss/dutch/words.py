"""A round of the Dutch system in words: of each board, why these two, with the articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tournaments.engine.history import Colour
from tournaments.engine.swiss.colours import ColourRule, Strength
from tournaments.engine.swiss.task import PairingTask, SwissPairing

from .field import Entrant
from .verdict import Board, Denied, Direction, Float, Rest, Verdict, verdict_on

_COLOUR = {Colour.WHITE: "White", Colour.BLACK: "Black"}
_STRENGTH = {Strength.MILD: "mildly", Strength.STRONG: "strongly", Strength.ABSOLUTE: "absolutely"}
_AGO = {1: "in the round before", 2: "two rounds before"}
_AGAIN = {
    (Direction.DOWN, 1): "C14",
    (Direction.UP, 1): "C15",
    (Direction.DOWN, 2): "C16",
    (Direction.UP, 2): "C17",
}
_RULE = {
    ColourRule.STRONGER: "the stronger preference decides",
    ColourRule.HISTORY: "the colours change from the last time that they were different",
    ColourRule.NUMBER: "no colour is due, and the pairing number of the higher ranked decides",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence, and the article or criterion of C.04.3 that it goes by."""

    words: str
    article: str

    def __str__(self) -> str:
        return f"{self.words} ({self.article})."


@dataclass(frozen=True, slots=True)
class BoardReasons:
    """Why two were paired, with these colours; players by their ids."""

    white: int
    black: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class RoundReasons:
    """Why a round is as it is: its boards, who rests, and what the round as a whole gives up.

    `broken` are absolute rules that it does not keep, which the engine never does.
    """

    broken: tuple[str, ...]
    boards: tuple[BoardReasons, ...]
    rest: tuple[Reason, ...]
    whole: tuple[Reason, ...]


def reasons_for(task: PairingTask, pairing: SwissPairing) -> RoundReasons:
    """The verdict on a round, in words."""
    verdict = verdict_on(task, pairing)
    words = _Words(verdict, {player.id: player.label for player in task.history.players})
    return RoundReasons(
        verdict.broken,
        tuple(words.board(board) for board in verdict.boards),
        tuple(words.rest(verdict.rest)) if verdict.rest else (),
        tuple(words.whole()),
    )


def explained(task: PairingTask, pairing: SwissPairing) -> list[str]:
    """A line for each board, for the bye, and for the whole round."""
    found = reasons_for(task, pairing)
    name = {player.id: player.label for player in task.history.players}
    lines = list(found.broken)
    for number, board in enumerate(found.boards, start=1):
        why = " ".join(map(str, board.reasons))
        lines.append(f"{number}. {name[board.white]} - {name[board.black]}: {why}")
    if found.rest:
        lines.append(" ".join(map(str, found.rest)))
    lines.append("The round: " + " ".join(map(str, found.whole)))
    return lines


class _Words:
    """The sentences about one round."""

    def __init__(self, verdict: Verdict, name: dict[int, str]) -> None:
        self.verdict, self.name = verdict, name
        self.floats = {one.player: one for one in verdict.floats}
        self.denied = {one.player: one for one in verdict.denied}

    def board(self, board: Board) -> BoardReasons:
        """Why two meet: scores, floats, colours."""
        both = (board.white.contender.id, board.black.contender.id)
        reasons = [
            self._scores(board),
            *(again for one in both if one in self.floats for again in self._again(one)),
            self._due(board),
            self._colours(board),
            *(reason for one in both if one in self.denied for reason in self._denied(one)),
        ]
        return BoardReasons(*both, tuple(reasons))

    def _named(self, one: Entrant) -> str:
        return self.name[one.contender.id]

    def _scores(self, board: Board) -> Reason:
        high, low = sorted((board.white, board.black), key=lambda one: -one.level)
        apart = high.level - low.level
        if not apart:
            return Reason(f"Both have {_points(high)}", "1.3")
        groups = f", {apart} score groups apart" if apart > 1 else ""
        return Reason(
            f"{self._named(high)} with {_points(high)} floats down, "
            f"{self._named(low)} with {_points(low)} floats up{groups}",
            "1.4",
        )

    def _again(self, player: int) -> Iterator[Reason]:
        one = self.floats[player]
        for ago in one.again:
            yield Reason(
                f"{self.name[player]} floated {one.direction.value} {_AGO[ago]} too",
                _AGAIN[one.direction, ago],
            )

    def _due(self, board: Board) -> Reason:
        return Reason("; ".join(self._wish(one) for one in (board.white, board.black)), "1.7")

    def _wish(self, one: Entrant) -> str:
        preference = one.contender.preference
        if not preference.strength:
            return f"{self._named(one)} has had no colour yet"
        had = ", ".join(_COLOUR[colour] for colour in one.contender.colours)
        due = f"{_STRENGTH[preference.strength]} due {_COLOUR[preference.colour]}"
        return f"{self._named(one)} had {had} and is {due}"

    def _colours(self, board: Board) -> Reason:
        white, black = board.white, board.black
        if board.rule is ColourRule.BOTH_DUE:
            due = [one for one in (white, black) if one.contender.preference.strength]
            each = "both get" if len(due) > 1 else f"{self._named(due[0])} gets"
            why = f"{each} the colour due"
        elif board.rule is ColourRule.RANK:
            higher = min(white, black, key=lambda one: one.place)
            why = f"{self._named(higher)} is ranked higher and gets the colour due"
        else:
            why = _RULE[board.rule]
        if not board.kept:
            why = "this rule gives it to the other, by the results as they are now"
        return Reason(f"White for {self._named(white)}: {why}", board.rule.value)

    def _denied(self, player: int) -> Iterator[Reason]:
        one = self.denied[player]
        yield Reason(f"{self.name[player]} does not get the colour due", _criterion(one))
        other = _COLOUR[one.due.other]
        if one.third_time:
            yield Reason(f"{self.name[player]} has {other} for the third time running", "C11")
        if one.far:
            yield Reason(f"{self.name[player]} then has had three games more with {other}", "C10")

    def rest(self, rest: Rest) -> Iterator[Reason]:
        """Why it is this player who has the bye."""
        name = self.name[rest.player]
        if rest.is_lowest:
            yield Reason(f"{name} has the bye: the lowest score of those who may have it", "C5")
        else:
            yield Reason(f"{name} has the bye: with a lower score, others stay unpaired", "C5")
        played = f"{rest.unplayed} not played" if rest.unplayed else "all played"
        yield Reason(f"Of those, who has played most rounds comes first; {name}: {played}", "C9")
        if rest.barred:
            names = ", ".join(self.name[one] for one in rest.barred)
            yield Reason(f"Not again for {names}", "C2")

    def whole(self) -> Iterator[Reason]:
        """What could not be met, by the order of the criteria, and who the topscorers are."""
        if self.verdict.topscorers:
            names = ", ".join(self.name[one] for one in self.verdict.topscorers)
            yield Reason(f"Topscorers, who may have a colour too often: {names}", "C10, C11")
        counts = [(words, sum(1 for _ in found), by) for words, found, by in self._unmet()]
        given_up = [Reason(f"{words}: {count}", by) for words, count, by in counts if count]
        yield from given_up or [Reason("Nothing had to be given up", "C6 to C17")]

    def _unmet(self) -> Iterator[tuple[str, Iterator[object], str]]:
        floats, denied = self.verdict.floats, self.verdict.denied
        top = {*self.verdict.topscorers}
        yield (
            "Pairs of different scores",
            (one for one in floats if one.direction is Direction.DOWN),
            "C6",
        )
        # C10 and C11 look at the topscorers and whom they meet; nobody else comes to it.
        yield "Three more games with one colour", (one for one in denied if top and one.far), "C10"
        yield "One colour three times", (one for one in denied if top and one.third_time), "C11"
        yield "Players without the colour due", iter(denied), "C12"
        yield (
            "Of these strongly or absolutely due",
            (one for one in denied if _criterion(one) == "C13"),
            "C13",
        )
        for (direction, ago), by in _AGAIN.items():
            yield f"Floated {direction.value} {_AGO[ago]} too", _repeats(floats, direction, ago), by


def _repeats(floats: tuple[Float, ...], direction: Direction, ago: int) -> Iterator[Float]:
    return (one for one in floats if one.direction is direction and ago in one.again)


def _criterion(one: Denied) -> str:
    return "C12" if one.strength is Strength.MILD else "C13"


def _points(one: Entrant) -> str:
    contender = one.contender
    ahead = contender.score - contender.points
    virtual = f" and {_number(ahead)} virtual" if ahead else ""
    plural = "" if contender.points == 1 else "s"
    return f"{_number(contender.points)}{virtual} point{plural}"


def _number(value: Fraction) -> str:
    return f"{float(value):g}"
