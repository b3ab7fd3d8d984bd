"""A table as the pages show it: one round's pairings, the standings and the cross-table."""

from collections.abc import Sequence
from dataclasses import dataclass

from tournaments.engine.standings import TieBreak, Value
from tournaments.models import Format, Group, Round, StageState
from tournaments.storage.tables import Table, is_decided, read_table

from .bracket import RoundView, view_pairing
from .choice import Choice, Tab
from .reasons import ReasonsView, view_reasons
from .standings import (
    CrossRow,
    Resting,
    StandingRow,
    StandingsView,
    resting,
    view_cross_table,
    view_standings,
)

#: A table up to this length explains every value in place; in a longer one a link does.
EXPLAINED_LINES = 64
#: A cross-table up to this size can be read.
CROSS_PLAYERS = 40
TOP = 6


@dataclass(frozen=True, slots=True)
class TableView:
    """A group's table, with the round shown in `rounds`, if any.

    `why` is the line that is explained at length. `advance` is how many go on, 0 for
    nobody; `has_sheets` says whether the lines show each round; `next_round` can be paired now,
    of the `planned` rounds of a Swiss. `reasons` say why the round of a Swiss is paired as it is.
    """

    standings: StandingsView
    cross: Sequence[CrossRow]
    tabs: Sequence[Tab]
    rounds: Sequence[RoundView]
    resting: Sequence[Resting]
    why: StandingRow | None
    advance: int
    has_sheets: bool
    query: str
    followed: str
    decided: int
    matches: int
    next_round: int | None
    planned: int
    reasons: ReasonsView | None

    @property
    def is_explained(self) -> bool:
        """Whether every value is explained in place."""
        return len(self.standings.rows) <= EXPLAINED_LINES

    @property
    def why_values(self) -> list[tuple[TieBreak, Value]]:
        """The values of the entrant asked about, each with its heading."""
        values = self.why.standing.values if self.why else ()
        return list(zip(self.standings.headings, values, strict=False))

    @property
    def top_names(self) -> list[str]:
        """The names of the first entrants."""
        return [row.entrant.name for row in self.standings.rows[:TOP]]


def view_table(group: Group, choice: Choice) -> TableView:
    """A group's table, after the round chosen or so far."""
    table = read_table(group)
    rounds = [row for row in table.rounds if row.published_at is not None]
    after = choice.round if any(row.number == choice.round for row in rounds) else None
    shown = _shown_round(table, rounds, after)
    standings = view_standings(table, after_round=after)
    asked = (row for row in standings.rows if row.standing.contender.seed == choice.why)
    query = f"?stage={group.stage.number}&group={group.number}"
    is_small = len(table.contenders) <= CROSS_PLAYERS
    is_cross = group.stage.format == Format.ROUND_ROBIN and is_small
    return TableView(
        standings=standings,
        cross=view_cross_table(table) if is_cross else (),
        tabs=[
            Tab(
                row.name,
                f"{query}&round={row.number}",
                row == shown,
                "over" if _is_over(table, row) else "",
            )
            for row in rounds
        ],
        rounds=[_round(table, shown, choice.followed)] if shown else (),
        resting=resting(table, shown.number) if shown else (),
        why=next(asked, None),
        advance=group.stage.advance or 0,
        has_sheets=group.stage.format == Format.SWISS,
        query=query,
        followed=choice.followed,
        decided=sum(is_decided(row) for row in table.pairings),
        matches=len(table.pairings),
        next_round=_next_round(table),
        planned=group.stage.rounds_planned or 0,
        reasons=_reasons(table, shown, choice),
    )


def _reasons(table: Table, shown: Round | None, choice: Choice) -> ReasonsView | None:
    """Why the round was paired so: in place in a short table, where asked for in a longer one."""
    if shown is None or table.stage.format != Format.SWISS:
        return None
    is_short = len(table.contenders) <= EXPLAINED_LINES
    return view_reasons(table, shown, in_full=is_short or choice.reasons, is_open=choice.reasons)


def _next_round(table: Table) -> int | None:
    """The number of the Swiss round that can be paired now, if any."""
    stage, paired = table.stage, len(table.rounds)
    if stage.format != Format.SWISS or stage.state != StageState.RUNNING:
        return None
    if paired >= (stage.rounds_planned or 0) or not all(map(is_decided, table.pairings)):
        return None
    return paired + 1


def _shown_round(table: Table, rounds: Sequence[Round], chosen: int | None) -> Round | None:
    """The round chosen, or the first in which something is open, or the last."""
    if chosen is not None:
        return next(row for row in rounds if row.number == chosen)
    unplayed = (row for row in rounds if not _is_over(table, row))
    return next(unplayed, rounds[-1] if rounds else None)


def _is_over(table: Table, row: Round) -> bool:
    return all(is_decided(pairing) for pairing in table.boards(row.number))


def _round(table: Table, row: Round, follow: str) -> RoundView:
    entrants = {one.entrant_id: one.entrant for one in table.contenders}
    boards = [view_pairing(pairing, entrants, follow) for pairing in table.boards(row.number)]
    return RoundView(row.part, row.number, row.name, boards, "none", note=row.note)
