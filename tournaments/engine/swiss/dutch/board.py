"""A bracket as a matching, with as much of the rest of the round as it depends on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from .choices import Choices
from .criteria import BYE, OUT, Kind, Scale, Zone
from .field import Entrant
from .matching import Matching
from .progress import Work


def best_board(view: View) -> Board | None:
    """The best matching of a bracket; None if the rest of the round could not be paired."""
    for attempt in (_alone, _with_next, _with_all):
        board = attempt(view)
        if board is not None:
            return board
    return None


@dataclass(frozen=True)
class View:
    """What is known when a bracket is paired; everyone in order.

    `bye_level` is the level that the bye goes to, None without one. `next_` and `below` are those
    of the lower levels. `work` may be stopped.
    """

    moved: list[Entrant]
    own: list[Entrant]
    next_: list[Entrant]
    below: list[Entrant]
    bye_level: int | None
    work: Work

    @property
    def level(self) -> int:
        """The level of the bracket's own players."""
        return self.own[0].level

    @property
    def players(self) -> list[Entrant]:
        """Those of the bracket."""
        return [*self.moved, *self.own]

    def can_rest(self, one: Entrant) -> bool:
        """Whether somebody can have the bye (C2, C5)."""
        return one.level == self.bye_level and not one.contender.had_bye


@dataclass
class Board:
    """A bracket as a matching: its players come first, in order."""

    matching: Choices
    players: list[Entrant]
    moved: int  # how many of the players are moved down

    def is_inside(self, vertex: int) -> bool:
        """Whether a vertex is one of the bracket's players."""
        return vertex < len(self.players)


def is_robust(group: Sequence[Entrant], others: Sequence[Entrant], comers: int) -> bool:
    """Whether a group can be paired with any so many `others`, whoever of it is left over.

    So it is if everybody may meet more than half of them (Dirac), with two to spare.
    """
    blocked = {"w": 0, "b": 0, "": 0}
    for one in group:
        blocked[one.blocked] += 1
    blocked[""] = 0
    needed = (len(group) + comers) // 2 + 3
    fewest = len(group) - 1 - max(blocked.values())
    if fewest < needed:
        return False
    return all(fewest - len(one.met) >= needed for one in (*group, *others))


def _alone(view: View) -> Board | None:
    """The bracket without the rest, where those who float can all be paired below."""
    players = view.players
    has_bye = view.bye_level is not None and view.bye_level >= view.level
    outs = (len(players) + has_bye) % 2
    if not view.next_:
        return None if outs else _board(view, [], outs=0, has_bye=has_bye, decided=has_bye)
    if view.below and not is_robust(view.below, (*players, *view.next_), 2):
        return None
    while is_robust(view.next_, players, outs) and outs <= len(players):
        decided = has_bye and not outs
        board = _board(view, [], outs=outs, has_bye=has_bye, decided=decided)
        if board is not None:
            return board
        outs += 2
    return None


def _with_next(view: View) -> Board | None:
    """The bracket and the next, where those who float past that can all be paired."""
    around = [*view.players, *view.next_]
    if not view.below or not view.next_:
        return None
    limit = len(view.next_) + len(view.moved) + 8
    if not is_robust(view.below, around, limit):
        return None
    has_bye = view.bye_level is not None and view.bye_level >= view.next_[0].level
    outs = min(limit, len(around) + has_bye)
    outs += (len(around) + has_bye + outs) % 2
    decided = _bye_is_decided(view)
    return _board(view, view.next_, outs=outs, has_bye=has_bye, decided=decided)


def _with_all(view: View) -> Board | None:
    """The bracket and all that is left of the round."""
    has_bye = view.bye_level is not None
    rest = [*view.next_, *view.below]
    return _board(view, rest, outs=0, has_bye=has_bye, decided=_bye_is_decided(view))


def _bye_is_decided(view: View) -> bool:
    """Whether exactly one floats, and has the bye (C9)."""
    if view.bye_level is None or view.bye_level < view.level:
        return False
    rest = [*view.next_, *view.below]
    if not rest:
        return True
    return can_complete(view.players, view.bye_level, view.work) and can_complete(
        rest, None, view.work
    )


def can_complete(players: Sequence[Entrant], bye_level: int | None, work: Work) -> bool:
    """Whether all can be paired, one of the bye's level with the bye."""
    if (len(players) + (bye_level is not None)) % 2:
        return False
    if bye_level is None and is_robust(players, (), 0):
        return True
    levels = {bye_level} if bye_level is not None else set()
    return lowest_bye(players, levels, work) is not None


def lowest_bye(players: Sequence[Entrant], levels: set[int], work: Work) -> int | None:
    """The lowest of these levels the bye can go to so that all can be paired (C5); None if none.

    Without levels there is no bye, and the answer is 0 if all can be paired.
    """
    kinds: dict[tuple[str, int], int] = {}

    def kind_of(one: Entrant) -> int:
        rests = one.level if one.level in levels and not one.contender.had_bye else -1
        return kinds.setdefault((one.blocked, rests), len(kinds))

    of = [kind_of(one) for one in players]
    if levels:
        of.append(kinds.setdefault(("bye", -2), len(kinds)))

    def worth(one: tuple[str, int], other: tuple[str, int]) -> int | None:
        for bye, rests in ((one[1], other[1]), (other[1], one[1])):
            if bye == -2:
                return None if rests < 0 else -2 * rests
        return None if one[0] and one[0] == other[0] else 0

    worths = [[worth(one, other) for other in kinds] for one in kinds]
    matching = Matching(of, worths, _barred(players, len(of)), work.check)
    half = (len(players) + 1) // 2
    matching.suggest((at, at + half) for at in range(len(players) - half))
    if not matching.complete():
        return None
    return players[matching.mate[-1]].level if levels else 0


def _barred(players: Sequence[Entrant], count: int) -> list[set[int]]:
    at = {one.place: index for index, one in enumerate(players)}
    barred = [{at[other] for other in one.met if other in at} for one in players]
    return barred + [set() for _ in range(count - len(players))]


def _board(
    view: View, rest: list[Entrant], *, outs: int, has_bye: bool, decided: bool
) -> Board | None:
    """The best matching by the criteria; None if nothing is complete."""
    ranks: dict[int, int] = {}
    for one in view.moved:
        ranks.setdefault(one.level, len(ranks) + 1)
    players = view.players
    everyone = [*players, *rest]
    scale = Scale(
        bool(rest),
        len(ranks),
        any(one.contender.is_topscorer for one in players),
        bool(rest),
        decided,
    )
    next_level = view.next_[0].level if view.next_ else -1
    kinds: dict[Kind, int] = {}

    def kind_of(one: Entrant) -> Kind:
        zone = Zone.BELOW
        if one.level >= view.level:
            zone = Zone.BRACKET
        elif one.level == next_level:
            zone = Zone.NEXT
        can_rest = has_bye and view.can_rest(one)
        return scale.kind_of(one, zone, ranks.get(one.level, 0), can_rest=can_rest)

    of = [kinds.setdefault(kind_of(one), len(kinds)) for one in everyone]
    for kind, count in ((BYE, int(has_bye)), (OUT, outs)):
        of += [kinds.setdefault(kind, len(kinds)) for _ in range(count)]
    bits = max(len(of), max((one.unplayed for one in players), default=0)).bit_length() + 1
    worths = scale.worths(list(kinds), bits)
    matching = Choices(of, worths, _barred(everyone, len(of)), view.work.check)
    _begin(matching, len(view.moved), len(players), len(everyone))
    return Board(matching, players, len(view.moved)) if matching.complete() else None


def _begin(matching: Matching, moved: int, inside: int, everyone: int) -> None:
    """Pair greedily what costs nothing, in the order in which the rules try it."""
    _greedy(matching, range(moved), range(moved, inside))
    free = [one for one in range(moved, inside) if matching.mate[one] < 0]
    half = len(free) // 2
    _greedy(matching, free[:half], free[half:])
    half = inside + (everyone - inside) // 2
    _greedy(matching, range(inside, half), range(half, everyone))
    _greedy(matching, range(everyone, matching.count), range(everyone, matching.count))


def _greedy(matching: Matching, ones: Sequence[int], others: Sequence[int]) -> None:
    """Pair each of the ones with the first of the others that is tight and free."""
    waiting: dict[int, list[int]] = defaultdict(list)
    for other in reversed(others):
        if matching.mate[other] < 0:
            waiting[matching.kind[other]].append(other)
    for one in ones:
        if matching.mate[one] >= 0:
            continue
        best: tuple[int, list[int]] | None = None
        for kind, places in waiting.items():
            if places and matching.fits(one, kind):
                found = next((at for at in reversed(places) if at not in matching.barred[one]), -1)
                if found not in (-1, one) and (best is None or found < best[0]):
                    best = found, places
        if best is not None:
            best[1].remove(best[0])
            matching.suggest([(one, best[0])])
