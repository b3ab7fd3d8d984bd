"""A bracket that was drawn elsewhere, laid out in our rounds: any seeding, byes and crossings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from tournaments.engine.errors import EngineError

from .assembly import Draft, add_losers_rounds, add_winners_rounds
from .bracket import (
    BRACKET_RESET,
    BYE,
    GRAND_FINAL,
    THIRD_PLACE_MATCH,
    Bracket,
    Bye,
    LoserOf,
    Part,
    Seed,
    Source,
    WinnerOf,
)

#: The matches that are really played, by any names; sides name other matches by these.
Matches: TypeAlias = Mapping[str, tuple[Source, Source]]
#: The same as text: a name, then for each side a seed, `W1.2` for a winner, `-W1.2` for a loser.
Draw: TypeAlias = tuple[tuple[str, str, str], ...]
MOST_ROUNDS = 14


class BadDraw(EngineError):
    """Matches that make up no bracket that can be kept here; the words say why."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bracket, and the keys that the matches it was made of have in it."""

    bracket: Bracket
    keys: Mapping[str, str]

    def draw(self, matches: Matches) -> Draw:
        """The matches as text, under their keys; made again out of it, the bracket is the same."""
        return tuple(
            (self.keys[name], self._written(first), self._written(second))
            for name, (first, second) in matches.items()
        )

    def is_drawn_as(self, usual: Bracket, matches: Matches) -> bool:
        """Whether a usual bracket has these very matches, wherever it has its byes."""
        ours = {key: frozenset(sides) for key, sides in matches_of(usual).items()}
        theirs = {
            self.keys[name]: frozenset(map(self._renamed, sides)) for name, sides in matches.items()
        }
        return ours == theirs

    def _renamed(self, side: Source) -> Source:
        if isinstance(side, WinnerOf):
            return WinnerOf(self.keys[side.key])
        return LoserOf(self.keys[side.key]) if isinstance(side, LoserOf) else side

    def _written(self, side: Source) -> str:
        match side:
            case Seed(seed):
                return str(seed)
            case LoserOf(name):
                return f"-{self.keys[name]}"
            case WinnerOf(name):
                return self.keys[name]
            case _:
                raise BadDraw("A bye is no side of a match.")


@lru_cache(maxsize=64)
def bracket_of_draw(draw: Draw) -> Bracket:
    """The bracket that a draw as text stands for; raises `BadDraw`."""
    names = [name for name, _, _ in draw]
    if len(set(names)) < len(names):
        raise BadDraw("A match of the draw is there twice.")
    matches = {name: (_read(first), _read(second)) for name, first, second in draw}
    drawn = lay_out(matches)
    if any(name != key for name, key in drawn.keys.items()):
        raise BadDraw("The matches of the draw do not have the keys of their places.")
    return drawn.bracket


def _read(text: str) -> Source:
    if text.isascii() and text.isdecimal() and len(text) < 7:
        return Seed(int(text))
    return LoserOf(text[1:]) if text.startswith("-") else WinnerOf(text)


def matches_of(bracket: Bracket) -> dict[str, tuple[Source, Source]]:
    """The matches that are really played in a bracket, by their keys: byes are left out."""
    through: dict[Source, Source] = {}
    played: dict[str, tuple[Source, Source]] = {}
    for pairing in bracket.pairings:
        first, second = (through.get(side, side) for side in pairing.sides)
        if isinstance(first, Bye) or isinstance(second, Bye):
            through[WinnerOf(pairing.key)] = second if isinstance(first, Bye) else first
        else:
            played[pairing.key] = (first, second)
    return played


def lay_out(matches: Matches) -> Drawn:
    """The bracket of these matches, single or double elimination; raises `BadDraw`."""
    return _Layout(matches).drawn()


@dataclass
class _Layout:
    """What is found out of the matches while they are laid out."""

    matches: Matches
    keys: dict[str, str] = field(default_factory=dict)
    heights: dict[str, int] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)

    def drawn(self) -> Drawn:
        """The whole bracket."""
        self._check_sources()
        reset, third = self._find_reset(), self._find_third()
        root = self._root({reset, third})
        final, challenger = self._finalists(root)
        champion = final if challenger is None else self._champion_of(root, challenger)
        draft = Draft()
        rounds = self._height(champion)
        leaves: list[Source] = [BYE] * (1 << rounds)
        self._place_winners(champion, rounds, 0, leaves)
        *losers, (first,) = add_winners_rounds(draft, leaves)
        if challenger is not None:
            self._add_losers(draft, rounds, challenger, root, first, reset)
        if third:
            self.keys[third] = THIRD_PLACE_MATCH
            draft.add(THIRD_PLACE_MATCH, Part.THIRD_PLACE, 1, 1, *losers[-2])
        if missing := next((name for name in self.matches if name not in self.keys), ""):
            raise BadDraw(f"Match {missing} is no part of the bracket.")
        return Drawn(draft.finish(sum(isinstance(leaf, Seed) for leaf in leaves)), self.keys)

    def _check_sources(self) -> None:
        """Raise `BadDraw` unless every seed and every winner and loser goes to one place."""
        sides = [side for pair in self.matches.values() for side in pair]
        for side, times in Counter(sides).items():
            if isinstance(side, WinnerOf | LoserOf) and side.key not in self.matches:
                raise BadDraw(f"A match refers to {side.key}, which is not there.")
            if times > 1:
                raise BadDraw(f"{_words(side)} goes to {times} places.")
        seeds = sorted(side.seed for side in sides if isinstance(side, Seed))
        if seeds != list(range(1, len(seeds) + 1)) or len(seeds) < 2:
            raise BadDraw("Not every entrant has a place of its own in the draw.")

    def _find_reset(self) -> str:
        """The second grand final, between the two of the first."""
        for name, sides in self.matches.items():
            one, other = sides[::-1] if isinstance(sides[0], LoserOf) else sides
            if not (isinstance(one, WinnerOf) and isinstance(other, LoserOf)):
                continue
            if one.key == other.key and self._has_lost(one, 0):
                return name
        return ""

    def _find_third(self) -> str:
        """The match of the losing semi-finalists, of which nobody goes on."""
        goes_on = {side.key for pair in self.matches.values() for side in pair
                   if isinstance(side, WinnerOf)}  # fmt: skip
        for name, pair in self.matches.items():
            if name not in goes_on and all(isinstance(side, LoserOf) for side in pair):
                return name
        return ""

    def _root(self, but: Iterable[str]) -> str:
        """The final: the one match whose winner goes nowhere, or to the bracket reset."""
        resets = {name for name in but if name}
        used = {
            side.key
            for name, pair in self.matches.items()
            if name not in resets
            for side in pair
            if isinstance(side, WinnerOf)
        }
        roots = [name for name in self.matches if name not in used and name not in resets]
        if len(roots) != 1:
            raise BadDraw(f"There should be one final, and there are {len(roots)}.")
        return roots[0]

    def _finalists(self, root: str) -> tuple[Source, Source | None]:
        """The final of a single elimination, or a grand final's second side."""
        sides = self.matches[root]
        lower = [side for side in sides if self._has_lost(side, 0)]
        if len(lower) > 1:
            raise BadDraw("Both sides of the final come from the losers' bracket.")
        return WinnerOf(root), (lower[0] if lower else None)

    def _champion_of(self, root: str, challenger: Source) -> Source:
        one, other = self.matches[root]
        return other if one == challenger else one

    def _has_lost(self, source: Source, depth: int) -> bool:
        if depth > 2 * MOST_ROUNDS:
            raise BadDraw(f"A bracket has at most {MOST_ROUNDS} rounds.")
        if isinstance(source, WinnerOf):
            return any(self._has_lost(side, depth + 1) for side in self.matches[source.key])
        return isinstance(source, LoserOf)

    def _height(self, source: Source) -> int:
        """How many rounds of the winners' bracket lead to somebody."""
        if not isinstance(source, WinnerOf):
            return 0
        if source.key not in self.heights:
            sides = self.matches[source.key]
            self.heights[source.key] = 1 + max(self._height(side) for side in sides)
        if self.heights[source.key] > MOST_ROUNDS:
            raise BadDraw(f"A bracket has at most {MOST_ROUNDS} rounds.")
        return self.heights[source.key]

    def _place_winners(self, source: Source, round_: int, place: int, leaves: list[Source]) -> None:
        """Put whoever comes out of a place of the winners' bracket, and all before, into it.

        A round is counted back from the final, so that byes are in round one.
        """
        if isinstance(source, Seed):
            leaves[place << round_] = source
            return
        assert isinstance(source, WinnerOf)
        self.keys[source.key] = f"W{round_}.{place + 1}"
        self.rounds[source.key] = round_
        for number, side in enumerate(self.matches[source.key]):
            self._place_winners(side, round_ - 1, 2 * place + number, leaves)

    def _add_losers(
        self, draft: Draft, rounds: int, challenger: Source, root: str, first: Source, reset: str
    ) -> None:
        """The losers' bracket and the grand final."""
        sides = {side for pair in self.matches.values() for side in pair}
        out = [name for name in self.rounds if LoserOf(name) not in sides]
        if out:
            raise BadDraw(f"The loser of match {out[0]} goes nowhere.")
        starts: list[Source] = [BYE] * (1 << (rounds - 1))
        landings: list[list[Source]] = [[BYE] * (1 << (rounds - 2 - d)) for d in range(rounds - 1)]
        if self._level(challenger) > 2 * (rounds - 1):
            raise BadDraw("The losers' bracket has more rounds than can be kept here.")
        self._place_losers(challenger, 2 * (rounds - 1), 0, starts, landings)
        self.keys[root] = GRAND_FINAL
        draft.add(GRAND_FINAL, Part.FINAL, 1, 1, first, add_losers_rounds(draft, starts, landings))
        if reset:
            self.keys[reset] = BRACKET_RESET
            again = WinnerOf(GRAND_FINAL), LoserOf(GRAND_FINAL)
            draft.add(BRACKET_RESET, Part.FINAL, 2, 1, *again)

    def _level(self, source: Source) -> int:
        """The first round of the losers' bracket out of which somebody can come.

        A loser of round one is there from the start (0); of round 2, 3 and so on after the rounds
        2, 4 and so on.
        """
        if isinstance(source, LoserOf):
            if source.key not in self.rounds:
                raise BadDraw(f"The loser of match {source.key} has lost twice.")
            return 2 * (self.rounds[source.key] - 1)
        if not isinstance(source, WinnerOf):
            raise BadDraw("Somebody begins in the losers' bracket, which is not played here.")
        if source.key not in self.levels:
            self.levels[source.key] = self._level_of(source.key)
        return self.levels[source.key]

    def _level_of(self, name: str) -> int:
        one, other = (self._level(side) for side in self.matches[name])
        landed = self._landing(name)
        if landed is not None:
            return self._level(landed)
        highest = max(one, other)
        return highest + 1 if highest % 2 == 0 else highest + 2

    def _landing(self, name: str) -> Source | None:
        """Who of a match drops into it from the winners' bracket, if it is of such a round."""
        one, other = self.matches[name]
        for side, rest in ((one, other), (other, one)):
            if isinstance(side, LoserOf) and self._level(side) > self._level(rest):
                return side
        return None

    def _place_losers(
        self,
        source: Source,
        level: int,
        place: int,
        starts: list[Source],
        landings: list[list[Source]],
    ) -> None:
        """Put whoever comes out of a place of the losers' bracket, and all before, into it."""
        if level == 0:
            starts[place] = self._renamed(source)
            return
        drops, number = level % 2 == 0, level // 2 - 1
        if level > self._level(source):
            following = place if drops else 2 * place
            self._place_losers(source, level - 1, following, starts, landings)
            return
        if isinstance(source, LoserOf):
            landings[number][place] = self._renamed(source)
            return
        assert isinstance(source, WinnerOf)
        self.keys[source.key] = f"L{level}.{place + 1}"
        sides = self.matches[source.key]
        if drops:
            landed = self._landing(source.key)
            assert landed is not None
            landings[number][place] = self._renamed(landed)
            rest = sides[1] if sides[0] == landed else sides[0]
            self._place_losers(rest, level - 1, place, starts, landings)
            return
        for which, side in enumerate(sides):
            self._place_losers(side, level - 1, 2 * place + which, starts, landings)

    def _renamed(self, source: Source) -> Source:
        assert isinstance(source, LoserOf)
        return LoserOf(self.keys[source.key])


def _words(side: Source) -> str:
    match side:
        case Seed(seed):
            return f"The entrant seeded {seed}"
        case WinnerOf(name):
            return f"The winner of match {name}"
        case LoserOf(name):
            return f"The loser of match {name}"
        case _:
            return "A bye"
