"""The admin of players, pools, tickets and matches: what Olga can do and Vera cannot."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matchmaking.callers import Caller
from matchmaking.models import (
    Match,
    MatchState,
    Outcome,
    Player,
    Pool,
    Rating,
    Report,
    ReportState,
    Season,
    Seat,
    Ticket,
    TicketState,
)
from matchmaking.services.matches import cancel_match
from matchmaking.services.players import sign_up
from matchmaking.services.queue.joining import Join, Joined, join_pool, join_pools
from matchmaking.services.reports import Claim, confirm_unanswered_reports, report_result

from .meetings import caller, meeting, won
from .staff import staff, viewer

pytestmark = pytest.mark.django_db

MODELS = ("player", "pool", "ticket", "match", "report", "rating", "season")
QueryLimit = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def olga() -> Client:
    rights = [f"matchmaking.{verb}_{model}" for model in MODELS for verb in ("view", "change")]
    return staff("olga", *rights, "matchmaking.add_pool", "matchmaking.delete_pool")


@pytest.fixture
def vera() -> Client:
    return viewer("matchmaking", *MODELS)


def queue(name: str, pool: str = Pool.DEFAULT) -> Player:
    joined = join_pool(Join(name, pool))
    assert isinstance(joined, Joined)
    return joined.player


def make_match(first: str = "Ann", second: str = "Bob") -> Match:
    queue(first)
    return Match.objects.get(seats__player=queue(second))


def page(model: str, name: str, *args: object) -> str:
    return reverse(f"admin:matchmaking_{model}_{name}", args=args)


def words(browser: Client, address: str, data: dict[str, Any] | None = None) -> str:
    """What a page says, after a post if there is `data`, wherever it leads."""
    if data is None:
        response = browser.get(address, follow=True)
    else:
        response = browser.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def run_action(browser: Client, model: str, action: str, *rows: Any) -> str:
    chosen = [str(row.pk) for row in rows]
    return words(browser, page(model, "changelist"), {"action": action, "_selected_action": chosen})


def noted() -> list[tuple[str, str]]:
    """Who did what, the last first."""
    return [(entry.user.get_username(), entry.change_message) for entry in LogEntry.objects.all()]


# Players.


def test_players_are_found_by_name_and_filtered_by_kind(olga: Client) -> None:
    queue("Guest Gus")
    sign_up(username="Regina", password="a long enough one", guest=None)
    listed = page("player", "changelist")
    assert "Guest Gus" in words(olga, listed) and "Regina" in words(olga, listed)
    guests = words(olga, f"{listed}?kind=guest")
    assert "Guest Gus" in guests and "Regina" not in guests
    registered = words(olga, f"{listed}?kind=registered")
    assert "Guest Gus" not in registered and "Regina" in registered
    found = words(olga, f"{listed}?q=regi")
    assert "Guest Gus" not in found and "Regina" in found


def test_a_player_s_page_shows_tickets_and_matches(olga: Client) -> None:
    match = make_match()
    shown = words(olga, page("player", "change", match.seats.all()[0].player_id))
    assert "Ann vs Bob" in shown
    assert "matched" in shown


def test_nothing_of_a_guest_s_token_is_shown(client: Client) -> None:
    ann = queue("Ann")
    assert ann.token_sha256
    client.force_login(User.objects.create_superuser("rita"))
    for address in (page("player", "changelist"), page("player", "change", ann.pk)):
        shown = words(client, address)
        assert ann.token_sha256 not in shown
        assert "token_sha256" not in shown


def test_players_are_only_read(olga: Client) -> None:
    ann = queue("Ann")
    assert olga.post(page("player", "change", ann.pk), {"name": "Zoe"}).status_code == 403
    assert olga.post(page("player", "delete", ann.pk), {"post": "yes"}).status_code == 403
    assert olga.get(page("player", "add")).status_code == 403
    assert Player.objects.get().name == "Ann"


def test_a_player_s_page_shows_the_latest_of_many_matches(
    olga: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: QueryLimit
) -> None:
    monkeypatch.setattr("lib.admin.LATEST", 5)
    ann = queue("Ann")
    for number in range(8):
        rival = queue(f"Rival {number}")
        cancel_match(match_id=Match.objects.get(seats__player=rival).pk)
        join_pool(Join(None, caller=Caller(player_id=ann.pk)))
    with django_assert_num_queries(11):
        shown = words(olga, page("player", "change", ann.pk))
    assert "Ann vs Rival 7" in shown and "Ann vs Rival 3" in shown
    assert "Rival 2" not in shown


# Pools.


def rules(**fields: str) -> dict[str, str]:
    """A pool's form as it is sent when nothing but these fields is filled in."""
    sent = {
        "team_size": "1", "teams": "2", "best_of": "1", "window_growth": "0",
        "rematch_memory": "0", "party_limit": "1", "regions": "[]", "region_seconds": "60",
        "deviation_floor": "45", "ranked_opponents": "3", "rated_a_day": "10", "leaving": "alone",
        "decided_by": "players",
        "rematch_pause_seconds": "0",
        "gather_seconds": "0",
    }  # fmt: skip
    return sent | fields


def test_a_pool_gets_its_rules(olga: Client) -> None:
    sent = rules(
        name="Doubles", slug="doubles", game="Tennis", is_open="on", team_size="2", rated="on",
        party_limit="2", window_start="100", window_growth="2.5", longest_wait_seconds="90",
        ready_seconds="20", regions='["eu", "us"]', roles='{"keeper": 1}',
        attributes='[{"name": "mode", "kind": "choice", "options": ["a", "b"]}]',
    )  # fmt: skip
    words(olga, page("pool", "add"), sent)
    pool = Pool.objects.get(slug="doubles")
    assert (pool.team_size, pool.window_start, pool.ready_seconds) == (2, 100.0, 20)
    assert pool.rated and pool.regions == ["eu", "us"]
    assert pool.roles == {"keeper": 1} and pool.rules.attributes[0].options == ("a", "b")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"team_size": "6"}, "A team has 1 to 5 players."),
        ({"teams": "1"}, "A match has 2 teams at least"),
        ({"party_limit": "2"}, "fits into a team"),
        ({"ready_seconds": "0"}, "lasts a second at least"),
        ({"regions": '["eu", "eu"]'}, "A region is named twice."),
        ({"best_of": "100"}, "best of 1 to 99"),
        ({"attributes": '[{"name": "x"}]'}, "Attribute 1: Object missing required field"),
        ({"roles": '{"keeper": 1}'}, "here everybody plays alone"),
    ],
)
def test_rules_that_cannot_be_are_reported_in_the_form(
    olga: Client, wrong: dict[str, str], why: str
) -> None:
    said = words(olga, page("pool", "add"), rules(name="Odd", slug="odd") | wrong)
    assert why in said and not Pool.objects.filter(slug="odd").exists()


def test_closing_a_pool_in_its_form_ends_the_waits(olga: Client) -> None:
    pool = Pool.objects.get()
    queue("Ann")
    words(olga, page("pool", "change", pool.pk), rules(name="Open queue"))
    assert not Pool.objects.get().is_open
    assert Ticket.objects.get().state == TicketState.CANCELLED


def test_a_pool_is_made(olga: Client) -> None:
    words(olga, page("pool", "add"), rules(name="Chess", slug="chess", is_open="on"))
    assert Pool.objects.get(slug="chess").is_open
    assert queue("Ann", "chess").name == "Ann"


def test_a_second_pool_of_the_same_slug_is_refused(olga: Client) -> None:
    said = words(olga, page("pool", "add"), rules(name="Again", slug=Pool.DEFAULT))
    assert "Pool with this Slug already exists." in said
    assert Pool.objects.count() == 1


def test_a_pool_keeps_its_slug(olga: Client) -> None:
    pool = Pool.objects.get()
    words(olga, page("pool", "change", pool.pk), rules(name="New", slug="new", is_open="on"))
    pool.refresh_from_db()
    assert (pool.name, pool.slug) == ("New", Pool.DEFAULT)


def test_pools_are_closed_and_opened(olga: Client) -> None:
    pool = Pool.objects.get()
    assert "Closed 1 of 1." in run_action(olga, "pool", "close_pools", pool)
    assert "Closed 0 of 1." in run_action(olga, "pool", "close_pools", pool)
    assert not Pool.objects.get().is_open
    assert "Opened 1 of 1." in run_action(olga, "pool", "open_pools", pool)
    assert Pool.objects.get().is_open
    assert noted() == [("olga", "Opened."), ("olga", "Closed.")]


def test_only_a_pool_that_nobody_used_is_deleted(olga: Client) -> None:
    default = Pool.objects.get()
    used = Pool.objects.create(slug="used", name="Used")
    unused = Pool.objects.create(slug="unused", name="Unused")
    queue("Ann", "used")
    for pool, status in ((default, 403), (used, 403), (unused, 302)):
        answer = olga.post(page("pool", "delete", pool.pk), {"post": "yes"})
        assert answer.status_code == status
    assert set(Pool.objects.all()) == {default, used}
    assert "delete_selected" not in words(olga, page("pool", "changelist"))


def test_waits_without_life_expire(olga: Client) -> None:
    queue("Ann")
    Ticket.objects.update(seen_at=timezone.now() - timedelta(days=1))
    said = run_action(olga, "pool", "expire_waits", Pool.objects.get())
    assert "1 tickets expired." in said
    assert Ticket.objects.get().state == TicketState.EXPIRED
    assert noted() == [("olga", "Expired 1 tickets.")]


# Tickets.


def test_a_ticket_is_cancelled(olga: Client) -> None:
    queue("Ann")
    assert "1 done." in run_action(olga, "ticket", "cancel_tickets", Ticket.objects.get())
    assert Ticket.objects.get().state == TicketState.CANCELLED
    assert noted() == [("olga", "Took Ann out of the queue.")]


def test_a_ticket_that_no_longer_waits_is_refused(olga: Client) -> None:
    make_match()
    queue("Cem")
    said = run_action(olga, "ticket", "cancel_tickets", *Ticket.objects.all())
    assert said.count("This ticket is already matched.") == 2
    assert "1 done." in said
    assert Ticket.objects.filter(state=TicketState.MATCHED).count() == 2


def test_tickets_are_filtered_and_read(olga: Client) -> None:
    make_match()
    queue("Cem")
    waiting = words(olga, page("ticket", "changelist") + "?state__exact=waiting")
    assert "Cem" in waiting and "Ann" not in waiting
    assert "Cem" in words(olga, page("ticket", "change", Ticket.objects.get(name="Cem").pk))
    ticket = Ticket.objects.get(name="Cem")
    assert olga.post(page("ticket", "change", ticket.pk), {"state": "matched"}).status_code == 403


# Matches.


def test_matches_are_found_by_player_and_filtered(olga: Client) -> None:
    cancel_match(match_id=make_match().pk)
    make_match("Cem", "Dan")
    listed = page("match", "changelist")
    found = words(olga, f"{listed}?q=bob")
    assert "Ann vs Bob" in found and "Cem vs Dan" not in found
    still_open = words(olga, f"{listed}?state__exact=open")
    assert "Cem vs Dan" in still_open and "Ann vs Bob" not in still_open


def test_a_match_page_offers_what_can_be_done(olga: Client) -> None:
    match = make_match()
    shown = words(olga, page("match", "change", match.pk))
    assert page("match", "result", match.pk) in shown
    assert page("match", "cancel", match.pk) in shown
    cancel_match(match_id=match.pk)
    shown = words(olga, page("match", "change", match.pk))
    assert page("match", "result", match.pk) not in shown
    assert page("match", "cancel", match.pk) not in shown


def test_a_score_finishes_a_match_and_frees_its_players(olga: Client) -> None:
    match = make_match()
    form = words(olga, page("match", "result", match.pk))
    assert "Ann" in form and "Bob" in form and "Best of 1" in form
    score = {"ending": "played", "score_0": "0", "score_1": "1"}
    said = words(olga, page("match", "result", match.pk), score)
    assert "Entered Ann vs Bob: Bob won 1:0." in said
    match.refresh_from_db()
    assert (match.state, match.outcome, match.winner, match.scores) == (
        MatchState.FINISHED,
        Outcome.PLAYED,
        1,
        [0, 1],
    )
    assert not Seat.objects.filter(holds=True).exists()
    assert noted() == [("olga", "Entered Ann vs Bob: Bob won 1:0.")]


@pytest.mark.parametrize(("ending", "winner", "named"), [("0", 0, "Ann"), ("1", 1, "Bob")])
def test_a_forfeit_finishes_a_match(olga: Client, ending: str, winner: int, named: str) -> None:
    match = make_match()
    said = words(olga, page("match", "result", match.pk), {"ending": ending})
    assert f"Entered Ann vs Bob: {named} won by forfeit." in said
    match.refresh_from_db()
    assert (match.outcome, match.winner) == (Outcome.FORFEIT, winner)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"ending": "played"}, "Enter the score of both sides"),
        ({"ending": "played", "score_0": "1"}, "Enter the score of both sides"),
        ({"ending": "played", "score_0": "1", "score_1": "1"}, "Game 1 ended 1:1"),
        ({"ending": "played", "games": "16 to 9"}, "Write them like"),
        ({"ending": "0", "games": "16:9"}, "A forfeit has no score"),
        ({"ending": "played", "score_0": "0", "score_1": "0"}, "0:0 decides nothing"),
        ({"ending": "played", "score_0": "-1", "score_1": "0"}, "greater than or equal to 0"),
        ({"ending": "played", "score_0": "x", "score_1": "0"}, "Enter a whole number"),
        ({"ending": "0", "score_0": "1", "score_1": "0"}, "A forfeit has no score"),
        ({"ending": "2"}, "Select a valid choice"),
        ({}, "This field is required"),
    ],
)
def test_a_result_that_cannot_be_is_refused_on_its_page(
    olga: Client, entry: dict[str, str], reason: str
) -> None:
    match = make_match()
    assert reason in words(olga, page("match", "result", match.pk), entry | {"pressed": "yes"})
    match.refresh_from_db()
    assert match.state == MatchState.OPEN
    assert noted() == []


def test_the_points_of_each_game_are_enough(olga: Client) -> None:
    match = meeting("Ann", "Bob", best_of=3, draws=True)
    form = words(olga, page("match", "result", match.pk))
    assert "Drawn games" in form and "Points of each game" in form
    entry = {"ending": "played", "games": "11:5, 7-11  9:9"}
    said = words(olga, page("match", "result", match.pk), entry)
    assert "a draw, 1:1 (11:5, 7:11, 9:9)." in said
    other = meeting("Ann", "Bob", best_of=2, draws=True)
    entry = {"ending": "played", "score_0": "1", "score_1": "0"}
    assert "1 of the 2 games" in words(olga, page("match", "result", other.pk), entry)
    words(olga, page("match", "result", other.pk), entry | {"drawn": "1"})
    assert Match.objects.get(pk=other.pk).scores == [1, 0]


def test_a_result_is_entered_once(olga: Client) -> None:
    match = make_match()
    address = page("match", "result", match.pk)
    words(olga, address, {"ending": "played", "score_0": "1", "score_1": "0"})
    again = words(olga, address, {"ending": "played", "score_0": "0", "score_1": "1"})
    assert "This match is already finished." in again
    match.refresh_from_db()
    assert match.winner == 0
    assert len(noted()) == 1
    assert "This match is already finished." in words(olga, address)


def test_a_match_that_no_pool_made_is_not_finished_here(olga: Client) -> None:
    match = Match.objects.create()
    Seat.objects.bulk_create(Seat(match=match, side=i, name=n) for i, n in enumerate("AB"))
    assert page("match", "result", match.pk) not in words(olga, page("match", "change", match.pk))
    said = words(olga, page("match", "result", match.pk), {"ending": "0"})
    assert "This match has a place in a bracket" in said
    match.refresh_from_db()
    assert match.state == MatchState.OPEN
    assert noted() == []


def test_a_match_is_cancelled_after_a_question(olga: Client) -> None:
    match = make_match()
    address = page("match", "cancel", match.pk)
    assert "Cancel Ann vs Bob?" in words(olga, address)
    assert Match.objects.get().state == MatchState.OPEN
    assert "Cancelled Ann vs Bob." in words(olga, address, {"yes": "1"})
    assert Match.objects.get().state == MatchState.CANCELLED
    assert "This match is already cancelled." in words(olga, address, {"yes": "1"})
    assert noted() == [("olga", "Cancelled Ann vs Bob.")]


def test_matches_are_cancelled_from_the_list(olga: Client) -> None:
    over, going = make_match(), make_match("Cem", "Dan")
    cancel_match(match_id=over.pk)
    said = run_action(olga, "match", "cancel_matches", over, going)
    assert "Ann vs Bob: This match is already cancelled." in said
    assert "1 done." in said
    assert noted() == [("olga", "Cancelled Cem vs Dan.")]


def test_matches_are_neither_added_nor_edited_nor_deleted(olga: Client) -> None:
    match = make_match()
    assert olga.get(page("match", "add")).status_code == 403
    assert olga.post(page("match", "change", match.pk), {"winner": "0"}).status_code == 403
    assert olga.post(page("match", "delete", match.pk), {"post": "yes"}).status_code == 403


# Who may only look.


def test_vera_sees_no_buttons(vera: Client) -> None:
    match = make_match()
    shown = words(vera, page("match", "change", match.pk))
    assert "Ann vs Bob" in shown
    assert page("match", "result", match.pk) not in shown
    assert page("match", "cancel", match.pk) not in shown
    for model in MODELS:
        assert 'name="action"' not in words(vera, page(model, "changelist"))


def test_vera_cannot_act(vera: Client) -> None:
    match = make_match()
    for name in ("result", "cancel"):
        address = page("match", name, match.pk)
        assert vera.get(address).status_code == 403
        assert vera.post(address, {"ending": "0"}).status_code == 403
    run_action(vera, "match", "cancel_matches", match)
    queue("Cem")
    run_action(vera, "ticket", "cancel_tickets", Ticket.objects.get(name="Cem"))
    run_action(vera, "pool", "close_pools", Pool.objects.get())
    assert Match.objects.get().state == MatchState.OPEN
    assert Ticket.objects.get(name="Cem").state == TicketState.WAITING
    assert Pool.objects.get().is_open
    assert noted() == []


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    match = make_match()
    answer = client.post(page("match", "cancel", match.pk))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")
    assert Match.objects.get().state == MatchState.OPEN


def test_what_does_not_exist_is_not_found(olga: Client) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    assert olga.get(page("match", "result", missing)).status_code == 404


# Reports, ratings and seasons.


def disputed(first: str = "Ann", second: str = "Bob") -> Report:
    match = meeting(first, second)
    report_result(match_id=match.pk, caller=caller(first), claim=Claim(scores=[1, 0]))
    report_result(match_id=match.pk, caller=caller(second), claim=Claim(scores=[0, 1]))
    return Report.objects.get(match=match)


@pytest.mark.parametrize(("button", "winner"), [("accept", 0), ("objection", 1)])
def test_a_dispute_is_decided(olga: Client, button: str, winner: int) -> None:
    report = disputed()
    assert "Accept the objection" in words(olga, page("report", "change", report.pk))
    said = words(olga, page("report", button, report.pk), {})
    assert "Decided: " in said and "Accept the report" not in said
    assert Match.objects.get().winner == winner
    assert Report.objects.get().state == ReportState.DECIDED


def test_a_result_that_nobody_answered_is_rated_when_staff_accept_it(olga: Client) -> None:
    match = meeting("Ann", "Bob")
    report_result(match_id=match.pk, caller=caller("Ann"), claim=Claim(scores=[1, 0]))
    confirm_unanswered_reports(now=timezone.now() + timedelta(days=1))
    report = Report.objects.get()
    assert "Accept the report" in words(olga, page("report", "change", report.pk))
    assert not Rating.objects.exists()
    said = words(olga, page("report", "accept", report.pk), {})
    assert "Confirmed: " in said and "Accept the report" not in said
    assert Rating.objects.get(player__name="Ann").rating > 1500


def test_a_dispute_is_decided_by_another_result(olga: Client) -> None:
    report = disputed()
    words(olga, page("report", "result", report.pk), {"ending": "neither"})
    assert Match.objects.get().outcome == Outcome.DOUBLE_FORFEIT


def test_a_finished_match_is_corrected_and_rated_anew(olga: Client) -> None:
    match = won("Ann", "Bob")
    sent = {"ending": "played", "score_0": "0", "score_1": "1"}
    words(olga, page("match", "correct", match.pk), sent)
    assert Match.objects.get().winner == 1
    assert Rating.objects.get(player__name="Bob").rating > 1500


def test_a_match_of_three_sides_gets_its_points(olga: Client) -> None:
    match = meeting("Ann", "Bob", "Cem")
    sent = {"ending": "played", "score_0": "5", "score_1": "1", "score_2": "9"}
    words(olga, page("match", "result", match.pk), sent)
    assert (Match.objects.get().winner, Match.objects.get().scores) == (2, [5, 1, 9])


def test_a_season_is_ended_after_a_question(olga: Client) -> None:
    won("Ann", "Bob")
    season = Season.objects.get()
    assert "cannot be undone" in words(olga, page("season", "end", season.pk))
    assert "Ended Season 1 of Ladder." in words(olga, page("season", "end", season.pk), {})
    assert "is over" in words(olga, page("season", "end", season.pk), {})
    assert Season.objects.count() == 2
    assert "Ann" in words(olga, page("season", "change", season.pk))


def test_a_seasons_rules_are_set_while_it_lasts(olga: Client) -> None:
    won("Ann", "Bob")
    season = Season.objects.get()
    address = page("season", "change", season.pk)
    shown = olga.get(address).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(places-[A-Z_]+)" value="(\d+)"', shown))
    assert sent["places-TOTAL_FORMS"] == "0"
    words(olga, address, sent | {"name": "Spring", "keep_percent": "50", "least_deviation": "200"})
    season.refresh_from_db()
    assert (str(season), season.keep_percent) == ("Spring", 50)


def test_ratings_are_read_only(olga: Client) -> None:
    won("Ann", "Bob")
    row = Rating.objects.get(player__name="Ann")
    assert "1662" in words(olga, page("rating", "change", row.pk))
    assert olga.post(page("rating", "change", row.pk), {"rating": "3000"}).status_code == 403


def test_vera_decides_nothing(vera: Client) -> None:
    report = disputed()
    won("Cem", "Dan")
    season = Season.objects.get()
    for address in (page("report", "accept", report.pk), page("season", "end", season.pk)):
        assert vera.post(address).status_code == 403


# How the pages are made.


@pytest.mark.parametrize("model", MODELS)
def test_a_list_of_fifty_needs_few_queries(
    olga: Client, model: str, django_assert_max_num_queries: QueryLimit
) -> None:
    join_pools([Join(f"{side}{number}") for number in range(50) for side in "AB"])
    Pool.objects.bulk_create(Pool(slug=f"pool-{n}", name=f"Pool {n}") for n in range(50))
    with django_assert_max_num_queries(12):
        words(olga, page(model, "changelist"))


def test_pages_hold_to_the_content_security_policy(olga: Client) -> None:
    match = make_match()
    won("Eve", "Fay")
    said = disputed("Gus", "Hal")
    ann = match.seats.all()[0].player_id
    addresses = [page(model, "changelist") for model in MODELS]
    addresses += [page("match", name, match.pk) for name in ("change", "result", "cancel")]
    addresses += [page("player", "change", ann), page("pool", "add")]
    addresses += [page("report", name, said.pk) for name in ("change", "accept", "result")]
    addresses += [page("season", name, Season.objects.get().pk) for name in ("change", "end")]
    for address in addresses:
        shown = words(olga, address)
        assert not re.search(r"\s(style|on\w+)=", shown), address
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", shown)), address
        assert "<style" not in shown
