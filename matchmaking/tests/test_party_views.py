"""The panel's buttons for parties, regions and ready checks, with a script and without."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Party, Player, Pool, Ticket
from matchmaking.services.players import create_guest
from matchmaking.services.queue.joining import Join, join_pools

from .queueing import pool, state

pytestmark = pytest.mark.django_db

Page = Any
FETCH = {"X-Requested-With": "fetch", "Accept": "text/html"}


def guest(name: str) -> Client:
    browser = Client()
    browser.cookies[GUEST_COOKIE] = create_guest(username=name).token
    return browser


def press(browser: Client, name: str, *args: Any, **fields: str) -> Page:
    return browser.post(reverse(name, args=args), fields, headers=FETCH)


def panel(browser: Client) -> str:
    return str(browser.get(reverse("queue-panel")).content, "utf-8")


def player(name: str) -> Player:
    return Player.objects.get(name=name)


@pytest.fixture
def squads() -> Pool:
    return pool("squads", team_size=2, party_limit=2, ready_seconds=30)


def test_a_site_without_parties_does_not_speak_of_them() -> None:
    assert "party" not in panel(guest("Ann"))


def test_friends_queue_together(squads: Pool) -> None:
    ann, bob = guest("Ann"), guest("Bob")
    assert "Make a party" in panel(ann)
    press(ann, "queue-party")
    code = Party.objects.get().code
    assert code in panel(ann)
    press(bob, "queue-party-join", code=f" {code.lower()} ")
    assert "leads your party" in panel(bob) and 'data-refresh-seconds="3"' in panel(bob)
    assert "Queue the party" in panel(ann) and "Open queue" not in panel(ann)
    press(ann, "queue-join", pool="squads", party=code)
    for browser in (ann, bob):
        assert 'data-state="waiting"' in panel(browser)
        assert "Nobody else waits here yet." in panel(browser)
    press(bob, "queue-party-leave", code=code)
    assert state(player("Ann")) == "cancelled"
    assert "Leave the party" in panel(ann) and "Make a party" in panel(bob)


def test_a_visitor_who_joins_a_party_needs_a_name(squads: Pool) -> None:
    press(guest("Ann"), "queue-party")
    code = Party.objects.get().code
    visitor = Client()
    assert "Choose a name first." in str(press(visitor, "queue-party-join", code=code).content)
    press(visitor, "queue-party-join", code=code, username="Bob")
    assert visitor.cookies[GUEST_COOKIE].value and "Bob" in panel(visitor)


def test_a_code_that_nobody_has_is_reported() -> None:
    response = press(guest("Ann"), "queue-party-join", code="NOSUCH")
    assert response.status_code == 404
    assert "There is no party of this code." in str(response.content)
    plain = guest("Bob").post(reverse("queue-party-join"), {"code": "NOSUCH"})
    assert plain.status_code == 302


def test_a_match_is_accepted_and_declined_on_the_panel() -> None:
    careful = pool("careful", ready_seconds=30)
    browsers = {name: guest(name) for name in ("Ann", "Bob")}
    for browser in browsers.values():
        press(browser, "queue-join", pool=careful.slug)
    tickets = {ticket.name: ticket.pk for ticket in Ticket.objects.all()}
    found = panel(browsers["Ann"])
    assert "Match found" in found and "0 of 2 accepted" in found
    assert 'data-refresh-seconds="1"' in found
    press(browsers["Ann"], "queue-accept", tickets["Ann"])
    assert "You accepted." in panel(browsers["Ann"])
    press(browsers["Bob"], "queue-decline", tickets["Bob"])
    assert 'data-state="waiting"' in panel(browsers["Ann"])
    assert 'data-state="idle"' in panel(browsers["Bob"])
    late = press(browsers["Bob"], "queue-accept", tickets["Bob"])
    assert late.status_code == 409 and "declined" in str(late.content)
    assert press(browsers["Bob"], "queue-accept", tickets["Ann"]).status_code == 403


def test_a_region_is_chosen_on_the_panel() -> None:
    pool("regional", regions=["eu", "us"])
    ann = guest("Ann")
    assert "Region in Regional" in panel(ann)
    press(ann, "queue-join", pool="regional", **{"region-regional": "us"})
    assert Ticket.objects.get().regions == ["us"]


def test_a_match_of_teams_shows_both_sides() -> None:
    pool("teams", team_size=2)
    ann = guest("Ann")
    press(ann, "queue-join", pool="teams")
    join_pools([Join(name, "teams") for name in ("Bob", "Cem", "Dan")])
    shown = panel(ann)
    assert "Opponents" in shown and all(name in shown for name in ("Bob", "Cem", "Dan"))


def test_how_the_pools_do_is_on_the_panel() -> None:
    pool("blitz")
    join_pools([Join(name, "blitz") for name in ("Bob", "Cem", "Dan")])
    shown = panel(Client())
    assert "Blitz · 1 waiting" in shown and "1 match in the last hour" in shown
