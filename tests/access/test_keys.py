"""Every route of the API, tried with service keys: what each scope opens, and what none does."""

from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from service_keys.models import Scope
from service_keys.services import make_key, revoke_key

from .addresses import api_methods
from .people import Visitor, World, made_world
from .table import WHO
from .test_addresses import API_TABLE, ON_THREADS, body_of, path_of, site, taken_back

pytestmark = pytest.mark.django_db(transaction=True)

#: By whom a route is for: the scope that opens it; None where only a player will do.
OPENED_BY: dict[str, Scope | None] = {
    "makers": Scope.TOURNAMENTS,
    "players": None,
    "seated": None,
    "members": None,
    "organisers": Scope.TOURNAMENTS,
    "judges": Scope.TOURNAMENTS,
    "moderators": Scope.MODERATION,
}
#: Who joins is a player, or becomes one.
ONLY_PLAYERS = {"/matchmaking"}
#: Their own tests say what keys may do there: a ticket is also for the key that queued it.
APART = "/matchmaking/tickets/"


@pytest.fixture
def world(settings: Settings) -> World:
    settings.RATE_LIMITS = False
    return made_world()


def key_of(*scopes: Scope) -> Visitor:
    return Visitor(make_key(name=f"Key {' '.join(scopes)}", scopes=scopes).token)


def routes(world: World) -> list[tuple[str, str, str, Any, str]]:
    """Method, address, path and body of each route, and for whom it is."""
    words = {id(access): word for word, access in WHO.items()}
    return [
        (method, address, path_of(address, world), body_of(method, address, pattern), word)
        for address, pattern in site()
        for method in api_methods(pattern)
        if (word := words[id(API_TABLE[method, address])]) in {*OPENED_BY, "everybody"}
        and not address.startswith(APART)
    ]


def test_each_route_opens_to_the_scope_that_is_for_it_and_to_no_other(world: World) -> None:
    only = {scope: key_of(scope) for scope in Scope}
    but = {scope: key_of(*(set(Scope) - {scope})) for scope in Scope} | {None: key_of(*Scope)}
    for method, address, path, body, word in routes(world):
        let_in: Visitor | None = only[Scope.READ]
        refused: Visitor | None = None
        if word != "everybody":
            opens = None if address in ONLY_PLAYERS else OPENED_BY[word]
            let_in, refused = only[opens] if opens else None, but[opens]
            code = "key_lacks_scope" if opens else "needs_player"
        with taken_back(address):
            if refused is not None:
                answer = refused.program(method, path, body)
                what = (method, address, answer.content[:200])
                assert (answer.status_code, answer.json()["code"]) == (403, code), what
            if let_in is not None:
                answer = let_in.program(method, path, body)
                what = (method, address, answer.content[:200])
                assert answer.status_code not in {401, 403, 405}, what
                assert answer.status_code < 500, what


def test_a_revoked_key_is_refused_on_every_route_also_where_none_is_needed(world: World) -> None:
    made = make_key(name="Gone", scopes=list(Scope))
    revoke_key(key_id=made.key.pk)
    for method, address, path, body, _ in routes(world):
        with transaction.atomic() if address not in ON_THREADS else taken_back(address):
            answer = Visitor(made.token).program(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (401, "revoked_key"), address


def test_what_a_key_did_is_in_the_record_under_its_name(world: World) -> None:
    made = make_key(name="Arena", scopes=[Scope.TOURNAMENTS, Scope.MODERATION])
    key, cup = Visitor(made.token), world.names["tournament_id"]
    assert key.program("PATCH", f"/api/tournaments/{cup}", {"name": "Mine"}).status_code == 200
    record = key.program("GET", f"/api/tournaments/{cup}/actions").json()
    assert record["actions"][0]["by"] == "Arena"
    mute = {"line": world.names["seq"], "minutes": 5, "reason": "noise"}
    key.program("POST", "/chat/mute", mute)
    key.program("POST", f"/chat/{world.names['seq']}/delete", {})
    did = [action.text for action in made.key.actions.all()]
    assert f"Took line {world.names['seq']} of the chat away." in did
    new = key.program("POST", "/tournament", {"players": ["Ann", "Bob"]}).json()["tournament"]["id"]
    record = key.program("GET", f"/api/tournaments/{new}/actions").json()
    assert {action["by"] for action in record["actions"]} == {"Arena"}
