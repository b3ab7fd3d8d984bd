"""A bracket of a source as a group: drawn as there, its results at the matches that they are of."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from math import ceil, log2

from tournaments.engine import elimination as engine
from tournaments.engine.errors import EngineError
from tournaments.files.document import ContenderPart, GroupPart, PairingPart, ResultPart, RoundPart
from tournaments.files.text import BadFile
from tournaments.models import Format

from .meetings import Ending, Meeting, results_of, turned

State = Mapping[str, engine.ResolvedPairing]


@dataclass(frozen=True, slots=True)
class Read:
    """A group as it was read; `is_over` when nothing is left to play in it."""

    group: GroupPart
    is_over: bool
    third_place: bool = False
    remarks: list[str] = field(default_factory=list)


def read_bracket(
    meetings: Sequence[Meeting], entrants: Sequence[int], format_: Format, *, reset: bool = True
) -> Read:
    """A bracket of these entrants, by their seeds in the tournament, the best first.

    `reset` says whether a double elimination has a second grand final. Raises `BadFile` naming the
    match that does not fit.
    """
    numbers = {entrant: number for number, entrant in enumerate(sorted(entrants), start=1)}
    ordered = _without_idle_reset(sorted(meetings, key=_Order(len(numbers), meetings)))
    try:
        bracket, keys, draw = _drawn(ordered, numbers, format_, reset)
    except EngineError as error:
        raise BadFile(f"The bracket cannot be kept here. {error}", code="bad_bracket") from error
    by_key = {keys[one.name]: one for one in ordered if one.name in keys}
    entrant_of = {number: entrant for entrant, number in numbers.items()}
    state = _played(bracket, by_key, entrant_of)
    rounds, remarks = _rounds(bracket, state, by_key, entrant_of)
    open_ = {engine.PairingStatus.PENDING, engine.PairingStatus.READY}
    return Read(
        GroupPart(
            contenders=[ContenderPart(entrant=one, seed=n) for one, n in numbers.items()],
            rounds=rounds,
            draw=[list(row) for row in draw],  # type: ignore[misc]
        ),
        is_over=not any(one.status in open_ for one in state.values()),
        third_place="P3" in bracket,
        remarks=remarks,
    )


class _Order:
    """The order in which an entrant plays matches: winners' rounds, losers', then the finals."""

    def __init__(self, size: int, meetings: Sequence[Meeting]) -> None:
        is_double = any(one.round < 0 for one in meetings)
        self.last = ceil(log2(max(2, size))) if is_double else 10_000

    def __call__(self, meeting: Meeting) -> tuple[int, int]:
        if meeting.round <= 0:  # 0 is the match for the third place
            return (1, -meeting.round) if meeting.round else (3, 0)
        return (0 if meeting.round <= self.last else 2), meeting.round


def _without_idle_reset(ordered: Sequence[Meeting]) -> list[Meeting]:
    """The matches without a second grand final of which nothing is said: it is added anyhow."""
    *rest, last = ordered
    is_idle = last.round > 0 and last.sides == last.feeds == (None, None)
    is_reset = is_idle and any(one.round < 0 for one in rest) and rest[-1].round > 0
    return rest if is_reset and None not in rest[-1].sides else list(ordered)


def _drawn(
    meetings: Sequence[Meeting], numbers: Mapping[int, int], format_: Format, reset: bool
) -> tuple[engine.Bracket, Mapping[str, str], engine.Draw]:
    """The bracket, the keys of the matches in it, and its draw where it is not a usual one."""
    fed = list(_fed(meetings, numbers))
    if any(None in one.feeds for one in fed):
        return _as_usual(meetings, numbers, format_)
    matches = {one.name: (one.feeds[0], one.feeds[1]) for one in fed}
    drawn = engine.lay_out(matches)  # type: ignore[arg-type]
    if drawn.bracket.is_double is not (format_ is Format.DOUBLE_ELIMINATION):
        raise engine.BadDraw(f"It is no {format_.label}.")
    if drawn.bracket.is_double and reset and engine.BRACKET_RESET not in drawn.bracket:
        final = next(name for name, key in drawn.keys.items() if key == "GF")
        matches["the bracket reset"] = (engine.WinnerOf(final), engine.LoserOf(final))
        drawn = engine.lay_out(matches)  # type: ignore[arg-type]
    usual = _usual(format_, len(numbers), third_place="P3" in drawn.bracket)
    if drawn.is_drawn_as(usual, matches):  # type: ignore[arg-type]
        return usual, drawn.keys, ()
    draw = drawn.draw(matches)  # type: ignore[arg-type]
    return engine.bracket_of_draw(draw), drawn.keys, draw


def _usual(format_: Format, size: int, *, third_place: bool) -> engine.Bracket:
    if format_ is Format.DOUBLE_ELIMINATION:
        return engine.double_elimination(size)
    return engine.single_elimination(size, third_place=third_place)


def _fed(meetings: Sequence[Meeting], numbers: Mapping[int, int]) -> Iterator[Meeting]:
    """The matches with where their sides come from: who played before, where it is not said."""
    known = {one.name for one in meetings}
    last: dict[int, Meeting] = {}
    for one in meetings:
        first, second = (
            feed
            if isinstance(feed, engine.WinnerOf | engine.LoserOf) and feed.key in known
            else _came_from(side, last, one, numbers)
            for side, feed in zip(one.sides, one.feeds, strict=True)
        )
        last |= {side: one for side in one.sides if side is not None}
        yield replace(one, feeds=(first, second))


def _came_from(
    entrant: int | None, last: Mapping[int, Meeting], here: Meeting, numbers: Mapping[int, int]
) -> engine.Source | None:
    """Where an entrant comes from, by the last match before; from the draw without one."""
    if entrant is None:
        return None
    if entrant not in numbers:
        raise engine.BadDraw(f"{here.where}: somebody plays who is not in this bracket.")
    before = last.get(entrant)
    if before is None:
        return engine.Seed(numbers[entrant])
    if not before.is_decided:
        return None
    has_won = before.winner is not None and before.sides[before.winner] == entrant
    return engine.WinnerOf(before.name) if has_won else engine.LoserOf(before.name)


def _as_usual(
    meetings: Sequence[Meeting], numbers: Mapping[int, int], format_: Format
) -> tuple[engine.Bracket, Mapping[str, str], engine.Draw]:
    """A bracket of which a file does not say how it goes on: it must be the usual one."""
    third = any(one.round == 0 for one in meetings)
    bracket = _usual(format_, len(numbers), third_place=third)
    waiting: dict[frozenset[int], list[Meeting]] = defaultdict(list)
    for one in meetings:
        if one.is_decided:
            waiting[_pair(one, numbers)].append(one)
    keys: dict[str, str] = {}
    outcomes: dict[str, engine.Outcome] = {}
    while found := _met(engine.resolve(bracket, outcomes), waiting):
        for key, (one, pair) in found.items():
            keys[one.name] = key
            winner = None if one.winner is None else one.sides[one.winner]
            if winner is None:
                outcomes[key] = engine.DOUBLE_FORFEIT
            else:
                outcomes[key] = engine.Win(engine.Side(pair.index(numbers[winner])))
    for left in filter(None, waiting.values()):
        raise engine.BadDraw(
            f"{left[0].where}: the file does not say how the bracket goes on, and by the usual "
            "draw these two do not meet there. Finish the tournament there first, or export it by "
            "the first version of the API, which says it."
        )
    return bracket, keys, ()


def _pair(one: Meeting, numbers: Mapping[int, int]) -> frozenset[int]:
    return frozenset(numbers[side] for side in one.sides if side is not None)


def _met(
    state: State, waiting: Mapping[frozenset[int], list[Meeting]]
) -> dict[str, tuple[Meeting, list[int]]]:
    """The matches that are of the pairings which can be played now."""
    found = {}
    for key, resolved in state.items():
        if resolved.status is engine.PairingStatus.READY:
            pair = [side.seed for side in resolved.sides if isinstance(side, engine.Entrant)]
            if here := waiting.get(frozenset(pair)):
                found[key] = (here.pop(0), pair)
    return found


def _played(
    bracket: engine.Bracket, by_key: Mapping[str, Meeting], entrant_of: Mapping[int, int]
) -> State:
    """The bracket as far as its results carry it, round after round."""
    outcomes: dict[str, engine.Outcome] = {}
    while True:
        state = engine.resolve(bracket, outcomes)
        found = {
            key: _outcome(one, _side_of(state[key], one, entrant_of))
            for key, one in by_key.items()
            if one.is_decided
            and key not in outcomes
            and state[key].status is engine.PairingStatus.READY
        }
        if not found:
            break
        outcomes |= found
    for key, one in by_key.items():
        if one.is_decided and key not in outcomes:
            raise BadFile(
                f"{one.where} has a result, and the results before it do not say who plays.",
                code="bad_bracket",
            )
    return state


def _side_of(
    resolved: engine.ResolvedPairing, one: Meeting, entrant_of: Mapping[int, int]
) -> tuple[int, int]:
    """The entrants of a pairing, which must be those of the match."""
    here = tuple(entrant_of[s.seed] for s in resolved.sides if isinstance(s, engine.Entrant))
    if {*here} != {*one.sides} or len(here) != 2:
        raise BadFile(
            f"{one.where}: by the results before it, other entrants meet there than in the file. "
            "Look at its results there, and at whether somebody was moved by hand.",
            code="bad_bracket",
        )
    return here[0], here[1]


def _outcome(one: Meeting, here: tuple[int, int]) -> engine.Outcome:
    if one.winner is None:
        if one.ending is Ending.DOUBLE_FORFEIT:
            return engine.DOUBLE_FORFEIT
        raise BadFile(f"{one.where}: somebody must win in an elimination.", code="bad_bracket")
    return engine.Win(engine.Side(here.index(one.sides[one.winner] or 0)))


def _rounds(
    bracket: engine.Bracket,
    state: State,
    by_key: Mapping[str, Meeting],
    entrant_of: Mapping[int, int],
) -> tuple[list[RoundPart], list[str]]:
    rounds, remarks = [], []
    pairings = sorted(bracket.pairings, key=lambda p: (p.part.value, p.round))
    for (part, number), of_round in groupby(pairings, key=lambda p: (p.part.value, p.round)):
        here = list(of_round)
        name = engine.round_name(bracket, here[0])
        meetings = [by_key[p.key] for p in here if p.key in by_key]
        results = results_of(meetings, where=name)
        remarks += results.remarks
        rounds.append(
            RoundPart(
                part=part,
                number=number,
                name=name,
                best_of=results.best_of,
                pairings=[
                    _pairing(state[key], one, results.parts, entrant_of)
                    for key, one in ((p.key, by_key[p.key]) for p in here if p.key in by_key)
                    if one.is_decided
                ],
            )
        )
    return rounds, remarks


def _pairing(
    resolved: engine.ResolvedPairing,
    one: Meeting,
    results: Mapping[str, ResultPart],
    entrant_of: Mapping[int, int],
) -> PairingPart:
    first, second = _side_of(resolved, one, entrant_of)
    result = results[one.name]
    same = one.sides == (first, second)
    return PairingPart(
        key=resolved.key,
        first=first,
        second=second,
        result=result if same else turned(result),
    )
