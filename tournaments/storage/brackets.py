"""Between a bracket as the engine knows it and the rows that keep it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from uuid import uuid5

from django.utils import timezone

from lib.database.rows import insert_rows
from matchmaking.models import MatchState
from matchmaking.services.matches import void_match
from tournaments.engine import elimination as engine
from tournaments.models import Entrant, Format, Group, Pairing, PairingState, Round, Slot, Stage
from tournaments.models.pairings import draw_id

from .matches import create_matches

SIDES = ("top", "bottom")


@lru_cache(maxsize=64)
def bracket_of(format_: str, size: int, third_place: bool) -> engine.Bracket:
    """The bracket of an elimination stage of so many contenders."""
    if format_ == Format.DOUBLE_ELIMINATION:
        return engine.double_elimination(size)
    return engine.single_elimination(size, third_place=third_place)


def stage_bracket(stage: Stage, size: int) -> engine.Bracket:
    """The bracket that a stage of so many contenders plays."""
    return bracket_of(stage.format, size, stage.third_place)


def group_bracket(group: Group, size: int) -> engine.Bracket:
    """The bracket of a group of so many contenders: its own draw, if it came with one.

    Raises `BadDraw`, which only a document can cause.
    """
    if not group.has_draw:
        return stage_bracket(group.stage, size)
    bracket = engine.bracket_of_draw(tuple((key, one, two) for key, one, two in group.draw))
    third_place, is_double = "P3" in bracket, group.stage.format == Format.DOUBLE_ELIMINATION
    if bracket.entrant_count != size or bracket.is_double is not is_double:
        raise engine.BadDraw("The draw is not one of so many entrants in this format.")
    if third_place and not group.stage.third_place:
        raise engine.BadDraw("The draw has a third-place match, and the stage has none.")
    return bracket


def first_round(bracket: engine.Bracket, seeded: Sequence[Entrant]) -> list[list[str]]:
    """The first round's pairs of names, from the top; a bye leaves a pair of one."""
    return [
        [seeded[side.seed - 1].name for side in pairing.sides if isinstance(side, engine.Seed)]
        for pairing in bracket.pairings
        if pairing.round == 1 and pairing.part is engine.Part.WINNERS
    ]


def store_bracket(
    group: Group,
    seeded: Sequence[Entrant],
    outcomes: Mapping[str, engine.Outcome] = MappingProxyType({}),
) -> None:
    """Store a bracket of these entrants: rounds, pairings and the matches ready now.

    With `outcomes` it is as far as these carry it; decided pairings get no matches here.
    """
    group.enter(seeded)
    bracket = group_bracket(group, len(seeded))
    rounds = build_rounds(group, bracket)
    Round.objects.bulk_create(rounds.values())
    rows = build_pairings(group, bracket, rounds, seeded, outcomes)
    create_matches(group.stage, rows)
    insert_rows(rows)


def build_rounds(group: Group, bracket: engine.Bracket) -> dict[tuple[engine.Part, int], Round]:
    """The rounds of a bracket, not stored."""
    rounds: dict[tuple[engine.Part, int], Round] = {}
    now = timezone.now()
    for pairing in bracket.pairings:
        rounds.setdefault(
            (pairing.part, pairing.round),
            Round(
                group=group,
                part=pairing.part.value,
                number=pairing.round,
                name=engine.round_name(bracket, pairing),
                best_of=length_of(group.stage, bracket, pairing),
                published_at=now,
            ),
        )
    return rounds


def build_pairings(
    group: Group,
    bracket: engine.Bracket,
    rounds: Mapping[tuple[engine.Part, int], Round],
    seeded: Sequence[Entrant],
    outcomes: Mapping[str, engine.Outcome] = MappingProxyType({}),
) -> list[Pairing]:
    """The pairings of a bracket of these entrants, not stored and without matches."""
    by_seed, draw = dict(enumerate(seeded, start=1)), draw_id(group, seeded)
    rows = {
        pairing.key: Pairing(
            id=uuid5(draw, pairing.key),
            group=group,
            round=rounds[pairing.part, pairing.round],
            number=pairing.number,
            key=pairing.key,
        )
        for pairing in bracket.pairings
    }
    state = engine.resolve(bracket, outcomes)
    for pairing in bracket.pairings:
        row = rows[pairing.key]
        _write(row, state[pairing.key], by_seed)
        if pairing.winner_to is not None:
            row.winner_to = rows[pairing.winner_to.key]
            row.winner_to_side = pairing.winner_to.side
        if pairing.loser_to is not None:
            row.loser_to = rows[pairing.loser_to.key]
            row.loser_to_side = pairing.loser_to.side
    return list(rows.values())


def length_of(stage: Stage, bracket: engine.Bracket, pairing: engine.Pairing) -> int | None:
    """Best of how many a pairing is, when not as the stage says.

    The final is the last match, in a double elimination the grand final and the bracket reset. Like
    the semi-finals are those that lead to it, there the finals of both brackets, and the
    third-place match.
    """
    last = {engine.Part.WINNERS: bracket.winners_rounds, engine.Part.LOSERS: bracket.losers_rounds}
    to_go = last.get(pairing.part, pairing.round) - pairing.round
    if pairing.part is engine.Part.THIRD_PLACE or (bracket.is_double and pairing.part in last):
        to_go += 1
    return {0: stage.final_best_of, 1: stage.semi_best_of}.get(to_go)


def _write(row: Pairing, resolved: engine.ResolvedPairing, by_seed: Mapping[int, Entrant]) -> None:
    """Put what the engine knows of a pairing into its row."""
    for side, occupant in zip(SIDES, resolved.sides, strict=True):
        seed = occupant.seed if isinstance(occupant, engine.Entrant) else None
        setattr(row, side, None if seed is None else by_seed[seed])
        setattr(row, f"{side}_slot", _slot(occupant))
    row.state = PairingState(resolved.status.value)
    row.loser_leaves = isinstance(resolved.outcome, engine.Win) and resolved.outcome.loser_leaves
    if isinstance(resolved.winner, engine.Entrant):
        row.winner = resolved.sides.index(resolved.winner)
    else:
        row.winner = None


def _slot(occupant: engine.Occupant) -> Slot:
    match occupant:
        case engine.Entrant():
            return Slot.ENTRANT
        case engine.Bye():
            return Slot.BYE
        case engine.Vacant():
            return Slot.VACANT
        case engine.Pending():
            return Slot.PENDING


_CHANGING = (
    "top", "top_slot", "bottom", "bottom_slot", "winner", "state", "loser_leaves", "match",
    "station", "called_at",
)  # fmt: skip


def _keeps_match(row: Pairing, before: tuple[int | None, int | None]) -> bool:
    """Whether the same two meet as before, and their result, if there is one, still counts."""
    counts = row.state == PairingState.DECIDED or row.known_match.state == MatchState.OPEN
    return counts and before == (row.top_id, row.bottom_id)


class BracketState(Mapping[str, engine.ResolvedPairing]):
    """A stored bracket as the engine's state; a pairing is read when the engine asks for it.

    So that a result costs the same however large the bracket is.
    """

    def __init__(self, group: Group, bracket: engine.Bracket) -> None:
        self._group, self._bracket = group, bracket
        self._rows: dict[str, Pairing] = {}
        self._seeds: dict[int, int] = {}
        self._entrants: dict[int, Entrant] = {}

    def row(self, key: str) -> Pairing:
        """The stored pairing; those that it leads to are read with it."""
        if key not in self._rows:
            pairing = self._bracket[key]
            onward = (pairing.winner_to, pairing.loser_to)
            self._read_rows({key, *(place.key for place in onward if place is not None)})
        return self._rows[key]

    def read_all(self) -> list[Pairing]:
        """Every row at once, for who needs the whole bracket."""
        self._read_rows(set(self._bracket.positions))
        return list(self._rows.values())

    def _read_rows(self, keys: set[str]) -> None:
        rows = self._group.pairings.select_related("top", "bottom", "round", "match", "station")
        everything = len(keys) == len(self._bracket)
        found = rows if everything else rows.filter(key__in=keys)
        fresh = [row for row in found if row.key not in self._rows]
        self._rows |= {row.key: row for row in fresh}
        entrants = [e for row in fresh for e in (row.top, row.bottom) if e is not None]
        self._learn_seeds({e.pk: e for e in entrants if e.pk not in self._seeds}, everything)

    def _learn_seeds(self, unknown: Mapping[int, Entrant], everything: bool) -> None:
        if not unknown:
            return
        contenders = self._group.contenders.all()
        if not everything:
            contenders = contenders.filter(entrant__in=unknown)
        for entrant_id, seed in contenders.values_list("entrant_id", "seed"):
            if entrant_id in unknown:
                self._seeds[entrant_id] = seed
                self._entrants[seed] = unknown[entrant_id]

    def __getitem__(self, key: str) -> engine.ResolvedPairing:
        return self._read(self._bracket[key], self.row(key))

    def __iter__(self) -> Iterator[str]:
        return (pairing.key for pairing in self._bracket.pairings)

    def __len__(self) -> int:
        return len(self._bracket.pairings)

    def store(self, changed: Mapping[str, engine.ResolvedPairing]) -> list[Pairing]:
        """Write the pairings that changed; their matches are made, kept or struck out."""
        rows = [self.row(key) for key in changed]
        stale = []
        for row in rows:
            before = (row.top_id, row.bottom_id)
            _write(row, changed[row.key], self._entrants)
            if row.match is not None and not _keeps_match(row, before):
                stale.append(row)
            if row.state != PairingState.DECIDED:
                row.station, row.called_at = None, None
        self._strike_out(stale)
        create_matches(self._group.stage, rows)
        Pairing.objects.bulk_update(rows, _CHANGING)
        return rows

    def _strike_out(self, stale: Sequence[Pairing]) -> None:
        """End matches that are not to be played after all, the last one first."""
        for row in reversed(stale):
            void_match(match=row.known_match)
            row.match = None
        if stale:
            Pairing.objects.filter(pk__in=[row.pk for row in stale]).update(match=None)

    def _read(self, pairing: engine.Pairing, row: Pairing) -> engine.ResolvedPairing:
        sides = tuple(
            self._occupant(source, slot, entrant)
            for source, (slot, entrant) in zip(pairing.sides, row.sides, strict=True)
        )
        outcome: engine.Outcome | engine.Undecided = engine.UNDECIDED
        if row.state == PairingState.DECIDED:
            if row.winner is None:
                outcome = engine.DOUBLE_FORFEIT
            else:
                outcome = engine.Win(engine.Side(row.winner), loser_leaves=row.loser_leaves)
        return engine.settle(pairing, (sides[0], sides[1]), outcome)

    def _occupant(
        self, source: engine.Source, slot: str, entrant: Entrant | None
    ) -> engine.Occupant:
        if entrant is not None:
            return engine.Entrant(self._seeds[entrant.pk])
        if slot == Slot.PENDING and isinstance(source, engine.WinnerOf | engine.LoserOf):
            return engine.Pending(source)
        return engine.VACANT if slot == Slot.VACANT else engine.BYE


def group_state(group: Group) -> tuple[engine.Bracket, BracketState]:
    """A group's bracket and its state; the highest seed is how many play in it."""
    seeds = group.contenders.order_by("-seed").values_list("seed", flat=True)
    bracket = group_bracket(group, seeds[0])
    return bracket, BracketState(group, bracket)
