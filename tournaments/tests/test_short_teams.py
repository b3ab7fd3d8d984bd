"""Teams that are short of players: not there by themselves, and never drawn in silence."""

import pytest
from django.test import Client
from django.urls import reverse

from lib.errors import Conflict
from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Player
from matchmaking.services.players import create_guest
from tournaments.models import Entrant, Tournament
from tournaments.services.entry.check_in import check_in, check_in_all, check_in_own, open_check_in
from tournaments.services.entry.registration import register
from tournaments.services.entry.rosters import add_member
from tournaments.services.progress.start import start_tournament

from .manage_builders import OLGA, comes, fresh, guest, open_cup, said

pytestmark = pytest.mark.django_db


def team(cup: Tournament, captain: Player, name: str, *others: str) -> Entrant:
    return register(tournament_id=cup.pk, player=captain, name=name, members=others)


def test_a_team_short_of_players_does_not_check_itself_in() -> None:
    cup, ann = open_cup(team_size=3), guest("Ann")
    owls = team(cup, ann, "Owls")
    open_check_in(tournament_id=cup.pk, actor=OLGA)
    with pytest.raises(Conflict, match="short of 2 players: a team here has 3") as refusal:
        check_in_own(tournament_id=cup.pk, player=ann)
    assert refusal.value.code == "team_incomplete"
    for name in ("Bob", "Cem"):
        add_member(tournament_id=cup.pk, entrant_id=owls.pk, actor=OLGA, name=name)
    assert check_in_own(tournament_id=cup.pk, player=ann).checked_in_at is not None


def test_the_organiser_checks_it_in_and_the_record_says_what_is_missing() -> None:
    cup = open_cup(team_size=2)
    owls = team(cup, guest("Ann"), "Owls")
    team(cup, guest("Bob"), "Rams", "Cem")
    team(cup, guest("Dan"), "Eels")
    open_check_in(tournament_id=cup.pk, actor=OLGA)
    check_in(tournament_id=cup.pk, entrant_id=owls.pk, actor=OLGA)
    assert said(cup) == "Olga Owls checked in, short of players: Owls (1 of 2)"
    check_in_all(tournament_id=cup.pk, actor=OLGA)
    assert said(cup) == "Olga checked in 2 entrants; short of players: Eels (1 of 2)"
    start_tournament(tournament_id=cup.pk, actor=OLGA)
    assert said(cup) == (
        "Olga Started with 3 entrants; short of players: Owls (1 of 2), Eels (1 of 2)"
    )


def test_a_team_that_comes_during_check_in_is_there_only_when_it_is_whole() -> None:
    cup = open_cup(team_size=2)
    open_check_in(tournament_id=cup.pk, actor=OLGA)
    assert team(cup, guest("Ann"), "Owls", "Bob").checked_in_at is not None
    assert team(cup, guest("Cem"), "Rams").checked_in_at is None
    singles = open_cup()
    open_check_in(tournament_id=singles.pk, actor=OLGA)
    assert comes(singles, "Dan").checked_in_at is not None


def test_pages_say_who_is_short() -> None:
    token = create_guest(username="Olga").token
    cup = open_cup(team_size=2)
    Tournament.objects.filter(pk=cup.pk).update(organiser=Player.objects.get(name="Olga"))
    captain = create_guest(username="Ann")
    owls = team(cup, captain.player, "Owls")
    team(cup, guest("Bob"), "Rams", "Cem")
    open_check_in(tournament_id=cup.pk, actor=OLGA)
    own, olga = Client(), Client()
    own.cookies[GUEST_COOKIE], olga.cookies[GUEST_COOKIE] = captain.token, token
    own.post(reverse("tournament-check-in", args=[cup.pk]))
    assert fresh(cup).entrants.get(pk=owls.pk).checked_in_at is None
    address = f"/api/tournaments/{cup.pk}/check-in"
    headers = {"Authorization": f"Bearer {captain.token}"}
    refused = Client().post(address, {}, content_type="application/json", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "team_incomplete")
    shown = olga.get(reverse("tournament-manage", args=[cup.pk])).content.decode()
    assert "Short of players: Owls (1 of 2)." in shown
    do = reverse("tournament-do", args=[cup.pk, "check-in"])
    answer = olga.post(do, {"entrant": owls.pk}, headers={"Accept": "application/json"})
    assert answer.json()["message"] == "Owls is checked in, short of players: Owls (1 of 2)."
