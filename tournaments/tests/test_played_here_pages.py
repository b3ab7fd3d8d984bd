"""The page of a tournament that is played here: players play, everybody watches."""

import pytest
from django.test import Client

from tournaments.models import Pairing, Tournament
from tournaments.services.actors import ORGANISER
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


def test_one_that_is_not_has_no_such_link(client: Client) -> None:
    cup, _ = running(plays="")
    page = client.get(f"/tournaments/{cup.pk}").content.decode()
    assert "live-mark" not in page and "data-plays" not in page
