"""Who has a rank, and whose results move it: nobody climbs by guests of their own."""

from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.test import Client

from matchmaking.leaderboards import best_of, history_of
from matchmaking.models import Match, Outcome, Player, Pool, Rating, RatingChange
from matchmaking.results import Result
from matchmaking.schemas import MatchDetail
from matchmaking.services.matches import correct_match, reopen_match
from matchmaking.services.players import sign_up
from matchmaking.services.ratings import refresh_ranks
from matchmaking.services.seasons import end_season

from .meetings import finished, meeting, player, won

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ladder() -> Pool:
    """A pool with the default rules, but that all matches of a day are rated."""
    return Pool.objects.create(slug="ladder", name="Ladder", rated_a_day=0)


def register(*names: str) -> None:
    for name in names:
        Player.objects.filter(pk=player(name).pk).update(user=User.objects.create_user(name))


def rating(name: str) -> float | None:
    return Rating.objects.filter(player=player(name)).values_list("rating", flat=True).first()


def ranks(pool: Pool) -> dict[str, int | None]:
    now = max(Rating.objects.values_list("rated_at", flat=True))
    return {line.name: line.rank for line in best_of(pool, now=now, limit=50)}


def meet_often(*names: str, rounds: int = 9) -> None:
    """The earlier in the list, the stronger: two wins of three."""
    for number in range(rounds):
        for place, name in enumerate(names):
            for other in names[place + 1 :]:
                won(*((name, other) if number % 3 < 2 else (other, name)))


def test_a_guest_does_not_move_a_registered_player() -> None:
    register("Ann")
    won("Ann", "Puppet")
    assert rating("Ann") is None
    puppet = rating("Puppet")
    assert puppet is not None and puppet < 1500
    register("Bea")
    won("Ann", "Bea")
    before = rating("Ann")
    for number in range(30):
        won("Ann", f"Puppet {number}")
    assert rating("Ann") == before
    assert Rating.objects.get(player=player("Ann")).matches == 1


def test_a_match_that_left_a_player_as_they_are_is_shown_as_unrated_to_them(ladder: Pool) -> None:
    register("Ann", "Bea")
    won("Ann", "Bea")
    match = won("Ann", "Puppet")
    shown = MatchDetail.of(Match.objects.in_full().get(pk=match.pk))
    assert [move.player.username for move in shown.ratings] == ["Puppet"]
    assert len(history_of(player("Ann").pk, ladder, limit=10)) == 1


def test_the_pages_say_who_has_a_rank_and_whom_a_match_moves() -> None:
    register("Ann")
    mixed, guests = won("Ann", "Puppet"), won("Gil", "Puppet")
    browser = Client(headers={"accept": "text/html"})
    board = browser.get("/pools/ladder").content.decode()
    assert "Guests have none" in board and "3 different registered players" in board
    for match, said in ((mixed, True), (guests, False)):
        shown = browser.get(f"/matches/{match.pk}").content.decode()
        assert ("do not move registered players" in shown) == said


def test_guests_have_ratings_among_themselves_and_no_rank(ladder: Pool) -> None:
    meet_often("Ann", "Bob", "Cem", "Dan")
    ann, dan = rating("Ann"), rating("Dan")
    assert ann is not None and dan is not None and ann > 1500 > dan
    assert set(ranks(ladder).values()) == {None}


def test_registered_players_have_ranks_after_enough_different_opponents(ladder: Pool) -> None:
    register("Ann", "Bob", "Cem", "Dan", "Pat", "Pal")
    meet_often("Ann", "Bob", "Cem", "Dan", rounds=7)
    for number in range(60):
        won(*(("Pat", "Pal") if number % 3 else ("Pal", "Pat")))
    assert ranks(ladder) == {"Ann": 1, "Bob": 2, "Cem": 3, "Dan": 4, "Pat": None, "Pal": None}
    assert Rating.objects.get(player=player("Pat")).deviation < 110


def test_guests_are_no_opponents_for_a_rank(ladder: Pool) -> None:
    register("Ann", "Bob", "Cem")
    meet_often("Ann", "Bob", "Cem", rounds=12)
    for guest in ("Gil", "Guy", "Gus"):
        won("Ann", guest)
    assert set(ranks(ladder).values()) == {None}


def test_where_guests_count_they_have_ranks(ladder: Pool) -> None:
    ladder.guests_count = True
    ladder.save()
    meet_often("Ann", "Bob", "Cem", "Dan")
    register("Eve")
    won("Eve", "Ann")
    assert rating("Eve") is not None
    assert ranks(ladder)["Ann"] == 1


def test_changed_rules_give_and_take_ranks_at_once(ladder: Pool) -> None:
    meet_often("Ann", "Bob", "Cem", "Dan")
    for guests_count, opponents, first in ((True, 3, 1), (True, 4, None), (False, 1, None)):
        ladder.guests_count, ladder.ranked_opponents = guests_count, opponents
        ladder.save()
        refresh_ranks(pool=ladder)
        assert ranks(ladder)["Ann"] == first


def test_a_correction_counts_opponents_again(ladder: Pool) -> None:
    register("Ann", "Bob", "Cem", "Dan")
    meet_often("Ann", "Bob", "Cem", rounds=12)
    last = won("Ann", "Dan")
    assert ranks(ladder)["Ann"] == 1
    reopen_match(match=last)
    assert ranks(ladder)["Ann"] is None
    finished(Match.objects.in_full().get(pk=last.pk), Result(1, Outcome.PLAYED, (0, 1)))
    assert ranks(ladder)["Ann"] is not None


def test_opponents_are_those_of_the_season(ladder: Pool) -> None:
    register("Ann", "Bob", "Cem", "Dan")
    meet_often("Ann", "Bob", "Cem", "Dan")
    end_season(pool=ladder)
    assert set(Rating.objects.values_list("matches", "sure_until")) == {(0, None)}
    meet_often("Ann", "Bob", rounds=30)
    assert ranks(ladder) == {"Ann": None, "Bob": None}


def test_in_teams_the_others_on_the_own_side_are_no_opponents(ladder: Pool) -> None:
    ladder.team_size, ladder.ranked_opponents = 2, 4
    ladder.save()
    register("Ann", "Bob", "Cem", "Dan", "Eve")
    for number in range(40):
        sides = (["Ann", "Bob"], ["Cem", "Dan"]), (["Ann", "Dan"], ["Eve", "Bob"])
        finished(meeting(*sides[number % 2]), Result(number % 3 % 2, Outcome.PLAYED, ()))
    # Ann has met Cem, Dan, Eve and Bob; Bob has met Cem, Dan and Ann.
    assert ranks(ladder)["Ann"] is not None and ranks(ladder)["Bob"] is None


def sign_up_as(name: str) -> UUID:
    guest = player(name)
    sign_up(username=name, password="correct horse battery", guest=guest)
    return guest.pk


def test_a_guest_who_registers_begins_anew_and_keeps_the_matches(ladder: Pool) -> None:
    for _ in range(5):
        won("Ann", "Puppet")
    lost = won("Ann", "Puppet")
    sign_up_as("Ann")
    assert rating("Ann") is None
    assert RatingChange.objects.moved().filter(player=player("Ann")).count() == 6
    register("Bea")
    won("Ann", "Bea")
    ann = rating("Ann")
    assert ann is not None and 1500 < ann < 1700
    # What was before the sign-up stays without consequence, even corrected.
    correct_match(match=lost, result=Result(1, Outcome.PLAYED, (0, 1)))
    assert rating("Ann") == ann


def test_where_guests_count_they_keep_their_ratings(ladder: Pool) -> None:
    ladder.guests_count = True
    ladder.save()
    won("Ann", "Bob")
    before = rating("Ann")
    sign_up_as("Ann")
    assert rating("Ann") == before
