"""One bracket: whom its players are paired with, and who floats on (C.04.3, 3 and 4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from .board import Board, View, best_board
from .field import Entrant
from .progress import Step, Work

FIRST, SECOND = 1, 2
INSIDE, OUTSIDE, RESIDENT = 1, 2, 3
#: So many exchanges of one for one are tried in order before all exchanges are weighed at once.
SINGLE_TRIES = 30


@dataclass(frozen=True)
class Outcome:
    """What a bracket came to: pairs, the higher ranked first, and who is moved down or rests."""

    pairs: list[tuple[Entrant, Entrant]]
    floating: list[Entrant]


def pair_bracket(view: View) -> Outcome | None:
    """The bracket's pairing, None if the rest of the round could not be paired."""
    view.work.begin(Step.CRITERIA)
    board = best_board(view)
    return None if board is None else _first_of_the_best(board, view.work)


def _first_of_the_best(board: Board, work: Work) -> Outcome:
    """The first in the order of candidates (3.3 to 4) of those that are best."""
    work.begin(Step.MOVED)
    found = _pair_moved(board)
    work.begin(Step.HALVES)
    top, bottom = _halves(board)
    work.begin(Step.OPPONENTS)
    found += _pair_halves(board, top, bottom)
    pairs = [(board.players[one], board.players[other]) for one, other in found]
    floating = [one for place, one in enumerate(board.players) if board.matching.alive[place]]
    return Outcome(pairs, floating)


def _pair_moved(board: Board) -> list[tuple[int, int]]:
    """The pairs of those moved down: the highest of them, with the highest opponents."""
    matching, moved = board.matching, board.moved
    own = range(moved, len(board.players))

    def is_paired(one: int) -> bool:
        return matching.mate[one] in own

    if 0 < sum(is_paired(one) for one in range(moved)) < moved:
        _choose_moved(board)
    found = []
    for one in range(moved):
        if is_paired(one):
            other = matching.settle(one, own)
            assert other is not None
            found.append((one, other))
    return found


def _choose_moved(board: Board) -> None:
    """Who of those moved down is paired: the first in order who can be."""
    matching, own = board.matching, range(board.moved, len(board.players))
    tags = dict.fromkeys(own, RESIDENT)

    def allowed(one: int, other: int) -> bool:
        if INSIDE in (one, other):
            return RESIDENT in (one, other)
        return not (OUTSIDE in (one, other) and RESIDENT in (one, other))

    for one in range(board.moved):
        tags[one] = INSIDE
        if not matching.refine(tags, allowed, [one]):
            tags[one] = OUTSIDE
            possible = matching.refine(tags, allowed, [one])
            assert possible


def _halves(board: Board) -> tuple[list[int], list[int]]:
    """The bracket's own players who are left, as two halves of which one meets the other."""
    matching = board.matching
    left = [at for at in range(board.moved, len(board.players)) if matching.alive[at]]
    inside = set(left)
    count = sum(matching.mate[one] in inside for one in left) // 2
    if not count:
        return [], []
    top, bottom = left[:count], left[count:]
    tags = dict.fromkeys(top, FIRST) | dict.fromkeys(bottom, SECOND)
    if not matching.refine(tags, _top_against_bottom, left):
        return _exchange(board, left, count)
    return top, bottom


def _pair_halves(board: Board, top: list[int], bottom: list[int]) -> list[tuple[int, int]]:
    """The pairs of the two halves: the highest first, each with the highest who can be."""
    found = []
    for one in top:
        other = board.matching.settle(one, [at for at in bottom if at > one])
        assert other is not None
        found.append((one, other))
    return found


def _top_against_bottom(one: int, other: int) -> bool:
    if FIRST in (one, other):
        return SECOND in (one, other)
    return not one == other == SECOND


def _exchange(board: Board, left: list[int], count: int) -> tuple[list[int], list[int]]:
    """The halves after as few have changed places as must (4.3), the nearest of them."""
    for low, high in islice(_single_exchanges(count, len(left)), SINGLE_TRIES):
        top = [*left[:low], *left[low + 1 : count], left[high]]
        bottom = sorted({*left}.difference(top))
        tags = dict.fromkeys(top, FIRST) | dict.fromkeys(bottom, SECOND)
        if board.matching.refine(tags, _top_against_bottom, left):
            return top, bottom
    return _exchange_some(board, left, count)


def _single_exchanges(count: int, size: int) -> Iterator[tuple[int, int]]:
    """The places of two who change, in the order in which the rules try them."""
    for gap in range(1, size):
        for low in range(min(count, size - gap) - 1, max(count - gap, 0) - 1, -1):
            yield low, low + gap


def _exchange_some(board: Board, left: list[int], count: int) -> tuple[list[int], list[int]]:
    """As `_exchange`, for any number of exchanges."""
    order = {vertex: place for place, vertex in enumerate(left)}
    board.matching.weigh_first(order, _first_costs(len(left), count))
    mate = board.matching.mate
    top = [one for one in left if mate[one] in order and one < mate[one]]
    chosen = set(top)
    return top, [one for one in left if one not in chosen]


def _first_costs(size: int, count: int) -> list[int]:
    """What it costs that the player at each place is the first of a pair, one number in order.

    As few as can be come from the lower half; the sum of the firsts' places is the least; of the
    top half the lowest places change, and of the other the highest (4.3.1 to 4.3.4).
    """
    lower = size - count
    widths = [size.bit_length() * 2, count, lower + size.bit_length()]
    costs = []
    for place in range(size):
        is_lower = place >= count
        packed = int(is_lower)
        for width, cost in zip(
            widths,
            (
                place,
                0 if is_lower else 1 << place,
                (1 << lower) - (1 << (size - 1 - place)) if is_lower else 0,
            ),
            strict=True,
        ):
            packed = packed << width | cost
        costs.append(packed)
    return costs
