"""A match's end: finished with a result, conceded, cancelled or lapsed; once, whoever races."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ..callers import Caller, player_of
from ..errors import Conflict, Forbidden, Refusal, Unknown
from ..models import Match, MatchState, Outcome, Seat
from ..signals import match_closed


class BadScore(Refusal):
    """Scores that decide nothing, or that this match cannot have."""

    code = "bad_score"


def winner_by_score(scores: Sequence[int], *, best_of: int) -> int:
    """The side that won more than half of the games; raises `BadScore`."""
    needed = best_of // 2 + 1
    if len(scores) != 2 or min(scores) < 0:
        raise BadScore("Give two scores, none below zero, in the order of the sides.")
    if sum(scores) > best_of:
        raise BadScore(f"{scores[0]}:{scores[1]} is more games than best of {best_of} allows.")
    if max(scores) != needed:
        raise BadScore(
            f"{scores[0]}:{scores[1]} decides nothing: best of {best_of} is won with {needed}."
        )
    return 0 if scores[0] > scores[1] else 1


def finish_match(*, match: Match, winner: int, scores: Sequence[int], outcome: Outcome) -> Match:
    """End an open match with a winner; raises `Conflict` when it has already ended."""
    return _close(match, MatchState.FINISHED, winner=winner, scores=list(scores), outcome=outcome)


def play_match(*, match: Match, scores: Sequence[int]) -> Match:
    """End an open match by its score; raises `BadScore` or `Conflict`."""
    winner = winner_by_score(scores, best_of=match.best_of)
    return finish_match(match=match, winner=winner, scores=scores, outcome=Outcome.PLAYED)


@transaction.atomic
def leave_match(*, match_id: UUID, caller: Caller) -> Match:
    """Concede an unfinished match of the caller's to the other side."""
    player = player_of(caller)
    match = _pool_match(match_id)
    mine = next((seat for seat in match.seats.all() if seat.player_id == player.pk), None)
    if mine is None:
        raise Forbidden("You are not in this match.")
    return finish_match(match=match, winner=1 - mine.side, scores=(), outcome=Outcome.CONCEDED)


@transaction.atomic
def cancel_match(*, match_id: UUID) -> Match:
    """Call off an open match that a pool made; its players may queue again."""
    return _close(_pool_match(match_id), MatchState.CANCELLED)


def lapse_matches(*, now: datetime) -> int:
    """Close pool matches that nobody has finished in time; gives how many."""
    stale = Match.objects.filter(
        state=MatchState.OPEN,
        pool__isnull=False,
        created_at__lt=now - settings.MATCHPOINT_MATCH_LIFE,
    )
    lapsed = 0
    for match in stale.select_related("pool").prefetch_related("seats"):
        try:
            _close(match, MatchState.LAPSED)
        except Conflict:
            continue  # finished at the last moment
        lapsed += 1
    return lapsed


def _pool_match(match_id: UUID) -> Match:
    match = (
        Match.objects.select_related("pool").prefetch_related("seats").filter(pk=match_id).first()
    )
    if match is None:
        raise Unknown("There is no such match.")
    if match.pool is None:
        raise Conflict(
            "This match has a place in a bracket, and somebody must go on from it. "
            "Enter a result instead, or cancel the tournament.",
            code="bracket_match",
        )
    return match


@transaction.atomic
def _close(match: Match, state: MatchState, **result: object) -> Match:
    """End an open match, counted: of two who end it at once, the second is told."""
    ended: dict[str, object] = {"state": state, "closed_at": timezone.now(), **result}
    if not Match.objects.filter(pk=match.pk, state=MatchState.OPEN).update(**ended):
        match.refresh_from_db(fields=["state", "outcome", "winner", "scores"])
        raise Conflict(f"This match is already {match.get_state_display()}.", code="match_closed")
    Seat.objects.filter(match=match).update(holds=False)
    for field, value in ended.items():
        setattr(match, field, value)
    match_closed.send(sender=Match, match=match)
    return match
