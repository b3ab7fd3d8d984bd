"""Direct encounter: who of those still tied did better against the others (FIDE C.07 6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from .field import Field
from .values import Value, best_first, shown


@dataclass(frozen=True, slots=True)
class Encounters:
    """What one of the tied made against the others; repeated meetings count their average."""

    made: Fraction
    met: int
    missing: int
    parts: tuple[str, ...]


def split_by_direct_encounter(
    field: Field, tied: list[int]
) -> tuple[list[list[int]], dict[int, Value]]:
    """The tied in groups of what they remain tied in, best first, and the words for each."""
    words_of: dict[int, list[str]] = {player: [] for player in tied}
    groups = _split(field, tied, words_of)
    values: dict[int, Value] = {}
    first = _encounters(field, tied)
    for place, group in enumerate(groups):
        better = sum(len(one) for one in groups[:place])
        for player in group:
            rank = f"place {better + 1}" + (f" shared by {len(group)}" if len(group) > 1 else "")
            words = "; ".join([*words_of[player], f"{rank} of the {len(tied)} tied"])
            values[player] = Value(first[player].made, words)
    return groups, values


def _split(field: Field, tied: list[int], words_of: dict[int, list[str]]) -> list[list[int]]:
    """Rank by the encounters, then again within each group that is still tied (6.2, 6.3)."""
    if len(tied) == 1:
        return [tied]
    encounters = _encounters(field, tied)
    for player in tied:
        words_of[player].append(_words(encounters[player], len(tied)))
    if all(one.missing == 0 for one in encounters.values()):
        groups = best_first(tied, lambda player: encounters[player].made)
    else:
        groups = _sure_leaders(field, tied, encounters)
    if len(groups) == 1:
        return groups
    return [smaller for group in groups for smaller in _split(field, group, words_of)]


def _encounters(field: Field, tied: Iterable[int]) -> dict[int, Encounters]:
    """The meetings of the tied among themselves (6.1); forfeits only where they are games."""
    among = set(tied)
    found = {}
    for player in among:
        against: dict[int, list[Fraction]] = {}
        for line in field.finished_lines(player):
            if line.opponent in among and field.counts_as_played(line):
                against.setdefault(line.opponent, []).append(line.points)
        averages = {one: sum(all_) / Fraction(len(all_)) for one, all_ in against.items()}
        found[player] = Encounters(
            sum(averages.values(), Fraction(0)),
            len(averages),
            len(among) - 1 - len(averages),
            tuple(f"{shown(made)} ({field.name(one)})" for one, made in averages.items()),
        )
    return found


def _words(one: Encounters, tied_count: int) -> str:
    if not one.parts:
        return f"met none of the other {tied_count - 1} tied"
    summed = f"{' + '.join(one.parts)} = {shown(one.made)}"
    return f"{summed}, {one.missing} not met" if one.missing else summed


def _sure_leaders(
    field: Field, tied: list[int], encounters: dict[int, Encounters]
) -> list[list[int]]:
    """Those who stay alone ahead whatever the missing matches would bring, one by one (6.3)."""

    def at_most(player: int) -> Fraction:
        return encounters[player].made + encounters[player].missing * field.points.win

    rest = sorted(tied, key=lambda player: encounters[player].made, reverse=True)
    groups = []
    while len(rest) > 1 and encounters[rest[0]].made > max(map(at_most, rest[1:])):
        groups.append([rest.pop(0)])
    order = {player: index for index, player in enumerate(tied)}
    return [*groups, sorted(rest, key=order.__getitem__)]
