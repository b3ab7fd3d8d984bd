"""Results by the players: reported, confirmed, disputed, decided; by silence; once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from lib.errors import Conflict, Forbidden, Malformed, NotFound, Refusal, Unauthenticated
from matchmaking.callers import NOBODY
from matchmaking.models import Match, Outcome, RatedMatch, Rating, Report, ReportState, Seat
from matchmaking.ports.match_host import match_host
from matchmaking.results import BadScore, Result
from matchmaking.services.matches import (
    cancel_match,
    correct_match,
    finish_match,
    lapse_matches,
    reopen_match,
)
from matchmaking.services.reports import (
    Claim,
    ReportOutcome,
    confirm_result,
    confirm_unanswered_reports,
    decide_report,
    dispute_result,
    report_result,
)
from matchmaking.signals import result_disputed, result_reported

from .meetings import caller, meeting, player, pool, stored

pytestmark = pytest.mark.django_db

WON, LOST = Claim(scores=[1, 0]), Claim(scores=[0, 1])
GIVE_UP = Claim(forfeit=True)


def say(match: Match, name: str, claim: Claim = WON) -> ReportOutcome:
    return report_result(match_id=match.pk, caller=caller(name), claim=claim)


def agree(match: Match, name: str) -> ReportOutcome:
    return confirm_result(match_id=match.pk, caller=caller(name))


def object_to(match: Match, name: str) -> ReportOutcome:
    return dispute_result(match_id=match.pk, caller=caller(name))


def ending(match: Match) -> tuple[str, str | None, int | None, list[int]]:
    found = stored(match)
    return found.state, found.outcome, found.winner, found.scores


def test_one_side_reports_and_the_other_confirms() -> None:
    match = meeting("Ann", "Bob", best_of=3)
    reported = say(match, "Bob", Claim(scores=[1, 2]))
    assert reported.report is not None and reported.report.state == ReportState.PENDING
    assert stored(match).state == "open"
    reported = agree(match, "Ann")
    assert reported.match.state == "finished"
    assert ending(match) == ("finished", "played", 1, [1, 2])
    assert Report.objects.get().state == ReportState.CONFIRMED
    assert RatedMatch.objects.count() == 1


def test_the_same_words_of_the_other_side_confirm() -> None:
    match = meeting("Ann", "Bob")
    say(match, "Ann")
    assert say(match, "Bob").match.state == "finished"


def test_points_that_only_one_side_gives_are_no_dispute_and_do_not_count() -> None:
    points = Claim(games=[(11, 5), (11, 7)])
    for first, second in ((Claim(scores=[2, 0]), points), (points, Claim(scores=[2, 0]))):
        match = meeting("Ann", "Bob", best_of=3)
        say(match, "Ann", first)
        assert say(match, "Bob", second).match.state == "finished"
        assert say(match, "Bob", second).match.state == "finished"
        assert (stored(match).scores, stored(match).games) == ([2, 0], [])


def test_points_that_differ_are_a_dispute_and_a_side_may_give_in() -> None:
    match = meeting("Ann", "Bob", best_of=3)
    say(match, "Ann", Claim(games=[(11, 5), (11, 7)]))
    report = say(match, "Bob", Claim(games=[(11, 5), (11, 9)])).report
    assert report is not None and report.state == ReportState.DISPUTED
    agree(match, "Ann")
    assert stored(match).games == [[11, 5], [11, 9]]
    reopen_match(match=stored(match))
    assert stored(match).games == []


def test_the_same_report_again_answers_the_same() -> None:
    match = meeting("Ann", "Bob")
    first = say(match, "Ann").report
    again = say(match, "Ann").report
    assert first is not None and again is not None
    assert (first.pk, first.confirm_by) == (again.pk, again.confirm_by)
    done = agree(match, "Bob")
    for reported in (agree(match, "Bob"), say(match, "Ann"), say(match, "Bob")):
        assert reported.report == done.report and reported.match.state == "finished"
    assert RatedMatch.objects.count() == 1


def test_a_player_corrects_a_slip_before_anybody_answers() -> None:
    match = meeting("Ann", "Bob")
    slip = say(match, "Ann", LOST).report
    assert slip is not None
    say(match, "Ann", WON)
    with pytest.raises(Conflict) as refusal:
        confirm_result(match_id=match.pk, caller=caller("Bob"), report_id=slip.pk)
    assert refusal.value.code == "report_replaced"
    agree(match, "Bob")
    assert ending(match)[2] == 0
    assert sorted(Report.objects.values_list("state", flat=True)) == ["confirmed", "replaced"]


def test_other_words_are_a_dispute_and_the_organiser_decides() -> None:
    match = meeting("Ann", "Bob")
    say(match, "Ann", WON)
    report = say(match, "Bob", LOST).report
    assert report is not None and report.state == ReportState.DISPUTED
    assert stored(match).state == "open"
    decide_report(report_id=report.pk, result=Result(0, Outcome.PLAYED, (1, 0)))
    assert ending(match) == ("finished", "played", 0, [1, 0])
    assert Report.objects.get().state == ReportState.DECIDED
    with pytest.raises(Conflict):
        decide_report(report_id=report.pk, result=Result(1, Outcome.PLAYED, (0, 1)))


def test_a_dispute_without_a_score_may_get_one() -> None:
    match = meeting("Ann", "Bob")
    say(match, "Ann")
    assert object_to(match, "Bob").report == object_to(match, "Bob").report
    report = say(match, "Bob", LOST).report
    assert report is not None and report.counter["winner"] == 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("settle", "winner"),
    [
        (lambda match: agree(match, "Ann"), 1),
        (lambda match: say(match, "Ann", LOST), 1),
        (lambda match: agree(match, "Bob"), 0),
        (lambda match: say(match, "Bob", WON), 0),
    ],
)
def test_either_side_ends_a_dispute_by_giving_in(
    settle: Callable[[Match], ReportOutcome], winner: int
) -> None:
    match = meeting("Ann", "Bob")
    say(match, "Ann", WON)
    say(match, "Bob", LOST)
    settle(match)
    assert ending(match)[2] == winner


def test_nobody_confirms_or_disputes_his_own_report() -> None:
    match = meeting(["Ann", "Bea"], ["Cem", "Dan"])
    say(match, "Ann")
    for act in (agree, object_to):
        with pytest.raises(Conflict) as refusal:
            act(match, "Ann")
        assert refusal.value.code == "own_report"
    states = [agree(match, name).match.state for name in ("Dan", "Cem", "Bea")]
    assert states == ["open", "open", "finished"]


def test_there_is_nothing_to_confirm_before_a_report() -> None:
    match = meeting("Ann", "Bob")
    for act in (agree, object_to):
        with pytest.raises(Conflict) as refusal:
            act(match, "Bob")
        assert refusal.value.code == "no_report"


def test_giving_up_ends_the_match_at_once_and_again_is_no_error() -> None:
    match = meeting("Ann", "Bob")
    say(match, "Ann", GIVE_UP)
    assert ending(match) == ("finished", "conceded", 1, [])
    assert say(match, "Ann", GIVE_UP).match.state == "finished"
    with pytest.raises(Conflict) as refusal:
        say(match, "Bob", GIVE_UP)
    assert refusal.value.code == "match_closed"


def test_that_the_other_did_not_come_needs_a_word_or_silence() -> None:
    match = meeting("Ann", "Bob")
    say(match, "Ann", Claim(forfeit=True, winner=0))
    assert stored(match).state == "open"
    agree(match, "Bob")
    assert ending(match) == ("finished", "forfeit", 0, [])
    assert not Rating.objects.exists()


def test_silence_confirms_after_its_time() -> None:
    match, disputed = meeting("Ann", "Bob"), meeting("Cem", "Dan")
    report = say(match, "Ann").report
    say(disputed, "Cem")
    object_to(disputed, "Dan")
    assert report is not None
    assert confirm_unanswered_reports(now=report.confirm_by - timedelta(seconds=1)) == 0
    assert confirm_unanswered_reports(now=report.confirm_by + timedelta(hours=9)) == 1
    assert confirm_unanswered_reports(now=report.confirm_by + timedelta(hours=9)) == 0
    assert ending(match)[2] == 0 and stored(disputed).state == "open"
    assert Report.objects.get(match=match).state == ReportState.SILENT
    assert say(match, "Ann").match.state == "finished"


def unanswered(match: Match, name: str, claim: Claim = WON) -> Report:
    report = say(match, name, claim).report
    assert report is not None
    assert confirm_unanswered_reports(now=report.confirm_by + timedelta(seconds=1)) == 1
    report.refresh_from_db()
    return report


def points(name: str) -> float | None:
    return Rating.objects.filter(player=player(name)).values_list("rating", flat=True).first()


def test_nobody_gains_by_their_own_word_alone_until_the_other_side_confirms() -> None:
    match = meeting("Ann", "Bob")
    report = unanswered(match, "Ann")
    assert ending(match)[2] == 0 and points("Ann") is None
    assert agree(match, "Ann").report == report and points("Ann") is None
    assert agree(match, "Bob").match.state == "finished"
    won = points("Ann")
    assert won is not None and won > 1500
    report.refresh_from_db()
    assert (report.state, report.answered_by) == (ReportState.CONFIRMED, player("Bob"))
    agree(match, "Bob")
    assert points("Ann") == won


def test_a_late_confirmation_is_rated_in_the_place_of_the_match() -> None:
    match, right = meeting("Ann", "Bob"), meeting("Ann", "Bob", slug="right")
    unanswered(match, "Ann")
    finish_match(match=right, result=Result(0, Outcome.PLAYED, (1, 0)))
    for slug in ("ladder", "right"):
        later = meeting("Ann", "Cem", slug=slug)
        finish_match(match=later, result=Result(1, Outcome.PLAYED, (0, 1)))
    agree(match, "Bob")
    for name in ("Ann", "Bob", "Cem"):
        one, other = Rating.objects.filter(player=player(name)).values_list("rating", flat=True)
        assert one == pytest.approx(other)


def test_the_own_loss_counts_without_an_answer_and_a_draw_does_not() -> None:
    unanswered(meeting("Ann", "Bob"), "Ann", LOST)
    bob = points("Bob")
    assert bob is not None and bob > 1500
    unanswered(meeting("Cem", "Dan", best_of=2, draws=True), "Cem", Claim(scores=[1, 1]))
    assert points("Cem") is None


def test_staff_confirm_what_nobody_answered_by_giving_it_the_same_result() -> None:
    match = meeting("Ann", "Bob")
    report = unanswered(match, "Ann")
    correct_match(match=stored(match), result=Result(0, Outcome.PLAYED, (1, 0)))
    assert points("Ann") is not None
    report.refresh_from_db()
    assert report.state == ReportState.DECIDED


def test_another_result_by_staff_is_rated_at_once() -> None:
    match = meeting("Ann", "Bob")
    report = unanswered(match, "Ann")
    correct_match(match=stored(match), result=Result(1, Outcome.PLAYED, (0, 1)))
    bob = points("Bob")
    assert bob is not None and bob > 1500
    report.refresh_from_db()
    assert report.state == ReportState.OVERTAKEN


def test_a_pool_may_rate_what_nobody_answers() -> None:
    ladder = pool()
    ladder.rate_unanswered = True
    ladder.save()
    unanswered(meeting("Ann", "Bob"), "Ann")
    assert points("Ann") is not None


def test_strangers_nobodies_and_unknown_matches_are_refused() -> None:
    match = meeting("Ann", "Bob")
    player("Cem")
    with pytest.raises(Forbidden):
        say(match, "Cem")
    with pytest.raises(Unauthenticated):
        report_result(match_id=match.pk, caller=NOBODY, claim=WON)
    with pytest.raises(NotFound):
        report_result(match_id=uuid4(), caller=caller("Ann"), claim=WON)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        (Claim(scores=[-1, 0]), BadScore),
        (Claim(scores=[10**30, 0]), BadScore),
        (Claim(scores=[1]), BadScore),
        (Claim(scores=[]), BadScore),
        (Claim(scores=[0, 0]), BadScore),
        (Claim(), Malformed),
        (Claim(forfeit=True, winner=2), Malformed),
        (Claim(forfeit=True, winner=-1), Malformed),
        (Claim(forfeit=True, scores=[1, 0]), Malformed),
    ],
)
def test_what_cannot_have_come_out_is_refused(claim: Claim, kind: type[Refusal]) -> None:
    match = meeting("Ann", "Bob")
    with pytest.raises(kind):
        say(match, "Ann", claim)
    assert not Report.objects.exists()


def test_a_finished_match_takes_no_other_report() -> None:
    match = meeting("Ann", "Bob")
    finish_match(match=match, result=Result(0, Outcome.PLAYED, (1, 0)))
    assert say(match, "Ann", WON).report is None
    for act in (partial(say, claim=LOST), agree, object_to):
        with pytest.raises(Conflict) as refusal:
            act(match, "Bob")
        assert refusal.value.code == "match_closed"


def test_a_match_that_ends_otherwise_closes_its_report() -> None:
    match = meeting("Ann", "Bob")
    say(match, "Ann")
    cancel_match(match_id=match.pk)
    assert Report.objects.get().state == ReportState.OVERTAKEN
    assert confirm_unanswered_reports(now=timezone.now() + timedelta(days=1)) == 0


def test_a_reported_match_does_not_lapse_and_its_players_are_free() -> None:
    match = meeting("Ann", "Bob")
    say(match, "Ann")
    Match.objects.filter(pk=match.pk).update(
        created_at=timezone.now() - settings.MATCHPOINT_MATCH_LIFE - timedelta(hours=1)
    )
    assert lapse_matches(now=timezone.now()) == 0
    assert not Seat.objects.filter(holds=True).exists()
    meeting("Ann", "Bob")


def test_after_a_reopening_the_players_report_again() -> None:
    match = meeting("Ann", "Bob")
    say(match, "Ann")
    agree(match, "Bob")
    reopen_match(match=stored(match))
    say(match, "Ann", LOST)
    agree(match, "Bob")
    assert ending(match)[2] == 1
    assert RatedMatch.objects.count() == 1


def test_a_correction_rates_anew_even_while_a_player_plays_on() -> None:
    match = meeting("Ann", "Bob")
    finish_match(match=match, result=Result(0, Outcome.PLAYED, (1, 0)))
    meeting("Ann", "Cem")
    correct_match(match=stored(match), result=Result(1, Outcome.PLAYED, (0, 1)))
    assert ending(match)[2] == 1
    with pytest.raises(Conflict):
        correct_match(match=stored(match), result=Result(1, Outcome.PLAYED, (0, 1)))


def test_more_than_two_sides_report_points() -> None:
    match = meeting("Ann", "Bob", "Cem")
    with pytest.raises(BadScore, match="3 scores"):
        say(match, "Ann", WON)
    say(match, "Ann", Claim(scores=[3, 20, 7]))
    agree(match, "Cem")
    assert ending(match)[0] == "open"
    agree(match, "Bob")
    assert ending(match) == ("finished", "played", 1, [3, 20, 7])


# What is guarded by the database.


def test_a_match_has_one_open_report() -> None:
    match = meeting("Ann", "Bob")
    report = say(match, "Ann").report
    assert report is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(
            match=match,
            reporter=player("Bob"),
            side=1,
            outcome=Outcome.PLAYED,
            winner=1,
            confirm_by=timezone.now(),
        )


def test_of_two_answers_at_once_the_second_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    match = meeting("Ann", "Bob")
    report = say(match, "Ann").report
    assert report is not None
    stale = Report.objects.select_related("reporter", "answered_by").get()
    object_to(match, "Bob")
    monkeypatch.setattr("matchmaking.services.reports.open_report", lambda match: stale)
    with pytest.raises(Conflict, match="answered already"):
        agree(match, "Bob")
    assert stored(match).state == "open"
    assert Report.objects.get().state == ReportState.DISPUTED


# Brackets, which only their tournament knows.


def bracket_match() -> Match:
    match = Match.objects.create()
    for side, name in enumerate(("Ann", "Bob")):
        Seat.objects.create(match=match, side=side, player=player(name), name=name)
    return match


@contextmanager
def listening(signal: Any, receive: Callable[..., object]) -> Iterator[None]:
    signal.connect(receive)
    try:
        yield
    finally:
        signal.disconnect(receive)


def test_a_brackets_match_is_reported_only_where_its_tournament_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    match = bracket_match()
    with pytest.raises(Forbidden) as refusal:
        say(match, "Ann")
    assert refusal.value.code == "organiser_reports"
    monkeypatch.setattr(match_host(), "players_may_report", lambda match: True)
    say(match, "Ann")
    agree(match, "Bob")
    assert ending(match)[2] == 0


def test_reports_and_disputes_are_reported() -> None:
    reported: list[str] = []

    def receive(report: Report, match: Match, **kwargs: object) -> None:
        reported.append(f"{report.state} {match}")

    match = meeting("Ann", "Bob")
    with listening(result_reported, receive), listening(result_disputed, receive):
        say(match, "Ann")
        say(match, "Ann")
        object_to(match, "Bob")
        object_to(match, "Bob")
    assert reported == ["pending Ann vs Bob", "disputed Ann vs Bob"]
