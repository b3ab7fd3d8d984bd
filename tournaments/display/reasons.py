"""Why a Swiss round was paired as it was, as the pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tournaments.engine.swiss import Reason
from tournaments.models import Entrant, Round
from tournaments.storage.swiss_reasons import reasons_refused, round_reasons
from tournaments.storage.tables import Table


@dataclass(frozen=True, slots=True)
class BoardView:
    """Two who were paired, and why."""

    number: int
    white: Entrant
    black: Entrant
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class ReasonsView:
    """The reasons for a round, or why there are none: `refused`.

    Unless it is `in_full` it is a link to them, at `query`; there it `is_open`.
    """

    round: Round
    query: str
    in_full: bool
    is_open: bool
    refused: str = ""
    broken: Sequence[str] = ()
    boards: Sequence[BoardView] = ()
    rest: Sequence[Reason] = ()
    whole: Sequence[Reason] = ()


def view_reasons(
    table: Table, round_: Round, *, in_full: bool, is_open: bool = False
) -> ReasonsView:
    """Why a round of a Swiss is paired as it is."""
    query = f"?stage={table.stage.number}&group={table.group.number}&round={round_.number}&reasons"
    refused = reasons_refused(table, round_)
    if refused or not in_full:
        return ReasonsView(round_, query, in_full or bool(refused), is_open, refused)
    found = round_reasons(table, round_)
    entrant = {seed: one.entrant for seed, one in table.by_seed.items()}
    boards = [
        BoardView(number, entrant[one.white], entrant[one.black], one.reasons)
        for number, one in enumerate(found.boards, start=1)
    ]
    return ReasonsView(
        round_, query, True, is_open, "", found.broken, boards, found.rest, found.whole
    )
