"""The page of a tournament that is played here: players play, everybody watches."""

from uuid import UUID

import pytest
from django.test import Client

from matchmaking.models import Match
from matchmaking.ports.game_host import game_host
from tournaments.models import Pairing, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament

pytestmark = pytest.mark.django_db


def running(*, plays: str) -> tuple[Tournament, Pairing]:
    made = create_tournament(name="Cup", players=["Ann", "Bob"], plays=plays).tournament
    start_tournament(tournament_id=made.pk, actor=ORGANISER)
    return made, Pairing.objects.get(group__stage__tournament=made)


def test_a_match_that_is_played_here_can_be_watched(client: Client) -> None:
    cup, pairing = running(plays="pong")
    page = client.get(f"/tournaments/{cup.pk}").content.decode()
    assert f'<a class="live-mark" href="/matches/{pairing.match_id}">watch</a>' in page
    assert 'data-plays="pong"' in page


def test_a_decided_match_leads_to_its_games_if_there_are_any(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cup, pairing = running(plays="pong")
    assert pairing.match_id is not None
    stored: set[UUID] = set()
    monkeypatch.setattr(game_host(), "with_games", lambda match_ids: stored & set(match_ids))
    link = f'<a class="live-mark replay-mark" href="/matches/{pairing.match_id}">replay</a>'
    enter(cup, pairing, (1, 0))
    assert link not in client.get(f"/tournaments/{cup.pk}").content.decode()
    stored.add(pairing.match_id)
    enter(cup, pairing, (0, 1))
    assert link in client.get(f"/tournaments/{cup.pk}").content.decode()


def enter(cup: Tournament, pairing: Pairing, score: tuple[int, int]) -> None:
    assert pairing.match_id is not None
    revision = Match.objects.get(pk=pairing.match_id).revision
    enter_result(
        tournament_id=cup.pk, match_id=pairing.match_id, report=by_score(score), actor=ORGANISER,
        revision=revision,
    )  # fmt: skip


def test_one_that_is_not_has_no_such_link(client: Client) -> None:
    cup, _ = running(plays="")
    page = client.get(f"/tournaments/{cup.pk}").content.decode()
    assert "live-mark" not in page and "data-plays" not in page
