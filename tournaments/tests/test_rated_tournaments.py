"""Only staff say which pool's ratings a tournament moves: nobody rates oneself."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from lib.errors import Conflict, Forbidden
from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import RatedMatch, Rating
from matchmaking.services.players import create_guest, sign_up
from matchmaking.tests.meetings import pool
from matchmaking.tests.staff import staff
from tournaments.models import Tournament
from tournaments.services.permissions import RIGHT
from tournaments.services.setup.settings import change_settings
from tournaments.services.undo.stack import undo_last

from .api_client import JSON
from .manage_builders import OLGA, STAFF, draft, fresh

pytestmark = pytest.mark.django_db

RATED = {"name": "Cup", "players": ["Ann", "Bob"], "rated_in": "ladder", "start": False}


def post(client: Client, body: object, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post("/tournament", body, JSON, headers=headers)


def patch(client: Client, cup: Tournament, slug: str | None, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    address = f"/api/tournaments/{cup.pk}"
    return client.patch(address, {"rated_in": slug}, JSON, headers=headers)


def registered(name: str) -> Client:
    client = Client()
    client.force_login(sign_up(username=name, password="correct horse", guest=None))
    return client


def test_neither_strangers_nor_players_make_a_rated_tournament() -> None:
    pool()
    token = create_guest(username="Gil").token
    for client, sent in ((Client(), ""), (Client(), token), (registered("Rita"), "")):
        answer = post(client, RATED, sent)
        assert answer.status_code == 403 and answer.json()["code"] == "staff_only"
        assert post(client, RATED | {"rated_in": None}, sent).status_code == 201
    assert not Tournament.objects.exclude(rated_in=None).exists()
    assert Tournament.objects.count() == 3


def test_neither_an_owner_nor_its_token_ties_a_tournament_or_unties_it() -> None:
    pool()
    rita = registered("Rita")
    made = post(rita, RATED | {"rated_in": None}).json()
    cup = Tournament.objects.get()
    for client, token in ((rita, ""), (Client(), made["token"])):
        assert patch(client, cup, "ladder", token).json()["code"] == "staff_only"
        assert patch(client, cup, None, token).status_code == 200
    change_settings(tournament_id=cup.pk, actor=STAFF, changes={"rated_in": pool()})
    for client, token in ((rita, ""), (Client(), made["token"])):
        assert patch(client, cup, None, token).status_code == 403
        assert patch(client, cup, "ladder", token).status_code == 200  # nothing changes
    assert fresh(cup).rated_in == pool()


def test_staff_tie_a_tournament_with_or_without_being_a_player() -> None:
    pool()
    assert post(staff("staffan", RIGHT), RATED).status_code == 201
    boss = registered("Boss")
    User.objects.filter(username="Boss").update(is_staff=True, is_superuser=True)
    assert post(boss, RATED).status_code == 201
    assert Tournament.objects.filter(rated_in=pool()).count() == 2
    helper = staff("helper", "matchmaking.view_match")
    assert post(helper, RATED).status_code == 403


def test_only_staff_see_and_send_the_field_of_the_settings() -> None:
    ladder, rita = pool(), registered("Rita")
    post(rita, RATED | {"rated_in": None})
    cup = Tournament.objects.get()
    address = f"/tournaments/{cup.pk}/manage/settings"
    form = {
        "name": "Cup", "entry": "organiser", "team_size": 1, "match_minutes": 30,
        "reporting": "organiser", "decided_by": "players", "seeding": "given",
        "rated_in": ladder.pk, "slug": cup.slug,
    }  # fmt: skip
    staffan = staff("staffan", RIGHT)
    for client, may in ((rita, False), (staffan, True)):
        assert ('name="rated_in"' in client.get(address).content.decode()) == may
        assert client.post(address, form).status_code == 302
        assert (fresh(cup).rated_in == ladder) == may


def test_an_organiser_does_not_bring_a_tie_back_by_an_undo() -> None:
    cup = draft()
    change_settings(tournament_id=cup.pk, actor=STAFF, changes={"rated_in": pool()})
    change_settings(tournament_id=cup.pk, actor=STAFF, changes={"rated_in": None})
    with pytest.raises(Conflict, match="Only staff"):
        undo_last(tournament_id=cup.pk, actor=OLGA)
    undo_last(tournament_id=cup.pk, actor=STAFF)
    assert fresh(cup).rated_in == pool()


def test_an_imported_tournament_moves_no_ratings() -> None:
    cup = draft("Ann", "Bob")
    change_settings(tournament_id=cup.pk, actor=STAFF, changes={"rated_in": pool()})
    with pytest.raises(Forbidden):
        change_settings(tournament_id=cup.pk, actor=OLGA, changes={"rated_in": None})
    guest = create_guest(username="Gil")
    client = Client()
    client.cookies[GUEST_COOKIE] = guest.token
    document = staff("staffan", RIGHT).get(f"/api/tournaments/{cup.pk}/export.json")
    text = document.content.decode()
    assert document.status_code == 200 and "rated_in" not in text and "ladder" not in text
    tied = text.replace('"byes"', '"rated_in": "ladder", "byes"', 1)
    answer = client.post("/api/tournaments/import", tied, JSON)
    assert answer.status_code == 400
    assert not RatedMatch.objects.exists() and not Rating.objects.exists()
