"""The part of a tournament that a page shows: one stage, one group, as a bracket or as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tournaments.models import Entrant, Group, Stage, StageState, Tournament
from tournaments.selectors import group_pairings, tournament_stages
from tournaments.storage.final_places import final_places
from tournaments.storage.tables import Placing, settled_places

from .bracket import BracketView, view_bracket
from .choice import Choice, Tab
from .table import TableView, view_table


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage as a page shows it: `bracket` or `table`, neither before it has begun.

    `places` are the final ones, with the stage that decides the tournament once it is over, or
    those of a bracket before it; a table alone has its standings. `places_title` says which.
    """

    stage: Stage
    group: Group | None
    tabs: Sequence[Tab]
    groups: Sequence[Tab]
    bracket: BracketView | None = None
    table: TableView | None = None
    places: Sequence[Placing] = ()
    places_title: str = "Final places"

    @property
    def query(self) -> str:
        """The address of just this part."""
        return _query(self.stage, self.group)

    @property
    def is_last(self) -> bool:
        """Whether it decides the tournament."""
        return bool(self.tabs) and self.tabs[-1].is_current


def view_stage(
    tournament: Tournament, entrants: Sequence[Entrant], choice: Choice
) -> StageView | None:
    """The stage and group chosen, or else the one being played; None without any."""
    stages = tournament_stages(tournament)
    if not stages or tournament.started_at is None:
        return None
    begun = [row for row in stages if row.state != StageState.PENDING] or stages[:1]
    stage = next((row for row in stages if row.number == choice.stage), begun[-1])
    groups = list(stage.groups.all())
    group = next((g for g in groups if g.number == choice.group), groups[0] if groups else None)
    tabs = [Tab(str(row), _query(row, None), row == stage, row.state) for row in stages]
    links = [Tab(f"Group {g.name}", _query(stage, g), g == group) for g in groups]
    view = StageView(stage, group, tabs, links if len(links) > 1 else ())
    if group is None:
        return view
    if stage == begun[-1] and (len(stages) > 1 or stage.is_elimination):
        view = replace(view, places=final_places(tournament))
    if not stage.is_elimination:
        return replace(view, table=view_table(group, choice))
    known = {entrant.pk: entrant for entrant in entrants}
    rounds = group.rounds.all()
    bracket = view_bracket(group_pairings(group), rounds, known, follow=choice.followed)
    if stage.state == StageState.FINISHED and not view.places:
        places = settled_places(group)
        view = replace(view, places=places, places_title=f"Places after {stage}")
    return replace(view, bracket=bracket)


def _query(stage: Stage, group: Group | None) -> str:
    return f"?stage={stage.number}" + (f"&group={group.number}" if group else "")
