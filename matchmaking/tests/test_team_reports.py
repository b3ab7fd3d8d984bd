"""Teams, and more than two sides: who must agree, and what happens when somebody leaves."""

import pytest

from lib.errors import Conflict, Forbidden
from matchmaking.models import Match, Pool, Rating, Seat
from matchmaking.services.matches import leave_match
from matchmaking.services.reports import Claim, confirm_result, dispute_result, report_result

from .meetings import caller, meeting, stored

pytestmark = pytest.mark.django_db


def confirms(name: str, match: Match) -> str:
    return confirm_result(match_id=match.pk, caller=caller(name)).match.state


def reports(name: str, match: Match, *scores: int) -> str:
    claim = Claim(scores)
    return report_result(match_id=match.pk, caller=caller(name), claim=claim).match.state


def test_every_side_confirms() -> None:
    match = meeting("Ann", "Bob", "Cem")
    assert reports("Ann", match, 9, 5, 7) == "open"
    assert confirms("Bob", match) == "open" and confirms("Bob", match) == "open"
    assert confirms("Cem", match) == "finished"


def test_in_a_team_more_than_half_confirm() -> None:
    match = meeting(["Ann", "Amy", "Abe"], ["Bob", "Ben", "Bea"])
    assert reports("Ann", match, 1, 0) == "open"
    assert [confirms(name, match) for name in ("Bob", "Ben", "Amy")] == ["open", "open", "finished"]


def test_one_of_a_team_concedes_for_nobody_else() -> None:
    match = meeting(["Ann", "Amy"], ["Bob", "Ben"])
    conceded = report_result(match_id=match.pk, caller=caller("Ann"), claim=Claim(forfeit=True))
    assert conceded.match.state == "open" and conceded.report is not None
    assert confirms("Amy", match) == "finished"
    assert (stored(match).outcome, stored(match).winner) == ("conceded", 1)


def test_a_team_mate_may_disagree() -> None:
    match = meeting(["Ann", "Amy"], ["Bob", "Ben"])
    reports("Ann", match, 0, 1)
    disputed = dispute_result(match_id=match.pk, caller=caller("Amy"))
    assert disputed.report is not None and disputed.report.state == "disputed"


def test_a_third_side_agrees_with_the_objection() -> None:
    match = meeting("Ann", "Bob", "Cem")
    reports("Ann", match, 9, 5, 7)
    confirms("Bob", match)
    assert reports("Cem", match, 9, 5, 12) == "open"
    assert confirms("Ann", match) == "open"  # by that Ann gives in
    assert reports("Bob", match, 9, 5, 12) == "finished"
    assert stored(match).winner == 2


def leaves(name: str, match: Match) -> Match:
    return leave_match(match_id=match.pk, caller=caller(name))


def test_who_leaves_a_team_leaves_alone_and_wins_nothing() -> None:
    match = meeting(["Ann", "Amy"], ["Bob", "Ben"])
    assert leaves("Ann", match).state == "open" and leaves("Ann", match).state == "open"
    seats = Seat.objects.filter(match=match, left_at__isnull=False)
    assert [(seat.name, seat.holds) for seat in seats] == [("Ann", False)]
    with pytest.raises(Forbidden) as refused:
        reports("Ann", match, 1, 0)
    assert refused.value.code == "left_match"
    reports("Amy", match, 1, 0)  # who alone is more than half of those who stayed
    assert [confirms(name, match) for name in ("Bob", "Ben")] == ["open", "finished"]
    ratings = dict(Rating.objects.values_list("player__name", "rating"))
    assert ratings["Amy"] > 1500 > ratings["Bob"] and "Ann" not in ratings


def test_who_leaves_a_team_that_loses_has_lost() -> None:
    match = meeting(["Ann", "Amy"], ["Bob", "Ben"])
    leaves("Ann", match)
    reports("Bob", match, 0, 1)
    assert [confirms(name, match) for name in ("Ben", "Amy")] == ["open", "finished"]
    assert Rating.objects.get(player__name="Ann").rating < 1500


def test_the_last_side_that_stays_wins() -> None:
    match = meeting("Ann", "Bob", "Cem")
    assert leaves("Ann", match).state == "open"
    ended = leaves("Bob", match)
    assert (ended.state, ended.winner, ended.outcome) == ("finished", 2, "conceded")
    ratings = dict(Rating.objects.values_list("player__name", "rating"))
    assert ratings["Cem"] > ratings["Ann"]


def test_where_the_pool_says_so_one_leaves_for_the_side() -> None:
    match = meeting(["Ann", "Amy"], ["Bob", "Ben"])
    Pool.objects.filter(slug="ladder").update(leaving="side")
    ended = leaves("Ann", match)
    assert (ended.state, ended.winner) == ("finished", 1)
    three = meeting("Xia", "Yan", "Zoe")
    assert leaves("Xia", three).state == "open"
    assert (leaves("Yan", three).state, stored(three).winner) == ("finished", 2)


def test_of_three_teams_a_whole_one_leaves_where_the_pool_says_so() -> None:
    match = meeting(["Ann", "Amy"], ["Bob", "Ben"], ["Cem", "Cid"])
    Pool.objects.filter(slug="ladder").update(leaving="side")
    assert leaves("Ann", match).state == "open"
    gone = Seat.objects.filter(match=match, left_at__isnull=False, holds=False)
    assert [seat.name for seat in gone] == ["Ann", "Amy"]
    assert (leaves("Cid", match).state, stored(match).winner) == ("finished", 1)


def test_a_side_that_has_left_is_not_reported_to_have_won() -> None:
    match = meeting("Ann", "Bob", "Cem")
    leaves("Ann", match)
    with pytest.raises(Conflict) as refused:
        reports("Bob", match, 9, 5, 7)
    assert refused.value.code == "side_left"
    assert reports("Bob", match, 0, 5, 7) == "open"
    assert confirms("Cem", match) == "finished"
