"""Players report the matches of a tournament that asks them, and of no other."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lib.errors import Conflict, Forbidden
from matchmaking.callers import Caller
from matchmaking.models import Match, RatedMatch, Rating, Report, ReportState
from matchmaking.services.reports import (
    Claim,
    confirm_result,
    confirm_unanswered_reports,
    report_result,
)
from matchmaking.tests.meetings import player, pool
from tournaments.models import Pairing, Reporting, Tournament, TournamentState
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.reopen import reopen_result
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament

pytestmark = pytest.mark.django_db


def cup(*, reporting: Reporting) -> tuple[Tournament, Match]:
    """A rated cup of two, running, and its final."""
    made = create_tournament(name="Cup", players=["Ann", "Bob"]).tournament
    Tournament.objects.filter(pk=made.pk).update(reporting=reporting, rated_in=pool())
    for entrant in made.entrants.all():
        entrant.player = player(entrant.name)
        entrant.save()
    start_tournament(tournament_id=made.pk, actor=ORGANISER)
    match = Pairing.objects.get(group__stage__tournament=made).match
    assert match is not None
    return made, match


def say(match: Match, name: str, *scores: int) -> Report | None:
    caller = Caller(player_id=player(name).pk)
    return report_result(match_id=match.pk, caller=caller, claim=Claim(scores)).report


def test_the_final_is_reported_confirmed_and_the_cup_is_won() -> None:
    made, match = cup(reporting=Reporting.PLAYERS)
    say(match, "Ann", 1, 0)
    assert Tournament.objects.get(pk=made.pk).state == TournamentState.RUNNING
    confirm_result(match_id=match.pk, caller=Caller(player_id=player("Bob").pk))
    assert Tournament.objects.get(pk=made.pk).state == TournamentState.FINISHED
    assert RatedMatch.objects.get().pool == pool()


def test_a_report_without_an_answer_wins_the_cup_and_is_rated_when_the_organiser_confirms() -> None:
    made, match = cup(reporting=Reporting.PLAYERS)
    say(match, "Ann", 1, 0)
    confirm_unanswered_reports(now=timezone.now() + timedelta(days=1))
    assert Tournament.objects.get(pk=made.pk).state == TournamentState.FINISHED
    assert not Rating.objects.exists()
    seen = Match.objects.get(pk=match.pk).revision
    enter_result(
        tournament_id=made.pk, match_id=match.pk, report=by_score((1, 0)), actor=ORGANISER,
        revision=seen,
    )  # fmt: skip
    assert Rating.objects.get(player=player("Ann")).rating > 1500


def test_where_only_the_organiser_reports_players_are_refused() -> None:
    _, match = cup(reporting=Reporting.ORGANISER)
    with pytest.raises(Forbidden) as refusal:
        say(match, "Ann", 1, 0)
    assert refusal.value.code == "organiser_reports"


def test_the_organisers_result_overtakes_a_report() -> None:
    made, match = cup(reporting=Reporting.PLAYERS)
    say(match, "Ann", 1, 0)
    say(match, "Bob", 0, 1)
    enter_result(tournament_id=made.pk, match_id=match.pk, report=by_score((0, 1)), actor=ORGANISER)
    assert Match.objects.get(pk=match.pk).winner == 1
    assert Report.objects.get().state == ReportState.OVERTAKEN


def test_a_report_on_a_match_seen_before_it_was_reopened_is_refused() -> None:
    made, match = cup(reporting=Reporting.PLAYERS)
    ann = Caller(player_id=player("Ann").pk)
    seen = match.revision
    enter_result(tournament_id=made.pk, match_id=match.pk, report=by_score((0, 1)), actor=ORGANISER)
    reopen_result(tournament_id=made.pk, match_id=match.pk, actor=ORGANISER)
    with pytest.raises(Conflict) as refusal:
        report_result(match_id=match.pk, caller=ann, claim=Claim((1, 0), revision=seen))
    assert refusal.value.code == "result_changed"
    match.refresh_from_db()
    now = Claim((1, 0), revision=match.revision)
    assert report_result(match_id=match.pk, caller=ann, claim=now).report is not None
    confirm_result(match_id=match.pk, caller=Caller(player_id=player("Bob").pk))
    report_result(match_id=match.pk, caller=ann, claim=now)  # the same again is no error
