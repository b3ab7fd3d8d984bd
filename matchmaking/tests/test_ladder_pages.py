"""The pages of matches, players and leaderboards, as a browser asks for them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Match, Report
from matchmaking.pages.rating_plot import Point, plot
from matchmaking.services.reports import confirm_unanswered_reports
from matchmaking.services.seasons import end_season

from .meetings import meeting, player, pool, stored, token, won

pytestmark = pytest.mark.django_db


def browser(name: str | None = None) -> Client:
    client = Client(headers={"accept": "text/html"})
    if name is not None:
        player(name)
        client.cookies[GUEST_COOKIE] = token(name)
    return client


def page(name: str | None, path: str) -> str:
    reply = browser(name).get(path)
    assert reply.status_code == 200, reply.status_code
    return reply.content.decode()


def press(name: str, match: Match, action: str, **fields: object) -> Any:
    return browser(name).post(f"/matches/{match.pk}/{action}", fields, follow=False)


def test_a_player_reports_by_a_button_and_the_other_confirms() -> None:
    match = meeting("Ann", "Bob", best_of=3)
    assert "2:1 for Ann" in page("Ann", f"/matches/{match.pk}")
    reply = press("Ann", match, "report", scores="2:1")
    assert reply.status_code == 302 and reply["Location"] == f"/matches/{match.pk}"
    assert "Correct your report" in page("Ann", f"/matches/{match.pk}")
    shown = page("Bob", f"/matches/{match.pk}")
    assert "Ann won 2:1" in shown and "Report the result" not in shown
    press("Bob", match, "report/confirm", report=Report.objects.get().pk)
    assert stored(match).scores == [2, 1]
    assert "Ann won 2:1." in page(None, f"/matches/{match.pk}")


def test_who_did_not_answer_confirms_late_so_that_the_match_is_rated() -> None:
    match = meeting("Ann", "Bob")
    press("Ann", match, "report", scores="1:0")
    confirm_unanswered_reports(now=timezone.now() + timedelta(days=1))
    path = f"/matches/{match.pk}"
    for name in (None, "Ann", "Bob"):
        shown = page(name, path)
        assert "Not rated yet" in shown and (f"{path}/report/confirm" in shown) == (name == "Bob")
    press("Bob", match, "report/confirm", report=Report.objects.get().pk)
    shown = page("Bob", path)
    assert "Not rated yet" not in shown and "+162" in shown


def test_a_player_disputes_with_another_score_or_without() -> None:
    match, other = meeting("Ann", "Bob"), meeting("Cem", "Dan")
    press("Ann", match, "report", scores="1:0")
    press("Bob", match, "report/dispute", scores="0:1")
    press("Cem", other, "report", scores="1:0")
    press("Dan", other, "report/dispute")
    assert list(Report.objects.values_list("state", flat=True)) == ["disputed", "disputed"]
    shown = page("Ann", f"/matches/{match.pk}")
    assert "The sides disagree" in shown and "Confirm their result" in shown


def test_scores_are_typed_where_there_are_many() -> None:
    match = meeting("Ann", "Bob", best_of=4, draws=True)
    assert 'name="score_1"' in page("Ann", f"/matches/{match.pk}")
    press("Ann", match, "report", score_0="2", score_1="2")
    assert "a draw, 2:2" in page("Bob", f"/matches/{match.pk}")


def test_the_points_of_each_game_are_reported_and_shown() -> None:
    match = meeting("Ann", "Bob", best_of=3)
    shown = page("Ann", f"/matches/{match.pk}")
    assert 'name="game_3_1"' in shown and 'aria-label="Game 3, points of Bob"' in shown
    points = {f"game_{n}_{side}": "" for n in (1, 2, 3) for side in (0, 1)}
    for wrong in ({}, {"game_1_0": "11"}, {"game_2_0": "11", "game_2_1": "5"}, {"game_1_0": "x"}):
        press("Ann", match, "report", outcome="points", **(points | wrong))
    assert not Report.objects.exists()
    won = {"game_1_0": "5", "game_1_1": "11", "game_2_0": "9", "game_2_1": "11"}
    press("Ann", match, "report", outcome="points", **(points | won))
    assert "Bob won 2:0 (11:5, 11:9)" in page("Bob", f"/matches/{match.pk}")
    press("Bob", match, "report/confirm")
    assert stored(match).games == [[5, 11], [9, 11]]
    assert "Bob won 2:0 (11:5, 11:9)." in page(None, f"/matches/{match.pk}")


def test_a_single_game_is_shown_by_its_points() -> None:
    match = meeting("Ann", "Bob")
    press("Ann", match, "report", outcome="points", game_1_0="16", game_1_1="9")
    press("Bob", match, "report/confirm")
    assert stored(match).scores == [1, 0]
    assert re.findall(r'"score-number">(\d*)<', page(None, f"/matches/{match.pk}")) == ["16", "9"]


def test_missing_games_are_asked_for_where_games_can_be_drawn() -> None:
    match = meeting("Ann", "Bob", best_of=2, draws=True)
    assert 'name="drawn"' in page("Ann", f"/matches/{match.pk}")
    press("Ann", match, "report", score_0="1", score_1="0", drawn="0")
    assert not Report.objects.exists()
    press("Ann", match, "report", score_0="1", score_1="0", drawn="1")
    assert "Ann won 1:0" in page("Bob", f"/matches/{match.pk}")


def test_giving_up_and_a_no_show_are_one_press() -> None:
    match, other = meeting("Ann", "Bob"), meeting("Cem", "Dan")
    press("Ann", match, "report", outcome="forfeit")
    assert stored(match).outcome == "conceded"
    press("Cem", other, "report", outcome="forfeit", winner="0")
    assert "Cem won by forfeit" in page("Dan", f"/matches/{other.pk}")


@pytest.mark.parametrize("fields", [{"scores": "x:y"}, {"scores": "9:9"}, {}, {"score_0": "²"}])
def test_a_score_that_cannot_be_is_reported_on_the_page(fields: dict[str, str]) -> None:
    match = meeting("Ann", "Bob")
    reply = browser("Ann").post(f"/matches/{match.pk}/report", fields, follow=True)
    assert 'class="message message-error"' in reply.content.decode()
    assert not Report.objects.exists()


def test_those_who_watch_have_no_buttons() -> None:
    match = meeting("Ann", "Bob")
    for name in (None, "Cem"):
        shown = page(name, f"/matches/{match.pk}")
        assert (
            "Report the result" not in shown and '<form method="post" action="/matches' not in shown
        )
    assert press("Cem", match, "report", scores="1:0").status_code == 302
    assert not Report.objects.exists()


def test_the_part_that_moves_is_served_by_itself() -> None:
    match = meeting("Ann", "Bob")
    part = page("Ann", f"/matches/{match.pk}/panel")
    assert "<html" not in part and "Report the result" in part
    assert browser().get(f"/matches/{uuid4()}/panel").status_code == 404
    assert browser().get(f"/matches/{uuid4()}").status_code == 404


def test_a_finished_match_shows_how_far_it_moved_the_ratings() -> None:
    match = won("Ann", "Bob")
    assert "+162" in page(None, f"/matches/{match.pk}")


def test_a_player_has_a_plot_of_the_rating_and_the_last_matches() -> None:
    for _ in range(3):
        won("Ann", "Bob")
    shown = page(None, f"/players/{player('Ann').pk}")
    assert shown.count("<circle") == 4 and "<desc" in shown and "style=" not in shown
    assert shown.count('class="result result-won"') == 3
    assert "provisional" in shown
    assert "No rated match yet" in page(None, f"/players/{player('Zoe').pk}")
    assert browser().get(f"/players/{uuid4()}").status_code == 404


def test_the_leaderboard_has_pages_a_search_and_past_seasons() -> None:
    for number in range(30):
        won(f"Ann {number:02}", f"Bob {number:02}")
    first = page(None, "/pools/ladder")
    assert "Page 1 of 2" in first and first.count("<tr") == 51
    assert page(None, "/pools/ladder?page=2").count("<tr") == 11
    assert page(None, "/pools/ladder?search=bob+07").count("<tr") == 2
    assert "Nobody found" in page(None, "/pools/ladder?search=%3Cscript%3E")
    end_season(pool=pool())
    assert "Nobody is on the table yet" in page(None, "/pools/ladder")
    past = page(None, "/pools/ladder?season=1&search=bob")
    assert past.count("<tr") == 31 and "as it ended on" in past
    assert browser().get("/pools/nowhere").status_code == 404


def test_a_name_is_never_markup() -> None:
    won("<b>Ann</b>", "Bob")
    for path in ("/pools/ladder", f"/players/{player('<b>Ann</b>').pk}", "/leaderboards"):
        assert "<b>Ann" not in page(None, path)


def test_all_leaderboards_show_their_best() -> None:
    won("Ann", "Bob")
    pool("empty")
    shown = page(None, "/leaderboards")
    assert "Ann" in shown and "No rated match yet" in shown


def test_a_leaderboards_cost_does_not_grow(django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        won(f"Ann {number}", f"Bob {number}")
    with django_assert_max_num_queries(6):
        browser().get("/pools/ladder")


def test_every_page_reminds_a_player_of_a_report_that_waits() -> None:
    match = meeting("Ann", "Bob")
    press("Ann", match, "report", scores="1:0")
    assert "Look, and answer" in page("Bob", "/leaderboards")
    for name, path in (("Ann", "/leaderboards"), ("Bob", f"/matches/{match.pk}")):
        assert "Look, and answer" not in page(name, path)
    press("Bob", match, "report/dispute")
    assert "Look, and answer" not in page("Bob", "/leaderboards")


def test_the_winners_games_come_first_in_words() -> None:
    match = meeting("Ann", "Bob", best_of=3)
    assert "2:1 for Bob" in page("Ann", f"/matches/{match.pk}")
    press("Ann", match, "report", scores="1:2")
    assert "Bob won 2:1" in page("Bob", f"/matches/{match.pk}")


# The plot's geometry.


def points(*ratings: float, deviation: float = 60) -> list[Point]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [Point(start + timedelta(days=n), r, deviation) for n, r in enumerate(ratings)]


def test_a_plot_needs_two_points() -> None:
    assert plot(points()) is None and plot(points(1500)) is None


@pytest.mark.parametrize("ratings", [(1500, 1500), (1400, 1900), (-300, 4000), (1500, 1500.4)])
def test_everything_drawn_is_inside_the_box(ratings: tuple[float, ...]) -> None:
    drawn = plot(points(*ratings, deviation=350))
    assert drawn is not None
    corners = [corner.split(",") for corner in f"{drawn.line} {drawn.band}".split()]
    assert all(0 <= float(x) <= drawn.width and 0 <= float(y) <= drawn.foot for x, y in corners)
    assert 2 <= len(drawn.scale) <= 9
    assert all(12 <= tick.at <= drawn.foot for tick in drawn.scale)


def test_the_higher_rating_stands_higher() -> None:
    drawn = plot(points(1400, 1600))
    assert drawn is not None
    low, high = drawn.dots
    assert high.y < low.y and high.x > low.x
    assert "from 1400 to 1600, highest 1600, lowest 1400" in drawn.summary
