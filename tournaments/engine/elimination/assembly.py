"""Assembling a bracket from sources: byes are carried through, destinations are derived."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from tournaments.engine.errors import TooFewEntrants
from tournaments.engine.seeding import bracket_order, bracket_size

from .bracket import BYE, Bracket, Bye, LoserOf, Pairing, Part, Place, Seed, Side, Source, WinnerOf


@dataclass(slots=True)
class Draft:
    """Pairings in order of play while a bracket is being put together."""

    rows: list[tuple[str, Part, int, int, tuple[Source, Source]]] = field(default_factory=list)
    winner_places: dict[str, Place] = field(default_factory=dict)
    loser_places: dict[str, Place] = field(default_factory=dict)

    def add(
        self, key: str, part: Part, round_number: int, number: int, first: Source, second: Source
    ) -> tuple[Source, Source]:
        """Add a pairing; returns what its winner and its loser are to whoever they meet next.

        Two byes produce a bye again, and a pairing with a bye has no loser.
        """
        self._lead(first, key, Side.FIRST)
        self._lead(second, key, Side.SECOND)
        self.rows.append((key, part, round_number, number, (first, second)))
        byes = isinstance(first, Bye) + isinstance(second, Bye)
        winner = BYE if byes == 2 else WinnerOf(key)
        loser = BYE if byes else LoserOf(key)
        return winner, loser

    def _lead(self, source: Source, key: str, side: Side) -> None:
        if isinstance(source, WinnerOf):
            self.winner_places[source.key] = Place(key, side)
        elif isinstance(source, LoserOf):
            self.loser_places[source.key] = Place(key, side)

    def finish(self, entrant_count: int) -> Bracket:
        """The finished bracket."""
        to_winner, to_loser = self.winner_places.get, self.loser_places.get
        return Bracket(
            entrant_count,
            tuple(Pairing(*row, to_winner(row[0]), to_loser(row[0])) for row in self.rows),
        )


def seeded_places(entrant_count: int) -> list[Source]:
    """Who stands in the first round, from the top.

    Byes go to the top seeds: seeds beyond the entrants are byes, and 1 meets the last.
    """
    if entrant_count < 2:
        raise TooFewEntrants("A bracket needs at least two entrants.")
    order = bracket_order(bracket_size(entrant_count))
    return [Seed(seed) if seed <= entrant_count else BYE for seed in order]


def add_winners_rounds(draft: Draft, places: Sequence[Source]) -> list[list[Source]]:
    """Add the knock-out rounds; returns the losers of each round, then the winner of the last."""
    current = list(places)
    losers_by_round: list[list[Source]] = []
    while len(current) > 1:
        current, losers = add_round(draft, Part.WINNERS, len(losers_by_round) + 1, current)
        losers_by_round.append(losers)
    return [*losers_by_round, current]


def add_losers_rounds(
    draft: Draft, starts: Sequence[Source], landings: Sequence[Sequence[Source]]
) -> Source:
    """Add the losers' bracket; returns its winner.

    `starts` are those who lost in round one, by their places there; `landings` for each round
    after it those who lost in it, by the places into which they drop.
    """
    survivors = list(starts)
    for index, landing in enumerate(landings):
        survivors, _ = add_round(draft, Part.LOSERS, 2 * index + 1, survivors)
        met = list(chain.from_iterable(zip(landing, survivors, strict=True)))
        survivors, _ = add_round(draft, Part.LOSERS, 2 * index + 2, met)
    (challenger,) = survivors
    return challenger


def add_round(
    draft: Draft, part: Part, round_number: int, sources: Sequence[Source]
) -> tuple[list[Source], list[Source]]:
    """Add a round in which neighbours meet; returns its winners and its losers."""
    letter = "W" if part is Part.WINNERS else "L"
    winners: list[Source] = []
    losers: list[Source] = []
    for index in range(0, len(sources), 2):
        number = index // 2 + 1
        key = f"{letter}{round_number}.{number}"
        first, second = sources[index], sources[index + 1]
        winner, loser = draft.add(key, part, round_number, number, first, second)
        winners.append(winner)
        losers.append(loser)
    return winners, losers
