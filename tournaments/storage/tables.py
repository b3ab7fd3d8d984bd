"""Tables: what was played in a group as the engine has it, and how it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from matchmaking.models import Match, MatchState, Outcome
from matchmaking.results import points_of
from tournaments.engine import elimination
from tournaments.engine import history as engine
from tournaments.engine.standings import System, TieBreak, Value, standings
from tournaments.models import (
    Bye,
    Contender,
    Entrant,
    Format,
    Group,
    Pairing,
    PairingState,
    Round,
    Stage,
)

from .brackets import group_state

#: What decides after the points where a stage names nothing else.
USUAL_TIE_BREAKS: Mapping[str, tuple[TieBreak, ...]] = {
    Format.SWISS: (
        TieBreak.BUCHHOLZ_CUT_1,
        TieBreak.BUCHHOLZ,
        TieBreak.SONNEBORN_BERGER,
        TieBreak.DIRECT_ENCOUNTER,
    ),
    Format.ROUND_ROBIN: (TieBreak.DIRECT_ENCOUNTER, TieBreak.WINS, TieBreak.SONNEBORN_BERGER),
}
SYSTEMS = {Format.SWISS: System.SWISS, Format.ROUND_ROBIN: System.ROUND_ROBIN}


@dataclass(frozen=True)
class Table:
    """The rows of a round robin's or a Swiss group, read once; a player's id is its seed there.

    `contenders` stand by seed, `rounds` by number, `pairings` by round and board.
    """

    group: Group
    contenders: tuple[Contender, ...]
    rounds: tuple[Round, ...]
    pairings: tuple[Pairing, ...]
    byes: tuple[Bye, ...]

    @property
    def stage(self) -> Stage:
        """The stage that it belongs to."""
        return self.group.stage

    @cached_property
    def by_seed(self) -> dict[int, Contender]:
        """The contenders by their seeds."""
        return {contender.seed: contender for contender in self.contenders}

    @cached_property
    def seed_of(self) -> dict[int, int]:
        """The seeds in the group by the entrants' ids."""
        return {contender.entrant_id: contender.seed for contender in self.contenders}

    @cached_property
    def _by_round(self) -> dict[int, list[Pairing]]:
        rows: dict[int, list[Pairing]] = {}
        for row in self.pairings:
            rows.setdefault(row.round.number, []).append(row)
        return rows

    def boards(self, number: int) -> list[Pairing]:
        """The pairings of a round, by board."""
        return self._by_round.get(number, [])

    def byes_of(self, number: int) -> list[engine.Bye]:
        """The byes of a round, by seed, whether it is paired or not."""
        return [engine_bye(bye) for bye in self.byes if bye.round_number == number]

    def history(self, after_round: int | None = None) -> engine.History:
        """What happened, up to and with a round, or so far.

        Who has no pairing and no bye in a round was absent: not there yet, or withdrawn.
        """
        return engine.History(
            players=tuple(
                engine.Player(one.seed, one.entrant.name, one.entrant.rating or 0)
                for one in self.contenders
            ),
            rounds=tuple(self._round(row.number) for row in self.rounds[:after_round]),
            points=point_system(self.stage),
            planned_rounds=self._planned_rounds,
            first_colour=engine.Colour(self.group.first_colour),
        )

    @property
    def _planned_rounds(self) -> int:
        is_swiss = self.stage.format == Format.SWISS
        return (self.stage.rounds_planned or 0) if is_swiss else len(self.rounds)

    def _round(self, number: int) -> engine.Round:
        boards = self.boards(number)
        return engine.Round(
            matches=tuple(self._match(row) for row in boards if is_decided(row)),
            byes=tuple(self.byes_of(number)),
            unfinished=tuple(self._seeds(row) for row in boards if not is_decided(row)),
        )

    def _seeds(self, row: Pairing) -> tuple[int, int]:
        assert row.top_id is not None and row.bottom_id is not None
        return self.seed_of[row.top_id], self.seed_of[row.bottom_id]

    def _match(self, row: Pairing) -> engine.Match:
        white, black = self._seeds(row)
        match = row.known_match
        return engine.Match(
            white,
            black,
            *results_of(match),
            played=match.outcome not in {Outcome.FORFEIT, Outcome.DOUBLE_FORFEIT},
            games=(match.scores[0], match.scores[1]) if match.scores else (0, 0),
            game_points=points_of(match),
        )


def engine_bye(bye: Bye) -> engine.Bye:
    """A bye as the engine knows it, by its contender's seed."""
    return engine.Bye(bye.contender.seed, engine.ByeKind(bye.kind))


def is_decided(row: Pairing) -> bool:
    """Whether a pairing of a table has its result; needs its match."""
    is_finished = row.match is not None and row.match.state == MatchState.FINISHED
    return is_finished and row.state == PairingState.DECIDED


def results_of(match: Match) -> tuple[engine.Result, engine.Result]:
    """What White and Black got out of a finished match."""
    if match.winner is None:
        drawn = match.outcome == Outcome.DRAWN
        both = engine.Result.DRAW if drawn else engine.Result.LOSS
        return both, both
    white = engine.Result.LOSS if match.winner else engine.Result.WIN
    return white, white.reverse


def point_system(stage: Stage) -> engine.PointSystem:
    """The points of a stage for a win, a draw, a loss and a bye of the pairing."""
    return engine.PointSystem.of(
        Fraction(stage.points_win),
        Fraction(stage.points_draw),
        Fraction(stage.points_loss),
        Fraction(stage.points_bye),
    )


def read_table(group: Group) -> Table:
    """The rows of a table's group, in four queries however large it is."""
    contenders = tuple(group.contenders.select_related("entrant").order_by("seed"))
    rounds = tuple(group.rounds.order_by("number"))
    pairings = list(group.pairings.select_related("match", "station").order_by())
    _join(pairings, rounds, contenders)
    pairings.sort(key=lambda row: (row.round.number, row.number))
    byes = Bye.objects.filter(contender__group=group).select_related("contender__entrant")
    return Table(
        group,
        contenders,
        rounds,
        tuple(pairings),
        tuple(byes.order_by("round_number", "contender__seed")),
    )


def _join(
    pairings: Sequence[Pairing], rounds: Sequence[Round], contenders: Sequence[Contender]
) -> None:
    """Give the pairings what has been read beside them: joined, it would cost most of the time."""
    by_id = {row.pk: row for row in rounds}
    entrants: dict[int | None, Entrant | None] = {c.entrant_id: c.entrant for c in contenders}
    for row in pairings:
        row.round = by_id[row.round_id]
        row.top, row.bottom = entrants.get(row.top_id), entrants.get(row.bottom_id)


def group_history(group: Group) -> engine.History:
    """What happened in a round robin's or a Swiss group; players' ids are their seeds there."""
    return read_table(group).history()


def tie_breaks_of(stage: Stage) -> tuple[TieBreak, ...]:
    """What a table is ranked by: the points, then what the stage names, or what is usual.

    In matches of several games the game difference comes before what is counted by opponents'
    points, or after Buchholz in a Swiss.
    """
    named = tuple(TieBreak[name] for name in stage.tie_breaks)
    usual = USUAL_TIE_BREAKS[stage.format]
    if not named and stage.best_of > 1:
        place = 2 if stage.format == Format.SWISS else 1
        usual = (*usual[:place], TieBreak.GAME_DIFFERENCE, *usual[place:])
    rest = [tie_break for tie_break in named or usual if tie_break is not TieBreak.POINTS]
    return (TieBreak.POINTS, *rest)


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of the standings; `shared_by` counts those who share the rank, oneself included.

    `values` stand in the order of `tie_breaks_of`, each with the words that reproduce it. `won`,
    `drawn` and `lost` are matches that were played; those by forfeit are beside them, byes nowhere.
    """

    contender: Contender
    rank: int
    shared_by: int
    values: tuple[Value, ...]
    won: int
    drawn: int
    lost: int
    won_by_forfeit: int
    lost_by_forfeit: int

    @property
    def played(self) -> int:
        """The matches that were played to their end."""
        return self.won + self.drawn + self.lost

    @property
    def by_forfeit(self) -> str:
        """How many were won and lost by forfeit, with a plus and a minus; empty for none."""
        counts = (("+", self.won_by_forfeit), ("\u2212", self.lost_by_forfeit))
        return " ".join(f"{sign}{count}" for sign, count in counts if count)

    @property
    def points(self) -> Value:
        """The first of the values."""
        return self.values[0]

    @property
    def last_rank(self) -> int:
        """The last of the places that those who are tied share."""
        return self.rank + self.shared_by - 1

    @property
    def places(self) -> str:
        """The place as people write it, with both ends where it is shared."""
        return written_places(self.rank, self.last_rank)


def group_standings(group: Group, *, after_round: int | None = None) -> tuple[Standing, ...]:
    """How a round robin's or a Swiss group stands, best first; who is tied stands by seed."""
    return table_standings(read_table(group), after_round=after_round)


def table_standings(table: Table, *, after_round: int | None = None) -> tuple[Standing, ...]:
    """How a table that has been read stands."""
    played = table.history(after_round)
    rows = standings(played, tie_breaks_of(table.stage), system=SYSTEMS[Format(table.stage.format)])
    sheets = engine.score_sheets(played)
    return tuple(
        Standing(
            table.by_seed[row.player],
            row.rank,
            row.shared_by,
            row.values,
            **_record(sheets[row.player]),
        )
        for row in rows
    )


def _record(lines: Sequence[engine.Line]) -> dict[str, int]:
    """Matches won, drawn and lost, and those by forfeit."""
    kinds = [line.kind for line in lines]
    results = [line.result for line in lines if line.kind is engine.Kind.PLAYED]
    return {
        "won": results.count(engine.Result.WIN),
        "drawn": results.count(engine.Result.DRAW),
        "lost": results.count(engine.Result.LOSS),
        "won_by_forfeit": kinds.count(engine.Kind.FORFEIT_WIN),
        "lost_by_forfeit": kinds.count(engine.Kind.FORFEIT_LOSS),
    }


@dataclass(frozen=True, slots=True)
class Placing:
    """The places that somebody holds or, in a bracket and not `settled`, can still reach."""

    contender: Contender
    first: int
    last: int
    settled: bool

    @property
    def shared_by(self) -> int:
        """How many share these places, oneself included."""
        return self.last - self.first + 1

    @property
    def places(self) -> str:
        """The place as people write it, with both ends where it is shared."""
        return written_places(self.first, self.last)


def written_places(first: int, last: int) -> str:
    """A place as people write it, with both ends where it is shared."""
    return str(first) if first == last else f"{first}\u2013{last}"


def bracket_places(group: Group) -> tuple[Placing, ...]:
    """Everybody's places in an elimination, best first, equals by seed."""
    bracket, state = group_state(group)
    state.read_all()
    by_seed = {one.seed: one for one in group.contenders.select_related("entrant")}
    return tuple(
        Placing(by_seed[place.seed], place.first, place.last, place.settled)
        for place in elimination.placings(bracket, state)
    )


def settled_places(group: Group) -> tuple[Placing, ...]:
    """The same of a bracket that is over, as they were written down; nobody's before."""
    rows = group.contenders.select_related("entrant").order_by("first", "seed")
    return tuple(
        Placing(one, one.first, one.last, settled=True)
        for one in rows
        if one.first is not None and one.last is not None
    )


def settle_places(*, stage: Stage) -> list[list[Contender]]:
    """Write who holds which places; returns each group's contenders, best first.

    Who is tied shares `first` and `last`, and stands here in the order of the seeds.
    """
    orders = []
    for group in stage.groups.order_by("number"):
        order = []
        for contender, first, last in _places(stage, group):
            contender.first, contender.last = first, last
            order.append(contender)
        Contender.objects.bulk_update(order, ("first", "last"), batch_size=200)
        orders.append(order)
    return orders


def _places(stage: Stage, group: Group) -> list[tuple[Contender, int, int]]:
    if stage.is_elimination:
        return [(one.contender, one.first, one.last) for one in bracket_places(group)]
    return [(one.contender, one.rank, one.last_rank) for one in group_standings(group)]
