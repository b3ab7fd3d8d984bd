"""The end of a match: finished with a result, conceded, cancelled or lapsed, exactly once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from lib.database.rows import insert_rows
from lib.errors import Conflict, Forbidden
from matchmaking.callers import Caller, player_of
from matchmaking.models import (
    OPEN_REPORT,
    DecidedBy,
    LeaveRule,
    Match,
    MatchState,
    OpenPlace,
    Outcome,
    PlaceState,
    Player,
    Report,
    ReportState,
    Seat,
    ServedMatch,
)
from matchmaking.ports.game_host import game_host
from matchmaking.ports.match_host import decider_of, match_host
from matchmaking.results import SIDES, Result, check_live_scores
from matchmaking.selectors import match_of
from matchmaking.signals import match_closed, match_reopened, player_left
from service_keys.models import ServiceKey

from .ratings import awaited_word, rate_match

#: What an end and the setting of a match write.
_OF_A_RESULT = (
    "state", "outcome", "winner", "scores", "live_scores", "closed_at", "revision", "best_of",
    "draws", "rated_in",
)  # fmt: skip


@transaction.atomic
def finish_match(
    *, match: Match, result: Result, by: Sequence[Player] = (), key: ServiceKey | None = None
) -> Match:
    """End an open match, and let its host continue; raises `Conflict` when it has already ended.

    `by` are the players whose word the result is, or it is that of a game server by its `key`: for
    the host's record.
    """
    if match.pool_id is not None:
        return store_result(match=match, result=result)
    match_host().lock(match.pk)
    store_result(match=match, result=result)
    match_host().match_finished(match, by, key)
    return match


def store_result(*, match: Match, result: Result) -> Match:
    """End an open match, for the host that continues from it; raises `Conflict` as above."""
    return _close(
        match,
        MatchState.FINISHED,
        winner=result.winner,
        scores=list(result.scores),
        games=list(map(list, result.games)),
        outcome=result.outcome,
        live_scores=[],
    )


def side_count(match: Match) -> int:
    """How many sides meet; needs the match's seats."""
    return len({seat.side for seat in match.seats.all()})


@transaction.atomic
def reopen_match(*, match: Match, hold: bool = True) -> Match:
    """Take a finished match's result back; raises `Conflict` when it has none.

    Its players are held again, but for one whom another match of the pool holds by now: that is
    a `Conflict` too. Without `hold` they stay free, and ratings as they are, for a match that ends
    again in the same transaction.
    """
    before = Result.of(match) if match.state == MatchState.FINISHED else None
    opened: dict[str, object] = {
        "state": MatchState.OPEN, "closed_at": None, "outcome": None, "winner": None, "scores": [],
        "games": [],
    }  # fmt: skip
    finished = Match.objects.filter(pk=match.pk, state=MatchState.FINISHED, revision=match.revision)
    if before is None or not finished.update(**opened, revision=F("revision") + 1):
        raise Conflict("This match has no result that could be reopened.", code="match_changed")
    try:
        with transaction.atomic():
            Seat.objects.filter(match=match).update(holds=hold)
    except IntegrityError as error:
        raise Conflict("One of its players is in another match of this pool by now.") from error
    for field, value in opened.items():
        setattr(match, field, value)
    match.revision += 1
    silent = Report.objects.filter(match=match, state=ReportState.SILENT)
    silent.update(state=ReportState.OVERTAKEN)
    if hold:
        rate_match(match=match)
    match_reopened.send(sender=Match, match=match, before=before)
    return match


@transaction.atomic
def void_match(*, match: Match) -> Match:
    """Strike out a bracket's match whose sides do not meet after all; takes its result back first.

    Raises `Conflict` when it has changed meanwhile.
    """
    if match.state == MatchState.FINISHED:
        reopen_match(match=match, hold=False)
    return _close(match, MatchState.CANCELLED, live_scores=[])


@transaction.atomic
def store_matches(matches: Sequence[Match], seats: Sequence[Seat]) -> None:
    """Store new open matches in the places of those that were struck out under the same ids.

    `revision` counts on, so that a page with the old one is out of date. Where the same players
    meet, the match keeps its place in the ratings.
    """
    struck = Match.objects.filter(pk__in=[match.pk for match in matches])
    before = {one.pk: one for one in struck.filter(state=MatchState.CANCELLED)}
    for match in matches:
        if match.pk in before:
            match.revision = before[match.pk].revision
    again = _meeting_again(before, seats)
    Match.objects.filter(pk__in=before.keys() - again).delete()
    for about in (OpenPlace, Seat, Report, ServedMatch):
        about._default_manager.filter(match__in=again).delete()
    insert_rows([match for match in matches if match.pk not in again])
    Match.objects.bulk_update([match for match in matches if match.pk in again], _OF_A_RESULT)
    insert_rows(seats)


def _meeting_again(before: Collection[UUID], seats: Sequence[Seat]) -> set[UUID]:
    """Those of the struck out matches in which the same players sit in these seats."""
    if not before:
        return set()
    old, new = defaultdict(set), defaultdict(set)
    for seat in Seat.objects.filter(match__in=before):
        old[seat.match_id].add((seat.side, seat.player_id))
    for seat in seats:
        new[seat.match_id].add((seat.side, seat.player_id))
    return {pk for pk in before if old[pk] == new[pk]}


@transaction.atomic
def correct_match(*, match: Match, result: Result) -> Match:
    """Replace a finished match's result, and correct the ratings.

    The result that it has is confirmed by this, if one side has reported it without an answer.
    """
    if match.state == MatchState.FINISHED and Result.of(match) == result:
        if accept_unanswered(match=match):
            return match
        raise Conflict("This is the result it has already.", code="same_result")
    reopen_match(match=match, hold=False)
    return finish_match(match=match, result=result)


@transaction.atomic
def accept_unanswered(
    *, match: Match, state: ReportState = ReportState.DECIDED, by: Player | None = None
) -> bool:
    """Let a finished match be rated that waits for an answer to its report; says whether it did.

    The result is that of the report. `by` is the player who confirms it late; none for staff.
    """
    report = awaited_word(match)
    silent = Report.objects.filter(match=match, state=ReportState.SILENT)
    if report is None or not silent.update(state=state, answered_by=by, answered_at=timezone.now()):
        return False
    rate_match(match=match)
    return True


@transaction.atomic
def set_live_scores(*, match: Match, scores: Sequence[int]) -> Match:
    """Store the live score of an open match; raises `BadScore`, or `Conflict` once it has ended."""
    live = check_live_scores(scores, best_of=match.best_of, sides=side_count(match))
    if not Match.objects.filter(pk=match.pk, state=MatchState.OPEN).update(live_scores=live):
        raise Conflict("This match has already ended.", code="match_closed")
    match.live_scores = live
    return match


@transaction.atomic
def leave_match(*, match_id: UUID, caller: Caller) -> Match:
    """Leave an unfinished match of the caller's, which concedes it where only two play.

    In a match of teams, or of more than two sides, the pool says who leaves: by default the player
    alone, else the whole side. The match goes on until one side is left. Leaving twice is leaving.
    Raises `Forbidden` where a game server says who left.
    """
    player = player_of(caller)
    match = pool_match(match_id)
    decider = decider_of(match)
    if decider.by == DecidedBy.GAME_SERVER:
        raise decider.refusal()
    Match.objects.select_for_update(no_key=True).get(pk=match.pk)
    mine = Seat.objects.filter(match=match, player=player).first()
    if mine is None:
        raise Forbidden("You are not in this match.")
    return leave_seat(match, mine)


def leave_seat(match: Match, mine: Seat) -> Match:
    """Let the player of a seat leave, by the rules of the pool; the match is locked."""
    if match.state == MatchState.OPEN and mine.left_at is not None:
        return match
    seats = list(Seat.objects.filter(match=match))
    alone = match.pool is not None and match.pool.leaving == LeaveRule.ALONE
    if len(seats) > SIDES and alone:
        return _leave_and_go_on(match, [mine], seats)
    if side_count(match) > SIDES:
        return _leave_and_go_on(match, [one for one in seats if one.side == mine.side], seats)
    if all(seat.left_at is not None for seat in seats if seat.side != mine.side):
        return _leave_and_go_on(match, [seat for seat in seats if seat.side == mine.side], seats)
    return finish_match(match=match, result=Result(1 - mine.side, Outcome.CONCEDED))


def _leave_and_go_on(match: Match, going: Sequence[Seat], seats: Sequence[Seat]) -> Match:
    """Let players go; the match ends when only one side is left, which wins, or nobody.

    A side whose places are offered to those who wait is still in it.
    """
    free_seats(match, going)
    there = {seat.side for seat in seats if seat.left_at is None and seat not in going}
    offered = OpenPlace.objects.filter(match=match, state=PlaceState.OPEN)
    match = match_of(match.pk)
    if not there:
        return finish_match(match=match, result=Result.double_forfeit())
    if len(there.union(offered.values_list("seat__side", flat=True))) == 1:
        return finish_match(match=match, result=Result(there.pop(), Outcome.CONCEDED))
    for seat in going:
        player_left.send(sender=Seat, match=match, seat=seat)
    return match


def free_seats(match: Match, going: Sequence[Seat]) -> None:
    """Let the players of these seats go free; raises `Conflict` when the match has ended."""
    if not Match.objects.filter(pk=match.pk, state=MatchState.OPEN).exists():
        match.refresh_from_db(fields=["state"])
        raise Conflict(f"This match is already {match.get_state_display()}.", code="match_closed")
    there = Seat.objects.filter(pk__in=[seat.pk for seat in going], left_at=None)
    there.update(left_at=timezone.now(), holds=False)


@transaction.atomic
def cancel_match(*, match_id: UUID) -> Match:
    """Call off an open match that a pool made; its players may queue again."""
    return _close(pool_match(match_id), MatchState.CANCELLED)


def lapse_matches(*, now: datetime) -> int:
    """Close pool matches that were not finished or reported in time; returns how many.

    One that is being played here goes on, and one of which a game server spoke lately.
    """
    stale = Match.objects.filter(
        state=MatchState.OPEN,
        pool__isnull=False,
        created_at__lt=now - settings.MATCHPOINT_MATCH_LIFE,
    )
    lapsed = 0
    stale = stale.exclude(served__seen_at__gte=now - settings.MATCHPOINT_MATCH_LIFE)
    found = list(stale.exclude(reports__state__in=OPEN_REPORT).in_full())
    played = game_host().being_played([match.pk for match in found], now=now) if found else set()
    for match in found:
        if match.pk in played:
            continue
        try:
            _close(match, MatchState.LAPSED)
        except Conflict:
            continue  # finished at the last moment
        lapsed += 1
    return lapsed


def pool_match(match_id: UUID) -> Match:
    """A match that a pool made; raises `NotFound`, and `Conflict` for one of a bracket."""
    match = match_of(match_id)
    if match.pool is None:
        raise Conflict(
            "This match has a place in a bracket, and somebody must go on from it. "
            "Enter a result instead, or cancel the tournament.",
            code="bracket_match",
        )
    return match


@transaction.atomic
def _close(match: Match, state: MatchState, **result: object) -> Match:
    """End an open match by a counted update: of two callers at once, the second is refused.

    It is rated in the same transaction, and its open reports are closed.
    """
    ended: dict[str, object] = {"state": state, "closed_at": timezone.now(), **result}
    still_open = Match.objects.filter(pk=match.pk, state=MatchState.OPEN)
    if not still_open.update(**ended, revision=F("revision") + 1):
        match.refresh_from_db(fields=["state", "outcome", "winner", "scores", "games"])
        raise Conflict(f"This match is already {match.get_state_display()}.", code="match_closed")
    Seat.objects.filter(match=match).update(holds=False)
    if match.pool is not None and match.pool.decided_by == DecidedBy.GAME_SERVER:
        places = OpenPlace.objects.filter(match=match, state=PlaceState.OPEN)
        places.update(state=PlaceState.WITHDRAWN)
    for field, value in ended.items():
        setattr(match, field, value)
    match.revision += 1
    rate_match(match=match)
    Report.objects.open().filter(match=match).update(state=ReportState.OVERTAKEN)
    match_closed.send(sender=Match, match=match)
    return match
