"""Between the bracket as the engine knows it and the rows that keep it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from matchmaking.models import Match, Seat

from ..engine import elimination as engine
from ..models import Entrant, Pairing, Round, Slot, Stage, Tournament

bracket_of_size = lru_cache(maxsize=64)(engine.single_elimination)

SIDES = ("top", "bottom")


def first_round(seeded: Sequence[Entrant]) -> list[list[str]]:
    """The first round's pairs of names, from the top; a bye leaves a pair of one."""
    return [
        [seeded[side.seed - 1].name for side in pairing.sides if isinstance(side, engine.Seed)]
        for pairing in bracket_of_size(len(seeded)).pairings
        if pairing.round == 1
    ]


def store_bracket(tournament: Tournament, seeded: Sequence[Entrant]) -> Stage:
    """Store a single elimination of these entrants: rounds, pairings and the matches ready now."""
    bracket = bracket_of_size(len(seeded))
    stage = Stage.objects.create(tournament=tournament)
    rounds: dict[int, Round] = {}
    for pairing in bracket.pairings:
        if pairing.round not in rounds:
            name = engine.round_name(bracket, pairing)
            rounds[pairing.round] = Round(stage=stage, number=pairing.round, name=name)
    Round.objects.bulk_create(rounds.values())
    by_seed = dict(enumerate(seeded, start=1))
    rows = {
        pairing.key: Pairing(
            stage=stage, round=rounds[pairing.round], number=pairing.number, key=pairing.key
        )
        for pairing in bracket.pairings
    }
    state = engine.resolve(bracket, {})
    for pairing in bracket.pairings:
        row = rows[pairing.key]
        _write(row, state[pairing.key], by_seed)
        if pairing.winner_to is not None:
            row.winner_to = rows[pairing.winner_to.key]
            row.winner_to_side = pairing.winner_to.side
    _create_matches(list(rows.values()))
    Pairing.objects.bulk_create(rows.values())
    return stage


def _write(row: Pairing, resolved: engine.ResolvedPairing, by_seed: Mapping[int, Entrant]) -> None:
    """Put what the engine knows of a pairing into its row."""
    for side, occupant in zip(SIDES, resolved.sides, strict=True):
        seed = occupant.seed if isinstance(occupant, engine.Entrant) else None
        setattr(row, side, None if seed is None else by_seed[seed])
        setattr(row, f"{side}_slot", _slot(occupant))
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


def _create_matches(rows: Sequence[Pairing]) -> None:
    """Make the match of each pairing that has both entrants and none yet."""
    seats = []
    for row in rows:
        if row.top and row.bottom and row.winner is None and row.match is None:
            row.match = Match()
            seats += [
                Seat(match=row.match, side=side, player_id=entrant.player_id, name=entrant.name)
                for side, entrant in enumerate((row.top, row.bottom))
            ]
    Match.objects.bulk_create({seat.match.pk: seat.match for seat in seats}.values())
    Seat.objects.bulk_create(seats)


class BracketState(Mapping[str, engine.ResolvedPairing]):
    """A stored bracket as the engine's state; a pairing is read when the engine asks for it."""

    def __init__(self, stage: Stage, bracket: engine.Bracket) -> None:
        self._stage, self._bracket = stage, bracket
        self._rows: dict[str, Pairing] = {}

    def __getitem__(self, key: str) -> engine.ResolvedPairing:
        if key not in self._rows:
            self._rows[key] = Pairing.objects.select_related("top", "bottom", "round", "match").get(
                stage=self._stage, key=key
            )
        return _read(self._bracket[key], self._rows[key])

    def __iter__(self) -> Iterator[str]:
        return (pairing.key for pairing in self._bracket.pairings)

    def __len__(self) -> int:
        return len(self._bracket.pairings)

    def store(self, changed: Mapping[str, engine.ResolvedPairing]) -> list[Pairing]:
        """Write the pairings that changed, and make the matches that are now ready."""
        rows = [self._rows[key] for key in changed]
        by_seed = {e.seed: e for row in self._rows.values() for e in (row.top, row.bottom) if e}
        for row in rows:
            _write(row, changed[row.key], by_seed)
        _create_matches(rows)
        fields = ("top", "top_slot", "bottom", "bottom_slot", "winner", "match")
        Pairing.objects.bulk_update(rows, fields)
        return rows


def _read(pairing: engine.Pairing, row: Pairing) -> engine.ResolvedPairing:
    sides = tuple(
        _occupant(source, slot, entrant)
        for source, (slot, entrant) in zip(pairing.sides, row.sides, strict=True)
    )
    outcome: engine.Outcome | engine.Undecided = engine.UNDECIDED
    if row.match is not None and row.winner is not None:
        outcome = engine.Win(engine.Side(row.winner))
    return engine.settle(pairing, (sides[0], sides[1]), outcome)


def _occupant(source: engine.Source, slot: str, entrant: Entrant | None) -> engine.Occupant:
    if entrant is not None:
        return engine.Entrant(entrant.seed)
    if slot == Slot.PENDING and isinstance(source, engine.WinnerOf | engine.LoserOf):
        return engine.Pending(source)
    return engine.VACANT if slot == Slot.VACANT else engine.BYE
