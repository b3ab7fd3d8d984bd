"""Pages about who you are and where you queue: Ann queues, Bob meets her, Vic only visits."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Match, MatchState, Outcome, Player, Pool, Ticket, TicketState
from matchmaking.services.players import create_guest, sign_up

from .staff import staff

pytestmark = pytest.mark.django_db

Page = Any  # a response as Django's test client dresses it
FETCH = {"X-Requested-With": "fetch", "Accept": "text/html"}
PASSWORD = "correct horse battery"


def guest(name: str) -> Client:
    """The browser of a guest."""
    browser = Client()
    browser.cookies[GUEST_COOKIE] = create_guest(username=name).token
    return browser


def words(response: Page) -> str:
    return str(response.content, "utf-8")


def messages_of(response: Page) -> list[str]:
    """The messages that the next page will show."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def join(browser: Client, **fields: str) -> Page:
    return browser.post(reverse("queue-join"), {"pool": Pool.DEFAULT} | fields)


def join_by_script(browser: Client, **fields: str) -> Page:
    return browser.post(reverse("queue-join"), {"pool": Pool.DEFAULT} | fields, headers=FETCH)


# The queue.


def test_a_visitor_joins_with_a_name_and_becomes_a_guest() -> None:
    browser = Client()
    response = join(browser, username="  Ann ")
    assert response.status_code == 302 and response["Location"] == reverse("lobby")
    assert browser.cookies[GUEST_COOKIE]["httponly"]
    assert browser.cookies[GUEST_COOKIE]["samesite"] == "Lax"
    page = words(browser.get(reverse("queue-panel")))
    assert 'data-state="waiting"' in page and "Waiting for another player" in page
    assert Ticket.objects.get().name == "Ann"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("", "Choose a name first."),
        ("x" * 33, "The name has 33 characters."),
        ("admin", "is reserved"),
        ("a\u202eb", "cannot be shown"),
    ],
)
def test_a_bad_name_is_said_and_nothing_stored(name: str, complaint: str) -> None:
    plain = join(Client(), username=name)
    assert plain.status_code == 302 and complaint in messages_of(plain)[0]
    script = join_by_script(Client(), username=name)
    assert script.status_code == 400
    assert complaint in words(script) and 'role="alert"' in words(script)
    assert not Player.objects.exists()


def test_a_name_that_waits_already_stays_in_the_field() -> None:
    join(Client(), username="Ann")
    response = join_by_script(Client(), username="ann")
    assert response.status_code == 409
    assert "already waits" in words(response) and 'value="ann"' in words(response)


def test_who_has_a_name_joins_without_saying_it() -> None:
    ann = guest("Ann")
    assert 'data-state="waiting"' in words(join_by_script(ann))
    assert 'data-state="waiting"' in words(join_by_script(ann))  # once more changes nothing
    assert Ticket.objects.count() == 1


def test_two_who_queue_meet() -> None:
    ann, bob = guest("Ann"), guest("Bob")
    join(ann)
    page = words(join_by_script(bob))
    assert 'data-state="matched"' in page
    assert page.index("Bob") < page.index("Ann")  # one's own side first
    assert "Leave the match" in words(ann.get(reverse("queue-panel")))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"teams": 3}, "It goes on without you"),
        ({"teams": 3, "leaving": "side"}, "You lose it. The others play on."),
        ({"team_size": 2}, "It goes on without you"),
        ({"team_size": 2, "leaving": "side"}, "That concedes it"),
        ({"team_size": 2, "teams": 3, "leaving": "side"}, "Your whole side leaves with you"),
        ({}, "That concedes it"),
    ],
)
def test_who_leaves_a_match_is_told_what_follows(rules: dict[str, Any], said: str) -> None:
    Pool.objects.update(**rules)
    count = rules.get("team_size", 1) * rules.get("teams", 2)
    players = [guest(f"Player {number}") for number in range(count)]
    for one in players:
        join(one)
    assert said in words(players[0].get(reverse("queue-panel")))


def test_leaving_the_queue() -> None:
    ann = guest("Ann")
    join(ann)
    ticket = Ticket.objects.get()
    page = words(ann.post(reverse("queue-leave", args=[ticket.pk]), headers=FETCH))
    assert 'data-state="idle"' in page and "Join the queue" in page
    ticket.refresh_from_db()
    assert ticket.state == TicketState.CANCELLED


def test_nobody_leaves_for_another() -> None:
    join(guest("Ann"))
    ticket = Ticket.objects.get()
    for stranger in (guest("Bob"), Client()):
        response = stranger.post(reverse("queue-leave", args=[ticket.pk]), headers=FETCH)
        assert response.status_code in {401, 403} and 'role="alert"' in words(response)
    ticket.refresh_from_db()
    assert ticket.state == TicketState.WAITING


def test_leaving_a_match_concedes_it() -> None:
    ann, bob = guest("Ann"), guest("Bob")
    join(ann)
    join(bob)
    match = Match.objects.get()
    assert ann.post(reverse("match-concede", args=[match.pk])).status_code == 302
    match.refresh_from_db()
    assert (match.state, match.outcome, match.winner) == (MatchState.FINISHED, Outcome.CONCEDED, 1)
    again = bob.post(reverse("match-concede", args=[match.pk]))
    assert messages_of(again) == ["This match is already finished."]


def test_a_match_is_its_players_affair() -> None:
    join(guest("Ann"))
    join(guest("Bob"))
    match = Match.objects.get()
    cem = guest("Cem")
    assert "Ann" not in words(cem.get(reverse("queue-panel")))
    refused = cem.post(reverse("match-concede", args=[match.pk]), headers=FETCH)
    assert refused.status_code == 403 and "You are not in this match." in words(refused)


def test_a_choice_of_pools_only_where_there_is_one() -> None:
    assert 'type="radio"' not in words(guest("Ann").get(reverse("queue-panel")))
    Pool.objects.create(slug="blitz", name="Blitz")
    Pool.objects.create(slug="shut", name="Shut", is_open=False)
    page = words(guest("Bob").get(reverse("queue-panel")))
    assert page.count('type="radio"') == 2 and "Blitz" in page and "Shut" not in page


def test_who_plays_in_one_pool_may_queue_in_another() -> None:
    Pool.objects.create(slug="blitz", name="Blitz")
    ann = guest("Ann")
    join(ann)
    join(guest("Bob"))
    page = words(ann.get(reverse("queue-panel")))
    assert "Leave the match" in page and 'value="blitz"' in page
    assert f'value="{Pool.DEFAULT}"' not in page


def test_no_pool_is_open() -> None:
    Pool.objects.update(is_open=False)
    assert "No queue is open" in words(Client().get(reverse("queue-panel")))
    response = join_by_script(guest("Ann"))
    assert response.status_code == 409 and "is closed" in words(response)


def test_the_place_of_who_waits_behind_others() -> None:
    ann = guest("Ann")
    join(ann)
    first = Player.objects.create(name="Cem", name_key="cem", skeleton="cem")
    earlier = timezone.now() - timedelta(seconds=9)
    Ticket.objects.create(
        pool=Pool.objects.get(),
        player=first,
        name="Cem",
        name_key="cem",
        skeleton="cem",
        waiting_since=earlier,
    )
    assert "place 2" in words(ann.get(reverse("queue-panel")))


def test_staff_without_a_player_cannot_queue() -> None:
    browser = staff("olga")
    assert "Sign out to play" in words(browser.get(reverse("queue-panel")))
    assert join_by_script(browser, username="Olga").status_code == 409
    assert not Player.objects.exists()


def test_a_post_from_another_site_is_refused() -> None:
    browser = Client(enforce_csrf_checks=True, headers={"Origin": "https://elsewhere.example"})
    assert join(browser, username="Ann").status_code == 403
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("name", ["queue-join", "guest", "sign-out"])
def test_changes_are_posts(name: str) -> None:
    assert Client().get(reverse(name)).status_code == 405


def test_names_are_shown_as_text() -> None:
    assert "<b>Ann</b>" not in words(join_by_script(Client(), username="<b>Ann</b>"))


# Guests.


def test_a_name_is_enough_to_speak() -> None:
    browser = Client()
    response = browser.post(reverse("guest"), {"username": "Vic", "next": "/tournaments"})
    assert response["Location"] == "/tournaments"
    assert Player.objects.get().is_guest and GUEST_COOKIE in browser.cookies


def test_a_guest_is_made_once() -> None:
    ann = guest("Ann")
    ann.post(reverse("guest"), {"username": "Ann Two"})
    assert Player.objects.count() == 1


def test_a_registered_name_is_no_guests() -> None:
    sign_up(username="Ann", password=PASSWORD, guest=None)
    response = Client().post(reverse("guest"), {"username": "ANN"})
    assert "belongs to a registered player" in messages_of(response)[0]
    assert Player.objects.count() == 1


@pytest.mark.parametrize(
    "wish", ["https://elsewhere.example/", "//elsewhere.example", "javascript:1"]
)
def test_a_form_leads_nowhere_else(wish: str) -> None:
    response = Client().post(reverse("guest"), {"username": "Vic", "next": wish})
    assert response["Location"] == reverse("lobby")


# Accounts.


def sign_up_as(browser: Client, name: str, **fields: str) -> Page:
    form = {"username": name, "password": PASSWORD, "password_again": PASSWORD}
    return browser.post(reverse("sign-up"), form | fields)


def test_a_guest_who_signs_up_stays_the_same_player() -> None:
    ann = guest("Ann")
    join(ann)
    assert 'value="Ann"' in words(ann.get(reverse("sign-up")))
    response = sign_up_as(ann, "Ann")
    assert response.status_code == 302 and messages_of(response) == ["You are signed up as Ann."]
    player = Player.objects.get()
    assert not player.is_guest and player.token_sha256 is None
    assert ann.cookies[GUEST_COOKIE].value == ""
    assert 'data-state="waiting"' in words(ann.get(reverse("queue-panel")))


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"username": ""}, "Choose a name first."),
        ({"username": "x" * 40}, "The name has 40 characters."),
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"password": "password1", "password_again": "password1"}, "too common"),
        ({"password": "annabelle", "password_again": "annabelle"}, "too similar"),
        ({"password_again": "another one"}, "not the password you gave above"),
        ({"password_again": ""}, "required"),
    ],
)
def test_what_is_wrong_stands_at_its_field(fields: dict[str, str], complaint: str) -> None:
    response = sign_up_as(Client(), "Annabelle", **fields)
    assert response.status_code == 400
    assert complaint in words(response) and 'aria-invalid="true"' in words(response)
    assert not User.objects.exists()


def test_a_taken_name_stands_at_its_field() -> None:
    sign_up_as(Client(), "Ann")
    response = sign_up_as(Client(), "ann")
    assert response.status_code == 400 and "belongs to a registered player" in words(response)


def test_signing_in_by_name_in_any_case() -> None:
    sign_up_as(Client(), "Ann")
    browser = Client()
    form = {"username": "ANN", "password": PASSWORD, "next": "/tournaments"}
    assert browser.post(reverse("sign-in"), form)["Location"] == "/tournaments"
    assert "Ann" in words(browser.get(reverse("lobby")))
    assert browser.get(reverse("sign-in")).status_code == 302
    assert browser.get(reverse("sign-up")).status_code == 302


def test_a_wrong_password_is_said_without_telling_which_was_wrong() -> None:
    sign_up_as(Client(), "Ann")
    wrong = [
        words(Client().post(reverse("sign-in"), {"username": name, "password": "wrong one"}))
        for name in ("Ann", "Nobody")
    ]
    assert all("No player has this name and password" in page for page in wrong)


def test_signing_out_forgets_accounts_and_guests() -> None:
    account, ann = Client(), guest("Ann")
    sign_up_as(account, "Bob")
    for browser in (account, ann):
        assert browser.post(reverse("sign-out")).status_code == 302
        assert "Sign in" in words(browser.get(reverse("lobby")))
