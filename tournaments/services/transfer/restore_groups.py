"""Groups restored from a document: brackets drawn again from results, tables as played."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils import timezone

from lib.errors import Refusal
from matchmaking.models import Match, MatchState, Outcome, Seat
from matchmaking.results import Result, as_games
from tournaments.engine import elimination as engine
from tournaments.engine.errors import EngineError
from tournaments.engine.history import score_sheets
from tournaments.files.document import GroupPart, PairingPart, PlanPart, ResultPart, RoundPart
from tournaments.files.text import BadFile
from tournaments.models import (
    Bye,
    Contender,
    Entrant,
    Format,
    Group,
    Pairing,
    PairingState,
    Part,
    Round,
    Stage,
    Station,
)
from tournaments.storage.brackets import group_bracket, store_bracket
from tournaments.storage.tables import group_history

#: The note of a Swiss round that was not paired here.
FROM_A_FILE = "As it stood in a file."
OUTCOMES = {
    "played": Outcome.PLAYED,
    "drawn": Outcome.DRAWN,
    "conceded": Outcome.CONCEDED,
    "forfeit": Outcome.FORFEIT,
    "double_forfeit": Outcome.DOUBLE_FORFEIT,
}


@contextmanager
def as_bad_file(prefix: str = "") -> Iterator[None]:
    """Raise what is refused as `BadFile`, which names the place."""
    try:
        yield
    except (Refusal, EngineError, ValueError) as error:
        raise BadFile(f"{prefix}{error}") from error


@dataclass(frozen=True)
class References:
    """What the groups of a document refer to: entrants by seed, stations by number."""

    entrants: Mapping[int, Entrant]
    stations: Mapping[int, Station]

    def entrant(self, seed: int, where: str) -> Entrant:
        """An entrant; raises `BadFile`."""
        if seed not in self.entrants:
            raise BadFile(f"{where}: there is no entrant with the seed {seed}.")
        return self.entrants[seed]


def restore_group(stage: Stage, part: GroupPart, refs: References) -> Group:
    """Store a group with its results; raises `BadFile` for an impossible one."""
    where = f"Stage {stage.number}, group {part.number}"
    group = Group.objects.create(
        stage=stage,
        number=part.number,
        name=part.name,
        first_colour=part.first_colour,
        forbidden_pairs=[list(pair) for pair in part.forbidden_pairs],
        prohibitions=part.prohibitions,
        virtual_points=part.virtual_points,
        has_draw=bool(part.draw),
        draw=part.draw,
    )
    _check_contenders(part, where)
    if stage.is_elimination:
        _restore_bracket(group, part, refs, where)
    else:
        _restore_table(group, part, refs, where)
    return group


def _check_contenders(part: GroupPart, where: str) -> None:
    seeds = [one.seed for one in part.contenders]
    if sorted(seeds) != list(range(1, len(seeds) + 1)) or len(seeds) < 2:
        raise BadFile(f"{where}: the seeds of its contenders must be 1, 2 and so on, from two up.")
    if len({one.entrant for one in part.contenders}) < len(seeds):
        raise BadFile(f"{where}: an entrant is in it twice.")
    known = set(seeds)
    check_plan(part, known, where)


def check_plan(part: PlanPart, known: Set[int], where: str) -> None:
    """Raise `BadFile` where what is said of pairings is not of these seeds."""
    if any(not {*pair} <= known or pair[0] == pair[1] for pair in part.forbidden_pairs):
        raise BadFile(f"{where}: a forbidden pair is not of two of its seeds.")
    named = [seed for _, _, among in part.prohibitions for seed in among]
    named += [seed for seed, _, _ in part.virtual_points]
    if not known >= set(named):
        raise BadFile(f"{where}: a prohibition or virtual points are not of its seeds.")


def _restore_bracket(group: Group, part: GroupPart, refs: References, where: str) -> None:
    ordered = sorted(part.contenders, key=lambda one: one.seed)
    seeded = [refs.entrant(one.entrant, where) for one in ordered]
    parts = {row.key: row for round_ in part.rounds for row in round_.pairings}
    results = {key: row for key, row in parts.items() if row.result is not None}
    outcomes = {key: _outcome(row, f"{where}, {key}") for key, row in results.items()}
    with as_bad_file(f"{where}: "):
        engine.resolve(group_bracket(group, len(seeded)), outcomes)
        store_bracket(group, seeded, outcomes)
    _restore_rounds(group, part.rounds)
    rows = {row.key: row for row in Pairing.objects.in_full().filter(group=group)}
    for key, one in parts.items():
        _check_same(rows.get(key), one, f"{where}, {key}")
    _make_matches(group.stage, list(rows.values()), parts, refs, where)
    Pairing.objects.bulk_update(rows.values(), ("match", "station"), batch_size=400)


def _outcome(row: PairingPart, where: str) -> engine.Outcome:
    assert row.result is not None
    if row.result.outcome == "double_forfeit":
        return engine.DOUBLE_FORFEIT
    if row.result.winner is None:
        raise BadFile(f"{where}: somebody must win in an elimination.")
    return engine.Win(engine.Side(row.result.winner), loser_leaves=row.loser_leaves)


def _check_same(row: Pairing | None, part: PairingPart, where: str) -> None:
    """Raise `BadFile` unless those meet who meet by the results before."""
    if row is None:
        raise BadFile(f"{where}: there is no such pairing in this bracket.")
    meet = [part.first, part.second]
    if meet != [one and one.seed for one in (row.top, row.bottom)]:
        raise BadFile(
            f"{where}: by the results before it {row.top or 'nobody'} meets "
            f"{row.bottom or 'nobody'} there."
        )


def _restore_rounds(group: Group, parts: Iterable[RoundPart]) -> None:
    """Names and lengths of a bracket's rounds, where they were changed."""
    by_number: dict[tuple[str, int], RoundPart] = {(one.part, one.number): one for one in parts}
    rows = [row for row in group.rounds.all() if (row.part, row.number) in by_number]
    for row in rows:
        part = by_number[row.part, row.number]
        row.name, row.best_of = part.name, part.best_of
        row.published_at = part.published_at or row.published_at
    Round.objects.bulk_update(rows, ("name", "best_of", "published_at"))


def _restore_table(group: Group, part: GroupPart, refs: References, where: str) -> None:
    contenders = {
        one.entrant: Contender(
            group=group,
            entrant=refs.entrant(one.entrant, where),
            seed=one.seed,
            from_round=one.from_round,
            until_round=one.until_round,
        )
        for one in part.contenders
    }
    Contender.objects.bulk_create(contenders.values())
    parts = _numbered(part.rounds, where)
    rounds = [
        Round(
            group=group,
            part=Part.TABLE,
            number=one.number,
            name=one.name,
            best_of=one.best_of,
            published_at=one.published_at or timezone.now(),
            note=FROM_A_FILE if group.stage.format == Format.SWISS else "",
        )
        for one in parts
    ]
    Round.objects.bulk_create(rounds)
    rows = [
        _table_row(round_, place, one, contenders, f"{where}, {one.key}")
        for round_, part_ in zip(rounds, parts, strict=True)
        for place, one in enumerate(part_.pairings, start=1)
    ]
    by_key = {one.key: one for round_ in parts for one in round_.pairings}
    _make_matches(group.stage, rows, by_key, refs, where)
    Pairing.objects.bulk_create(rows)
    _restore_byes(part, contenders, where)
    _check_table(group, rows, where)


def _numbered(rounds: Sequence[RoundPart], where: str) -> list[RoundPart]:
    parts = sorted(rounds, key=lambda one: one.number)
    if [one.number for one in parts] != list(range(1, len(parts) + 1)):
        raise BadFile(f"{where}: its rounds must be numbered 1, 2 and so on.")
    keys = Counter(row.key for one in parts for row in one.pairings)
    if twice := [key for key, times in keys.items() if times > 1]:
        raise BadFile(f"{where}: there are two pairings {twice[0]!r}.")
    return parts


def _table_row(
    round_: Round, place: int, part: PairingPart, contenders: Mapping[int, Contender], where: str
) -> Pairing:
    top, bottom = (contenders.get(seed or 0) for seed in (part.first, part.second))
    if top is None or bottom is None or top is bottom:
        raise BadFile(f"{where}: two different contenders of the group must meet.")
    state = PairingState.DECIDED if part.result else PairingState.READY
    winner = part.result.winner if part.result else None
    sides = (top.entrant, bottom.entrant)
    return Pairing.of_board(round_, place, part.key, *sides, state=state, winner=winner)


def _restore_byes(part: GroupPart, contenders: Mapping[int, Contender], where: str) -> None:
    for one in part.byes:
        if one.entrant not in contenders:
            raise BadFile(f"{where}: a bye of round {one.round} is nobody's.")
    if len({(one.entrant, one.round) for one in part.byes}) < len(part.byes):
        raise BadFile(f"{where}: somebody has two byes in one round.")
    Bye.objects.bulk_create(
        Bye(
            contender=contenders[one.entrant],
            round_number=one.round,
            kind=one.kind,
            preset=one.preset,
        )
        for one in part.byes
    )


def _check_table(group: Group, rows: Sequence[Pairing], where: str) -> None:
    """Raise `BadFile` when somebody plays twice at once, or a round robin is none."""
    with as_bad_file(f"{where}: "):
        score_sheets(group_history(group))
    if group.stage.format != Format.ROUND_ROBIN:
        return
    count = group.contenders.count()
    met = Counter(frozenset((row.top_id, row.bottom_id)) for row in rows)
    everybody = count * (count - 1) // 2
    if len(met) != everybody or set(met.values()) != {group.stage.legs}:
        raise BadFile(f"{where}: in a round robin each must meet each other once in every leg.")


def _make_matches(
    stage: Stage,
    rows: Sequence[Pairing],
    parts: Mapping[str, PairingPart],
    refs: References,
    where: str,
) -> None:
    """Store the matches of all pairings that can be played or have been; the rows are not."""
    matches, seats, kept = [], [], []
    for row in rows:
        if row.state not in {PairingState.READY, PairingState.DECIDED}:
            continue
        part = parts.get(row.key)
        match = _match(stage, row, part, f"{where}, {row.key}")
        if row.match is None:
            matches.append(match)
            seats += [
                Seat(match=match, side=side, name=str(one), holds=match.state == MatchState.OPEN)
                for side, one in enumerate(row.both)
            ]
        else:
            kept.append(match)  # made with the bracket
        row.match = match
        if part is not None and part.station is not None:
            row.station = refs.stations.get(part.station)
    Match.objects.bulk_create(matches)
    Match.objects.bulk_update(kept, ("best_of", "live_scores"))
    Seat.objects.bulk_create(seats)


def _match(stage: Stage, row: Pairing, part: PairingPart | None, where: str) -> Match:
    match = Match(pk=row.pk, best_of=row.round.best_of or stage.best_of, draws=stage.draws)
    if part is None or part.result is None:
        match.live_scores = part.live_scores if part else []
        return match
    result = checked_result(part.result, match, where)
    match.state = MatchState.FINISHED
    match.outcome, match.winner = result.outcome, result.winner
    match.scores, match.games = list(result.scores), list(map(list, result.games))
    match.closed_at = part.result.closed_at or timezone.now()
    match.revision = 1
    return match


def _drawn(part: ResultPart, match: Match) -> int | None:
    """The drawn games, which a document does not say: those that the games won leave."""
    if part.games or not match.draws:
        return None
    return max(match.best_of - sum(part.scores), 0)


def checked_result(part: ResultPart, match: Match, where: str) -> Result:
    """A result that a match like this one can have; raises `BadFile`."""
    games = as_games(part.games)
    result = Result(part.winner, OUTCOMES[part.outcome], tuple(part.scores), games)
    has_winner = part.outcome in {"played", "conceded", "forfeit"}
    if has_winner != (part.winner is not None):
        raise BadFile(f"{where}: {part.outcome!r} and the winner {part.winner} do not fit.")
    if part.outcome in {"played", "drawn"}:
        with as_bad_file(f"{where}: "):
            by_score = Result.by_score(
                part.scores,
                best_of=match.best_of,
                draws=match.draws,
                drawn=_drawn(part, match),
                games=games,
            )
        if by_score != result:
            raise BadFile(f"{where}: the score does not fit the result.")
    return result
