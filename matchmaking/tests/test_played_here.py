"""Pools whose matches are played here: their game, and who may not report a result."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lib.errors import Conflict
from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Match, MatchState, Pool
from matchmaking.ports.game_host import PlayedHere, checked_game, game_of_match, game_options
from matchmaking.results import Result
from matchmaking.schemas import QueueMatched
from matchmaking.selectors import match_of
from matchmaking.services.matches import finish_match, leave_match
from matchmaking.services.reports import Claim, confirm_result, dispute_result, report_result

from .games import install_darts
from .meetings import bearer, caller, meeting, player, token
from .queueing import join
from .staff import staff
from .test_admin import rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def match() -> Match:
    """A match of Ann and Bob in a pool that plays darts."""
    made = meeting("Ann", "Bob")
    Pool.objects.update(plays="darts", play_settings={"legs": 2})
    return match_of(made.pk)


def sent(match: Match, path: str, name: str) -> Any:
    body = {"scores": [1, 0]} if path == "result" else {}
    address, headers = f"/matches/{match.pk}/{path}", bearer(name)
    return Client().post(address, body, content_type="application/json", headers=headers)


def test_a_match_is_played_in_the_game_of_its_pool(match: Match) -> None:
    assert game_of_match(match) == PlayedHere("darts", {"legs": 2})
    assert game_of_match(match_of(meeting("Cem", "Dan", slug="other").pk)) is None


@pytest.mark.parametrize("path", ["result", "result/confirm", "result/dispute"])
def test_players_report_no_result_of_it(match: Match, path: str) -> None:
    reply = sent(match, path, "Ann")
    assert (reply.status_code, reply.json()["code"]) == (409, "played_here")


def test_the_services_refuse_it_too_and_staff_and_leaving_stay(match: Match) -> None:
    with pytest.raises(Conflict, match="played here"):
        report_result(match_id=match.pk, caller=caller("Ann"), claim=Claim([1, 0]))
    for answer in (confirm_result, dispute_result):
        with pytest.raises(Conflict, match="played here"):
            answer(match_id=match.pk, caller=caller("Bob"))
    assert leave_match(match_id=match.pk, caller=caller("Ann")).winner == 1
    other = match_of(meeting("Ann", "Bob").pk)
    finish_match(match=other, result=Result.by_score([1, 0], best_of=1))
    assert other.state == MatchState.FINISHED


def test_its_page_has_no_form_for_a_result(match: Match) -> None:
    browser, address = Client(), reverse("match", args=[match.pk])
    browser.cookies[GUEST_COOKIE] = token("Ann")
    html = {"Accept": "text/html"}
    assert "Report the result" not in browser.get(address, headers=html).content.decode()
    Pool.objects.update(plays="")
    assert "Report the result" in browser.get(address, headers=html).content.decode()


def test_a_match_names_its_game_to_programs(match: Match) -> None:
    assert Client().get(f"/matches/{match.pk}").json()["plays"] == "darts"
    answer = join(player("Ann"), Pool.objects.get(slug="ladder")).answer()
    assert isinstance(answer, QueueMatched) and answer.match.plays == "darts"
    [pool] = [one for one in Client().get("/api/pools").json()["pools"] if one["slug"] == "ladder"]
    assert (pool["plays"], pool["play_settings"]) == ("darts", {"legs": 2})
    plain = meeting("Cem", "Dan", slug="other")
    assert "plays" not in Client().get(f"/matches/{plain.pk}").json()


def test_the_queue_makes_such_matches(match: Match) -> None:
    pool = Pool.objects.get(slug="ladder")
    join(player("Cem"), pool)
    made = join(player("Dan"), pool).match
    assert made is not None and game_of_match(match_of(made.pk)) is not None


def test_only_one_against_one_is_played_here() -> None:
    pool = Pool.objects.create(slug="teams", name="Teams", team_size=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pool.objects.filter(pk=pool.pk).update(plays="darts")


def test_without_a_game_there_is_nothing_to_choose_or_set() -> None:
    assert ("chess-3", "chess-3 (not installed)") in game_options("chess-3")
    assert checked_game("", {}) == {}


def form_of(**fields: str) -> dict[str, str]:
    game = {"name": "Darts", "slug": "darts", "plays": "darts", "play_settings": "{}"}
    return rules(**game | fields)


def test_staff_choose_a_pools_game(monkeypatch: pytest.MonkeyPatch) -> None:
    install_darts(monkeypatch)
    olga = staff("olga", "matchmaking.add_pool", "matchmaking.view_pool")
    address = reverse("admin:matchmaking_pool_add")
    assert '<option value="darts">Darts</option>' in olga.get(address).content.decode()
    wrong = olga.post(address, form_of(play_settings='{"legs": 20}'))
    assert "`legs` is 1 to 9" in wrong.content.decode()
    assert "need the game" in olga.post(
        address, form_of(plays="", play_settings='{"legs": 2}')
    ).content.decode()  # fmt: skip
    teams = olga.post(address, form_of(team_size="2"))
    assert "has two teams of one player" in teams.content.decode()
    assert olga.post(address, form_of(play_settings='{"legs": 2}')).status_code == 302
    assert Pool.objects.get(slug="darts").play_settings["legs"] == 2
