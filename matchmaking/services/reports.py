"""Results by the players: one side reports, the other confirms or disputes; silence confirms."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lib.errors import Conflict, Forbidden, Malformed, NotFound, Refusal
from matchmaking.callers import Caller, player_of
from matchmaking.models import Match, MatchState, Outcome, Report, ReportState, Seat, Vote
from matchmaking.ports.game_host import game_of_match
from matchmaking.ports.match_host import decider_of, match_host, players_may_report
from matchmaking.results import SIDES, Result, report_claim, report_counter
from matchmaking.selectors import open_report
from matchmaking.signals import result_disputed, result_reported

from .matches import accept_unanswered, finish_match, side_count

log = logging.getLogger(__name__)

#: What a settled report that led to the match's result may be.
_AGREED = (ReportState.CONFIRMED, ReportState.SILENT)


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """The match after a player's report or answer, and the report concerned, if any."""

    match: Match
    report: Report | None


@dataclass(frozen=True, slots=True)
class Claim:
    """The result that a player reports: the games won by each side, or a forfeit.

    `drawn` and `games` are the drawn games and the points of each, as `Result.by_score` takes them.
    With `forfeit`, `winner` is the side that wins by it: not given it is the other one, which
    means that the player concedes. `revision` is the match's as the player saw it: the same place
    in a bracket may have had other sides.
    """

    scores: Sequence[int] | None = None
    drawn: int | None = None
    games: Sequence[Sequence[int]] = ()
    forfeit: bool = False
    winner: int | None = None
    revision: int | None = None


@transaction.atomic
def report_result(*, match_id: UUID, caller: Caller, claim: Claim) -> ReportOutcome:
    """Report the result of the caller's match; repeating it changes nothing.

    The same result as in the other side's report confirms it, another disputes it. A player who
    concedes for a side of one to the only other side needs no confirmation. Raises `BadScore`,
    `Forbidden`, `Conflict` and `NotFound`.
    """
    match, mine = _lock(match_id, caller)
    result = _result(match, mine, claim)
    check_winner_stayed(match, result)
    if match.state != MatchState.OPEN:
        return _repeated_report(match, result)
    if claim.revision not in {None, match.revision}:
        raise Conflict(
            "This match has changed since you saw it. Look at it again, then report.",
            code="result_changed",
        )
    _check_asked(match)
    report = open_report(match)
    if result.outcome == Outcome.CONCEDED and _speaks_alone(match, mine):
        assert mine.player is not None
        return ReportOutcome(finish_match(match=match, result=result, by=[mine.player]), None)
    if report is None:
        return _store(match, mine, result)
    return _answer(match, mine, report, result)


@transaction.atomic
def confirm_result(
    *, match_id: UUID, caller: Caller, report_id: UUID | None = None
) -> ReportOutcome:
    """Agree with another's report; once every side does, it ends the match. Repeating is harmless.

    A side agrees when more than half of its players do. In a dispute the reporter's side agrees
    with the counter, and every other one with the report.
    A match that ended because nobody answered is rated by this, if it was not.
    With `report_id`, only that report is meant: one that replaced it meanwhile is a `Conflict`.
    """
    match, mine = _lock(match_id, caller)
    if match.state != MatchState.OPEN:
        return _late_answer(match, mine, report_id)
    _check_asked(match)
    report = _report_to_answer(match, report_id)
    counter = report_counter(report)
    if report.side == mine.side and report.state == ReportState.DISPUTED and counter is not None:
        return _agree(match, report, mine, for_counter=True)
    if report.reporter_id == mine.player_id:
        raise Conflict("You reported this yourself. The others confirm it.", code="own_report")
    return _agree(match, report, mine)


@transaction.atomic
def dispute_result(
    *, match_id: UUID, caller: Caller, report_id: UUID | None = None
) -> ReportOutcome:
    """Disagree with another's report; the organiser decides. Repeating changes nothing."""
    match, mine = _lock(match_id, caller)
    if match.state != MatchState.OPEN:
        raise _closed(match)
    _check_asked(match)
    report = _report_to_answer(match, report_id)
    if report.reporter_id == mine.player_id:
        raise Conflict("You reported this yourself. Report again to correct it.", code="own_report")
    if report.state == ReportState.PENDING:
        _dispute(match, report, mine, None)
    return ReportOutcome(match, report)


@transaction.atomic
def decide_report(*, report_id: UUID, result: Result) -> Match:
    """Decide an open report as the organiser, which ends the match; raises `Conflict`."""
    match_id = Report.objects.filter(pk=report_id).values_list("match", flat=True).first()
    if match_id is None:
        raise NotFound("There is no such report.")
    match = _lock_match(match_id)
    _move(Report.objects.get(pk=report_id), ReportState.DECIDED)
    return finish_match(match=match, result=result)


def confirm_unanswered_reports(*, now: datetime) -> int:
    """Confirm reports that nobody answered in time; returns how many."""
    due = Report.objects.filter(state=ReportState.PENDING, confirm_by__lte=now)
    confirmed = 0
    for report_id, match_id in due.values_list("pk", "match"):
        try:
            confirmed += _confirm_if_unanswered(report_id, match_id, now)
        except Refusal as refusal:
            log.info("Report %s is not confirmed by silence: %s", report_id, refusal.message)
    return confirmed


@transaction.atomic
def _confirm_if_unanswered(report_id: UUID, match_id: UUID, now: datetime) -> bool:
    match = _lock_match(match_id)
    report = Report.objects.get(pk=report_id)
    if report.state != ReportState.PENDING or report.confirm_by > now:
        return False
    _move(report, ReportState.SILENT)
    finish_match(match=match, result=report_claim(report), by=[report.reporter])
    return True


# Who may report what.


def _lock(match_id: UUID, caller: Caller) -> tuple[Match, Seat]:
    """The match, locked after what it belongs to, and the caller's seat in it.

    Raises `Forbidden`, and `Conflict` when it is being played here.
    """
    player = player_of(caller)
    match = _lock_match(match_id)
    mine = next((seat for seat in match.seats.all() if seat.player_id == player.pk), None)
    if mine is None:
        raise Forbidden("You are not in this match.")
    if mine.left_at is not None:
        raise Forbidden("You left this match. The others report its result.", code="left_match")
    if match.state == MatchState.OPEN and game_of_match(match) is not None:
        raise Conflict(
            "This match is played here, and its result stores itself. Open its page to play.",
            code="played_here",
        )
    return match, mine


def _lock_match(match_id: UUID) -> Match:
    match_host().lock(match_id)
    match = (
        Match.objects.select_for_update(no_key=True, of=("self",))
        .in_full()
        .filter(pk=match_id)
        .first()
    )
    if match is None:
        raise NotFound("There is no such match.")
    return match


def _check_asked(match: Match) -> None:
    """Raise unless the players of this match are asked for its result."""
    if not players_may_report(match):
        raise decider_of(match).refusal()


def _result(match: Match, mine: Seat, claim: Claim) -> Result:
    sides = side_count(match)
    if not claim.forfeit:
        if claim.scores is None and not claim.games:
            raise Malformed("`scores` is missing: the games won by each side, such as [2, 1].")
        return Result.by_score(
            claim.scores,
            best_of=match.best_of,
            draws=match.draws,
            sides=sides,
            drawn=claim.drawn,
            games=claim.games,
        )
    if claim.scores or claim.drawn or claim.games:
        raise Malformed("A forfeit has no scores. Leave them out.")
    winner = claim.winner
    if winner is None and sides == 2:
        winner = 1 - mine.side
    if winner is None or not 0 <= winner < sides:
        raise Malformed("Say who wins by forfeit: `winner` is the index of a side, from 0.")
    if winner == mine.side:
        return Result.forfeit(winner)
    return Result(winner, Outcome.CONCEDED)


def check_winner_stayed(match: Match, result: Result) -> None:
    """Raise `Conflict` when the winner is a side of which everybody has left."""
    side = [seat for seat in match.seats.all() if seat.side == result.winner]
    if side and all(seat.left_at is not None for seat in side):
        names = ", ".join(seat.name for seat in side)
        raise Conflict(
            f"{names} left this match, and cannot win it. Report who won of those who stayed.",
            code="side_left",
        )


# The states of a report.


def _store(match: Match, mine: Seat, result: Result) -> ReportOutcome:
    """Store a side's report. The players may queue again: the match is over for them."""
    assert mine.player_id is not None
    now = timezone.now()
    report = Report.objects.create(
        match=match,
        reporter_id=mine.player_id,
        side=mine.side,
        created_at=now,
        confirm_by=now + settings.MATCHPOINT_CONFIRM_AFTER,
        **_as_fields(result),
    )
    Seat.objects.filter(match=match).update(holds=False)
    result_reported.send(sender=Report, report=report, match=match)
    return _agree(match, report, mine)


def _answer(match: Match, mine: Seat, report: Report, result: Result) -> ReportOutcome:
    """Answer an open report with a result."""
    if report.side == mine.side:
        return _own_side_again(match, mine, report, result)
    if agreed := result.agreed_with(report_claim(report)):
        return _agree(match, _narrowed(report, agreed), mine)
    if result != report_counter(report):
        _dispute(match, report, mine, result)
    return _agree(match, report, mine, for_counter=True)


def _narrowed(report: Report, agreed: Result) -> Report:
    """The report with only those points of games that another side gave too."""
    if report_claim(report) != agreed:
        report.games = list(map(list, agreed.games))
        report.save(update_fields=["games"])
    return report


def _own_side_again(match: Match, mine: Seat, report: Report, result: Result) -> ReportOutcome:
    if result == report_claim(report):
        return _agree(match, report, mine)
    if report.state == ReportState.DISPUTED:
        if result == report_counter(report):
            return _agree(match, report, mine, for_counter=True)
        raise Conflict(
            "Both sides have said what they say, and the organiser decides. Confirm what the "
            "other side says to end it now.",
            code="disputed",
        )
    _move(report, ReportState.REPLACED)
    return _store(match, mine, result)


def _speaks_alone(match: Match, mine: Seat) -> bool:
    """Whether a player concedes nobody else's match: alone on one of two sides."""
    mates = [seat for seat in match.seats.all() if seat.side == mine.side]
    return len(mates) == 1 and side_count(match) == SIDES


def _agree(match: Match, report: Report, by: Seat, *, for_counter: bool = False) -> ReportOutcome:
    """Store what a player agrees with; the match ends once every side concerned does."""
    _vote(report, by, for_counter=for_counter)
    result = report_counter(report) if for_counter else report_claim(report)
    if result is None or not _all_agree(match, report, result, for_counter=for_counter):
        return ReportOutcome(match, report)
    return _settle(match, report, result, by, for_counter=for_counter)


def _vote(report: Report, by: Seat, *, for_counter: bool = False) -> None:
    voter = by.player_id
    assert voter is not None
    own = Vote(report=report, player_id=report.reporter_id, side=report.side)
    Vote.objects.bulk_create([own], ignore_conflicts=True)  # a report of before there were votes
    Vote.objects.update_or_create(
        report=report, player_id=voter, defaults={"side": by.side, "for_counter": for_counter}
    )


def _all_agree(match: Match, report: Report, result: Result, *, for_counter: bool) -> bool:
    """Whether more than half of those of each side who have not left agree with a result.

    To concede to the only other side, that one's agreement is not needed. A side without players
    cannot agree; there the report is confirmed by silence.
    """
    there = [seat for seat in match.seats.all() if seat.left_at is None]
    players = Counter(seat.side for seat in there)
    if result.outcome == Outcome.CONCEDED and side_count(match) == SIDES:
        del players[result.winner or 0]
    votes = Counter(
        Vote.objects.filter(
            report=report, for_counter=for_counter, player__in=[seat.player_id for seat in there]
        ).values_list("side", flat=True)
    )
    return all(votes[side] * 2 > count for side, count in players.items())


def _settle(
    match: Match, report: Report, result: Result, by: Seat, *, for_counter: bool
) -> ReportOutcome:
    """All agree."""
    _move(report, ReportState.CONFIRMED, answered_by_id=by.player_id, answered_at=timezone.now())
    votes = report.votes.filter(for_counter=for_counter).select_related("player").order_by("pk")
    agreed = [vote.player for vote in votes]
    return ReportOutcome(finish_match(match=match, result=result, by=agreed), report)


def _dispute(match: Match, report: Report, by: Seat, counter: Result | None) -> None:
    """Store an objection; who agreed with an earlier one has not agreed with this."""
    report.votes.filter(Q(for_counter=True) | Q(player=by.player_id)).delete()
    _move(
        report,
        ReportState.DISPUTED,
        answered_by_id=by.player_id,
        answered_at=timezone.now(),
        counter=_as_fields(counter) if counter else None,
    )
    result_disputed.send(sender=Report, report=report, match=match)


def _move(report: Report, state: ReportState, **values: Any) -> None:
    """Change an open report's state by a counted update: of two at once, the second is refused."""
    still_open = Report.objects.open().filter(pk=report.pk, state=report.state)
    if not still_open.update(state=state, **values):
        raise Conflict("This report is answered already. Look at the match again.")
    report.state = state
    for field, value in values.items():
        setattr(report, field, value)


def _report_to_answer(match: Match, report_id: UUID | None) -> Report:
    report = open_report(match)
    if report is None:
        raise Conflict("Nobody has reported a result yet. Report it yourself.", code="no_report")
    if report_id is not None and report.pk != report_id:
        raise Conflict(
            "Another result has been reported meanwhile. Look at it first.", code="report_replaced"
        )
    return report


def _repeated_report(match: Match, result: Result) -> ReportOutcome:
    """The outcome for a repeated report; raises `Conflict` when the match ended otherwise."""
    if match.state == MatchState.FINISHED and result.agreed_with(Result.of(match)):
        return ReportOutcome(match, _last_report(match))
    raise _closed(match)


def _late_answer(match: Match, mine: Seat, report_id: UUID | None) -> ReportOutcome:
    """Agree with the report that ended the match, now or once more."""
    report = _last_report(match)
    if report is None or report_id not in {None, report.pk}:
        raise _closed(match)
    if report.state == ReportState.SILENT and report.reporter_id != mine.player_id:
        _vote(report, mine)
        if _all_agree(match, report, report_claim(report), for_counter=False):
            accept_unanswered(match=match, state=ReportState.CONFIRMED, by=mine.player)
            report.refresh_from_db()
    return ReportOutcome(match, report)


def _last_report(match: Match) -> Report | None:
    """The report that the match's result comes from."""
    if match.state != MatchState.FINISHED:
        return None
    report = Report.objects.filter(match=match).order_by("-created_at").first()
    return report if report is not None and report.state in _AGREED else None


def _closed(match: Match) -> Conflict:
    return Conflict(f"This match is already {match.get_state_display()}.", code="match_closed")


def _as_fields(result: Result) -> dict[str, Any]:
    return {
        "outcome": result.outcome,
        "winner": result.winner,
        "scores": list(result.scores),
        "games": list(map(list, result.games)),
    }
