"""What start.gg's API answers of an event, as far as it is read."""

from typing import Any

import msgspec

Id = int | str


class Node(msgspec.Struct, kw_only=True, rename="camel"):
    """A piece of an answer; fields that are not named here are passed over."""


class Entrant(Node):
    """A player or team in the event."""

    id: Id
    name: str | None = None
    initial_seed_num: int | None = None
    is_disqualified: bool | None = False
    participants: list[Any] | None = None


class _Ref(Node):
    id: Id


class _Score(Node):
    value: float | None = None


class _Stats(Node):
    score: _Score | None = None


class _SlotStanding(Node):
    stats: _Stats | None = None


class Slot(Node):
    """A side of a set; `prereq_placement` is 1 for the winner of another set, 2 for its loser."""

    entrant: Entrant | None = None
    prereq_type: str | None = None
    prereq_id: Id | None = None
    prereq_placement: int | None = None
    standing: _SlotStanding | None = None

    @property
    def score(self) -> int | None:
        """The games won, `DISQUALIFIED`, or nothing."""
        stats = self.standing.stats if self.standing else None
        value = stats.score.value if stats and stats.score else None
        return None if value is None else int(value)


class PhaseGroup(Node):
    """A bracket or a table of a phase."""

    id: Id
    display_identifier: str | None = None
    bracket_type: str | None = None
    phase: _Ref | None = None


class _PhaseGroups(Node):
    nodes: list[PhaseGroup] | None = None


class Phase(Node):
    """A part of the event, played in one or several groups."""

    id: Id
    name: str | None = None
    bracket_type: str | None = None
    phase_order: int | None = None
    phase_groups: _PhaseGroups | None = None


class Set(Node):
    """A match."""

    id: Id
    state: int | str | None = None
    round: int | None = None
    identifier: str | None = None
    full_round_text: str | None = None
    winner_id: Id | None = None
    total_games: int | None = None
    completed_at: int | None = None
    phase_group: PhaseGroup | None = None
    slots: list[Slot] | None = None


class _Entrants(Node):
    nodes: list[Entrant] | None = None


class _Sets(Node):
    nodes: list[Set] | None = None


class Standing(Node):
    """A final place."""

    placement: int | None = None
    entrant: Entrant | None = None


class _Standings(Node):
    nodes: list[Standing] | None = None


class _Tournament(Node):
    name: str | None = None


class Event(Node):
    """An event of a tournament: what we call a tournament."""

    id: Id | None = None
    name: str | None = None
    state: Any = None
    start_at: int | None = None
    tournament: _Tournament | None = None
    phases: list[Phase] | None = None
    phase_groups: list[PhaseGroup] | None = None
    entrants: _Entrants | None = None
    sets: _Sets | None = None
    standings: _Standings | None = None
