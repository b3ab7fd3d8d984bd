"""The draw as it would be made now, of a draft or of a tournament that is being typed in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lib.errors import Refusal
from tournaments.engine.round_robin import snake_groups
from tournaments.models import (
    Entrant,
    EntryStatus,
    Format,
    Group,
    PairingState,
    Seeding,
    Stage,
    Tournament,
)
from tournaments.services.pool_ratings import take_ratings
from tournaments.services.progress.start import check_entrants, order_by_seed
from tournaments.services.setup.stage_plans import swiss_warning
from tournaments.storage.brackets import build_pairings, build_rounds, stage_bracket
from tournaments.storage.table_rounds import group_name

from .bracket import BracketView, view_bracket

#: A larger bracket takes too long to draw at every change.
MAX_DRAWN = 256
#: Stands for a name while the seeds are still to be shuffled.
SHUFFLED = "drawn at the start"


@dataclass(frozen=True, slots=True)
class DraftView:
    """The draw as it would be made now.

    `refusal` says why the tournament could not start; then there is neither bracket nor groups.
    """

    stage: Stage
    entrants: Sequence[Entrant]
    refusal: str = ""
    bracket: BracketView | None = None
    groups: Sequence[tuple[str, Sequence[Entrant]]] = ()
    is_shuffled: bool = False
    warning: str = ""

    @property
    def byes(self) -> int:
        """How many of the first seeds sit out the first round of an elimination."""
        if self.bracket is None:
            return 0
        count = len(self.entrants)
        return (1 << (count - 1).bit_length()) - count


def draft_of(tournament: Tournament, entrants: Sequence[Entrant]) -> DraftView | None:
    """The draw of a tournament, of those of its entrants who are in it; none once it has begun."""
    if not tournament.is_before_start:
        return None
    entered = [entrant for entrant in entrants if entrant.status == EntryStatus.ENTERED]
    return view_draft(tournament, tournament.stages.first() or Stage(), entered)


def view_draft(tournament: Tournament, stage: Stage, entrants: Sequence[Entrant]) -> DraftView:
    """The draw of these entrants, who have ids, in the order entered; nothing is stored."""
    stage.tournament = tournament
    try:
        check_entrants(stage, len(entrants))
    except Refusal as refusal:
        return DraftView(stage, entrants, refusal=refusal.message)
    is_shuffled = tournament.seeding == Seeding.RANDOM and tournament.shuffle_seed is None
    seeded = list(entrants) if is_shuffled else _seeded(tournament, stage, entrants)
    warning = swiss_warning(stage, len(entrants))
    view = DraftView(stage, seeded, is_shuffled=is_shuffled, warning=warning)
    hidden = [Entrant(pk=n, name=SHUFFLED, seed=n) for n in range(1, len(entrants) + 1)]
    shown = hidden if is_shuffled else seeded
    if stage.is_elimination and len(entrants) <= MAX_DRAWN:
        return replace(view, bracket=_bracket(stage, shown))
    if stage.format == Format.ROUND_ROBIN and stage.group_count > 1 and not is_shuffled:
        dealt = snake_groups(seeded, stage.group_count)
        groups = [(f"Group {group_name(n)}", members) for n, members in enumerate(dealt, start=1)]
        return replace(view, groups=groups)
    return view


def _seeded(tournament: Tournament, stage: Stage, entrants: Sequence[Entrant]) -> list[Entrant]:
    if tournament.seeding == Seeding.RATING:
        take_ratings(tournament, entrants)
    seeded = order_by_seed(tournament, stage, entrants)
    for seed, entrant in enumerate(seeded, start=1):
        entrant.seed = seed
    return seeded


def _bracket(stage: Stage, seeded: Sequence[Entrant]) -> BracketView:
    group, bracket = Group(stage=stage), stage_bracket(stage, len(seeded))
    rounds = build_rounds(group, bracket)
    for number, round_ in enumerate(rounds.values(), start=1):
        round_.pk = number
    rows = build_pairings(group, bracket, rounds, seeded)
    for row in rows:
        if row.state == PairingState.READY:  # nothing is played before the start
            row.state = PairingState.PENDING
    return view_bracket(rows, rounds.values(), {entrant.pk: entrant for entrant in seeded})
