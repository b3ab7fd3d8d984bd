"""A tournament cut into pages: slides for a projector, sheets for paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tournaments.models import Part, Tournament, TournamentState
from tournaments.selectors import latest_results, ready_pairings

from .bracket import BracketView, PartView, RoundView
from .stage import StageView

LINES = 10  # of a list on a slide
ROWS = 12  # of standings on a slide
NAMES = 40  # with their places, in columns
SLIDE = (8, 4)  # places in the first column, columns
SHEET = (16, 6)
FINALS = {Part.FINAL, Part.THIRD_PLACE}


@dataclass(frozen=True, slots=True)
class Slide:
    """A page: `kind` says how it is drawn, `items` what is on it."""

    kind: str
    title: str
    items: Any
    part: str = ""


def slides_of(tournament: Tournament, view: StageView | None) -> list[Slide]:
    """The slides of a projector: matches to play, bracket or standings, latest results."""
    if view is None or view.group is None:
        return []
    slides: list[Slide] = []
    if tournament.state == TournamentState.RUNNING:
        ready = ready_pairings([view.group])
        slides += [Slide("ready", "To be played now", page) for page in _pages(ready, LINES)]
    if view.bracket is not None:
        slides += _bracket_slides(view.bracket)
    slides += [Slide("places", view.places_title, page) for page in _pages(view.places, NAMES)]
    if view.table is not None:
        table = view.table.standings
        pages = _pages(table.rows, ROWS)
        slides += [Slide("standings", "Standings", (table, page)) for page in pages]
    results = latest_results([view.group], limit=LINES)
    return slides + ([Slide("results", "Latest results", results)] if results else [])


def _pages(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _bracket_slides(bracket: BracketView) -> list[Slide]:
    """The rounds from the first one that is open."""
    slides = []
    for part in _cut_parts(bracket):
        rounds = list(part.rounds)
        if rounds[-1].is_reset_uncalled:  # on paper it is kept, to be filled in by hand
            rounds = [*rounds[:-2], replace(rounds[-2], joins="none")]
        while len(rounds) > 3 and rounds[0].is_decided:
            del rounds[0]
        first, *_ = _series(rounds, *SLIDE)
        slides += _titled(part, first)
    return slides


def sheets_of(view: StageView | None) -> list[Slide]:
    """A bracket in sheets of paper, part by part, from the first round to the final."""
    if view is None or view.bracket is None:
        return []
    return [
        sheet
        for part in _cut_parts(view.bracket)
        for series in _series(list(part.rounds), *SHEET)
        for sheet in _titled(part, series)
    ]


def _cut_parts(bracket: BracketView) -> list[PartView]:
    """The parts, with the grand final and the third-place match in one."""
    large = [part for part in bracket.parts if part.part not in FINALS]
    rounds = [column for part in bracket.parts if part.part in FINALS for column in part.rounds]
    return [*large, PartView(Part.FINAL, "", rounds)] if rounds else large


def _titled(part: PartView, sheets: Sequence[list[RoundView]]) -> list[Slide]:
    slides = []
    for number, rounds in enumerate(sheets, start=1):
        first, last = rounds[0].name, rounds[-1].name
        names = first if first == last else f"{first} to {last[0].lower()}{last[1:]}"
        count = f" ({number} of {len(sheets)})" if len(sheets) > 1 else ""
        slides.append(Slide("bracket", names + count, rounds, part.part))
    return slides


def _series(rounds: list[RoundView], places: int, columns: int) -> list[list[list[RoundView]]]:
    """Rounds cut into pages of at most so many places and columns, in series side by side."""
    series = []
    while rounds:
        blocks = max(1, len(rounds[0].pairings) // places)
        taken = [column for column in rounds[:columns] if len(column.pairings) >= blocks]
        series.append([[_slice(c, block, blocks) for c in taken] for block in range(blocks)])
        rounds = rounds[len(taken) :]
    return series


def _slice(column: RoundView, block: int, blocks: int) -> RoundView:
    size = len(column.pairings) // blocks
    part = column.pairings[block * size : (block + 1) * size]
    return RoundView(column.part, column.number, column.name, part, column.joins, column.best_of)
