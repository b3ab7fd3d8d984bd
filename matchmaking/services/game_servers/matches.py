"""What a game server says of a match that it decides: where it is played, how it goes and ends.

Each may be said twice: the second time changes nothing, and has the same answer.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from lib.errors import Conflict, Forbidden, Malformed, NotFound
from matchmaking.models import (
    ExternalPlayer,
    Match,
    MatchState,
    Outcome,
    Pool,
    Seat,
    ServedMatch,
)
from matchmaking.models.game_servers import (
    ADDRESS_MAX_CHARS,
    JOIN_CODE_MAX_CHARS,
    WHY_MAX_CHARS,
)
from matchmaking.ports.match_host import decider_of, match_host
from matchmaking.results import Result
from matchmaking.selectors import match_of
from matchmaking.services.matches import (
    cancel_match,
    finish_match,
    free_seats,
    leave_seat,
    pool_match,
    set_live_scores,
    side_count,
)
from matchmaking.services.queue.backfill.places import fill_at_once, offer_place
from matchmaking.services.queue.new_matches import ClaimLost
from matchmaking.services.reports import check_winner_stayed
from matchmaking.signals import match_allocated, match_scored, match_started, player_left
from service_keys.models import ServiceKey

#: What is kept of one side's secret, and of one player's statistics.
SECRET_MAX_BYTES = 2048
MOST_STATISTICS = 40
STATISTIC_MAX_CHARS = 100
Statistics = Mapping[str, Mapping[str, bool | int | float | str]]


@dataclass(frozen=True, slots=True)
class Allocation:
    """Where a match is played; `by_side` has what only that side may see, in their order."""

    address: str = ""
    join_code: str = ""
    by_side: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a game server says that a match ended; as `Claim`, without a side of its own."""

    scores: Sequence[int] | None = None
    drawn: int | None = None
    games: Sequence[Sequence[int]] = ()
    outcome: str = "played"
    winner: int | None = None
    revision: int | None = None


def match_of_key(match_id: UUID, key: ServiceKey) -> Match:
    """A match that this key's game server decides; raises `NotFound` and `Forbidden`."""
    match = match_of(match_id)
    decider = decider_of(match)
    if not decider.is_key(key):
        who = f"the game server {decider.key.name}" if decider.key else decider.by.label
        raise Forbidden(
            f"This match is not decided by your key, but by {who}.", code="not_your_match"
        )
    return match


@transaction.atomic
def allocate(*, match_id: UUID, key: ServiceKey, allocation: Allocation) -> Match:
    """Say where an open match is played; raises `Malformed`, and `Conflict` when it has ended."""
    match, served = _served(match_id, key)
    _check_allocation(match, allocation)
    said = {
        "address": allocation.address,
        "join_code": allocation.join_code,
        "by_side": list(allocation.by_side),
    }
    is_same = served.allocated_at is not None and all(
        getattr(served, name) == value for name, value in said.items()
    )
    if is_same:
        return match
    _check_open(match)
    _say(served, **said, allocated_at=served.allocated_at or timezone.now())
    match_allocated.send(sender=Match, match=match)
    return match


@transaction.atomic
def start(*, match_id: UUID, key: ServiceKey) -> Match:
    """Say that an open match is being played now."""
    match, served = _served(match_id, key)
    if served.started_at is not None:
        return match
    _check_open(match)
    _say(served, started_at=timezone.now())
    match_started.send(sender=Match, match=match)
    return match


@transaction.atomic
def set_score(
    *, match_id: UUID, key: ServiceKey, scores: Sequence[int], sequence: int | None = None
) -> bool:
    """Store a live score; False for one that is older than what is stored, which stays.

    `sequence` are the server's own numbers, which grow. Raises `BadScore` and `Conflict`.
    """
    match, served = _served(match_id, key)
    if sequence is not None and sequence <= served.sequence:
        return False
    _check_open(match)
    is_same = list(scores) == match.live_scores
    set_live_scores(match=match, scores=scores)
    _say(served, **({} if sequence is None else {"sequence": sequence}))
    if not is_same:
        match_scored.send(sender=Match, match=match)
        match_host().scored(match)
    return True


@transaction.atomic
def end_match(
    *, match_id: UUID, key: ServiceKey, ending: Ending, statistics: Statistics | None = None
) -> Match:
    """Enter the result; raises `BadScore`, `Malformed`, and `Conflict` for another one than before.

    `statistics` are the players' by their ids, of the service or of this site.
    """
    match, served = _served(match_id, key)
    result = _result(match, ending)
    known = {} if statistics is None else _statistics(match, key, statistics)
    if match.state != MatchState.OPEN:
        same = match.state == MatchState.FINISHED and result == Result.of(match)
        if same and (statistics is None or known == served.statistics):
            return match
        if match.state == MatchState.FINISHED:
            raise Conflict(
                "This match has ended, and with another result or other statistics. The first "
                "stands; staff can correct it.",
                code="result_changed",
            )
        raise _closed(match)
    if ending.revision not in {None, match.revision}:
        raise Conflict(
            "This match has changed since you saw it. Look at it again, then report.",
            code="result_changed",
        )
    check_winner_stayed(match, result)
    _say(served, statistics=known)
    return finish_match(match=match, result=result, key=key)


@transaction.atomic
def void(*, match_id: UUID, key: ServiceKey, why: str) -> Match:
    """Call an open match off, of a pool; nobody is rated, and its players may queue again."""
    match, served = _served(match_id, key)
    if len(why) > WHY_MAX_CHARS or not why.isprintable():
        raise Malformed(f"`why` has at most {WHY_MAX_CHARS} characters, all of them printable.")
    if match.state == MatchState.CANCELLED:
        return match
    pool_match(match.pk)
    _check_open(match)
    _say(served, why=why)
    cancel_match(match_id=match.pk)
    return match_of(match.pk)


@transaction.atomic
def leave(*, match_id: UUID, key: ServiceKey, player: str, backfill: bool = False) -> Match:
    """Say that a player left, by the service's id or the site's; the rules of the pool go on.

    With `backfill` the place is offered to those who wait, and the match goes on until it is
    filled or the match ends; raises `Conflict` where the pool offers none.
    """
    made_by = Match.objects.filter(pk=match_id).values("pool")
    pool = Pool.objects.select_for_update(no_key=True).filter(pk__in=made_by).first()
    match, served = _served(match_id, key)
    pool_match(match.pk)
    seat = _seat(match, key, player)
    conceded = match.outcome == Outcome.CONCEDED and match.winner != seat.side
    if conceded or (seat.left_at is not None and (match.state != MatchState.OPEN or not backfill)):
        return match  # leaving twice is leaving
    _check_open(match)
    _say(served)
    if not backfill:
        return leave_seat(match, seat)
    if pool is None or not pool.backfill:
        raise Conflict(
            "This pool offers no places in running matches. Say that they left with `backfill`: "
            "false.",
            code="no_backfill",
        )
    if seat.left_at is None:
        free_seats(match, [seat])
        seat.refresh_from_db()
        player_left.send(sender=Seat, match=match_of(match.pk), seat=seat)
    if offer_place(match, seat):
        with suppress(ClaimLost):  # somebody left the queue at this moment; the tick goes on
            fill_at_once(pool, now=timezone.now())
    return match_of(match.pk)


def _served(match_id: UUID, key: ServiceKey) -> tuple[Match, ServedMatch]:
    """The match, locked after what it belongs to, and its row of what was said."""
    match_host().lock(match_id)
    Match.objects.select_for_update(no_key=True).filter(pk=match_id).first()
    match = match_of_key(match_id, key)
    return match, ServedMatch.objects.get_or_create(match=match)[0]


def _say(served: ServedMatch, **said: Any) -> None:
    said["seen_at"] = timezone.now()
    for name, value in said.items():
        setattr(served, name, value)
    served.save(update_fields=tuple(said))


def _check_open(match: Match) -> None:
    if match.state != MatchState.OPEN:
        raise _closed(match)


def _closed(match: Match) -> Conflict:
    return Conflict(f"This match is already {match.get_state_display()}.", code="match_closed")


def _check_allocation(match: Match, allocation: Allocation) -> None:
    for name, most in (("address", ADDRESS_MAX_CHARS), ("join_code", JOIN_CODE_MAX_CHARS)):
        text = getattr(allocation, name)
        if len(text) > most or not text.isprintable():
            raise Malformed(f"`{name}` has at most {most} characters, all of them printable.")
    if allocation.by_side and len(allocation.by_side) != side_count(match):
        raise Malformed(f"`by_side` has one entry for each of the {side_count(match)} sides.")
    for secret in allocation.by_side:
        encoded = msgspec.json.encode(secret)
        if len(encoded) > SECRET_MAX_BYTES or b"\\u0000" in encoded:
            raise Malformed(
                f"What one side is given has at most {SECRET_MAX_BYTES} bytes, none of them zero."
            )


def _result(match: Match, ending: Ending) -> Result:
    sides = side_count(match)
    if ending.outcome == "played":
        if ending.scores is None and not ending.games:
            raise Malformed("`scores` is missing: the games won by each side, such as [2, 1].")
        return Result.by_score(
            ending.scores,
            best_of=match.best_of,
            draws=match.draws,
            sides=sides,
            drawn=ending.drawn,
            games=ending.games,
        )
    if ending.scores or ending.drawn or ending.games:
        raise Malformed("A forfeit has no scores. Leave them out.")
    if ending.outcome == Outcome.DOUBLE_FORFEIT:
        return Result.double_forfeit()
    if ending.winner is None or not 0 <= ending.winner < sides:
        raise Malformed("Say who wins by forfeit: `winner` is the index of a side, from 0.")
    return Result.forfeit(ending.winner)


def _statistics(match: Match, key: ServiceKey, given: Statistics) -> dict[str, Any]:
    """The statistics by the players' ids here; raises `Malformed` and `NotFound`."""
    found: dict[str, Any] = {}
    for player, values in given.items():
        if len(values) > MOST_STATISTICS:
            raise Malformed(f"There are at most {MOST_STATISTICS} statistics of a player.")
        for name, value in values.items():
            text = f"{name}{value}"
            if len(text) > STATISTIC_MAX_CHARS or not text.isprintable():
                raise Malformed(
                    f"A statistic has at most {STATISTIC_MAX_CHARS} characters, all of them "
                    "printable, its name included."
                )
        found[str(_seat(match, key, player).player_id)] = dict(values)
    return found


def _seat(match: Match, key: ServiceKey, player: str) -> Seat:
    """The seat of a player, by the service's id or the site's; raises `NotFound`."""
    known = ExternalPlayer.objects.filter(key=key, external_id=player)
    external = known.first() if player.isprintable() else None  # PostgreSQL takes no NUL
    player_id = external.player_id if external else _uuid(player)
    seat = next((one for one in match.seats.all() if one.player_id == player_id), None)
    if player_id is None or seat is None:
        raise NotFound(f"{player!r} is not in this match.", code="unknown_player")
    return seat


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
