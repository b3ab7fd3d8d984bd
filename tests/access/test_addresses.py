"""Every address and method, tried by everybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import URLPattern
from pytest_django import Settings

from tournaments.tests.test_rights import JUDGED, ORGANISED, WON

from .addresses import METHODS, addresses, api_methods
from .people import World, made_world
from .table import API, EVERYBODY, PAGES, Access, read

pytestmark = pytest.mark.django_db(transaction=True)

API_TABLE, PAGE_TABLE = read(API), read(PAGES)
#: These read the database on threads of their own, which would not see what is taken back.
ON_THREADS = {
    "/matchmaking", "/matchmaking/tickets/{ticket_id}", "/health", "/readyz", "/api/feed",
    "/api/webhooks/{webhook_id}/test", "/api/webhooks/{webhook_id}/replay",
}  # fmt: skip
#: What the API's routes outside tournaments are sent, by method and address.
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/matchmaking"): {"username": "New", "pool": "default"},
    ("POST", "/matches/{match_id}/result"): {"scores": [1, 0]},
    ("POST", "/tournament"): {"players": ["One", "Two"]},
    ("POST", "/api/tournaments/import"): {"version": 0},
    ("POST", "/api/webhooks"): {"name": "New", "url": "https://new.example"},
    ("PATCH", "/api/webhooks/{webhook_id}"): {"name": "Other"},
    ("POST", "/api/webhooks/{webhook_id}/replay"): {"since": "a-1"},
    ("POST", "/api/pools"): {"slug": "new", "name": "New"},
    ("PATCH", "/api/pools/{slug}"): {"name": "Other"},
    ("POST", "/api/pools/{slug}/seasons/end"): {"number": 1},
    ("POST", "/chat/mute"): {"line": 1, "minutes": 5},
}
WAYS_IN = ("/sign-in", "/sign-up", "/lost-password", "/account/address/confirm")
#: Who tries what everybody may.
OF_THE_CROWD = ("nobody", "a token that is nobody's", "player", "staff without rights")
SKIPPED_TABLES = {"django_session"}


@pytest.fixture
def world(settings: Settings) -> World:
    settings.RATE_LIMITS = False
    return made_world()


def site() -> Iterator[tuple[str, URLPattern]]:
    """Every address outside the admin, once: with and without a final slash it is the same."""
    seen = set()
    for address, pattern in addresses():
        plain = address.rstrip("/") or "/"
        key = (plain, bool(api_methods(pattern)))
        if not address.startswith("/admin/") and key not in seen:
            seen.add(key)
            yield plain, pattern


def rows() -> dict[str, list[Any]]:
    """Everything that is stored, but for sessions."""
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.db_table not in SKIPPED_TABLES and model._meta.managed
    }


@contextmanager
def taken_back(address: str) -> Iterator[None]:
    """What is done inside is done, and then undone."""
    if address in ON_THREADS:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def nothing_written(address: str) -> Iterator[None]:
    """Fail when a row is written inside; sessions do not count."""
    written: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql:
            written.append(sql)
        return execute(sql, params, many, context)

    before = rows() if address in ON_THREADS else {}
    with connection.execute_wrapper(note):
        yield
    assert not written, (address, written)
    assert not before or rows() == before, address


def path_of(address: str, world: World) -> str:
    """An address with the ids of this site."""
    names = dict(world.names)
    if not address.startswith(("/tournaments", "/api/tournaments")):
        names["match_id"] = names["pool_match"]
    if address.startswith("/play/"):
        names["slug"] = names["game"]
    if address.startswith("/t/"):
        names["slug"] = names["cup_slug"]
    return address.format(**names)


def body_of(method: str, address: str, pattern: URLPattern) -> Any:
    """A body that is in order."""
    name = api_methods(pattern)[method].view.__name__
    if address.endswith("entrants.csv"):
        return "Zoe"
    if address.startswith("/api/tournaments") and (method, address) not in BODIES:
        return WON if name in JUDGED else ORGANISED.get(name)
    return BODIES.get((method, address), {} if method != "GET" else None)


def is_refusal(answer: Any, address: str) -> bool:
    """Whether somebody is kept out, in whatever way; on the way in, all lead to the sign-in."""
    away = answer.status_code == 302 and answer["Location"].startswith("/sign-in")
    away = away and not address.startswith(WAYS_IN)
    return away or answer.status_code in {401, 403, 405} or answer.status_code >= 500


def check(world: World, access: Access, send: Any, what: str, address: str) -> None:
    """Send it as everybody: who is refused has changed nothing, the others are let in."""
    refused = access.refused()
    assert refused.keys() | access.roles == world.visitors.keys() == EVERYBODY
    with nothing_written(address):
        for role, status in refused.items():
            answer = send(world.visitors[role])
            got = answer.status_code
            assert got == status, (what, role, got, answer.content[:200])
    for role in access.roles if refused else OF_THE_CROWD:
        with taken_back(address):
            answer = send(world.visitors[role])
        assert not is_refusal(answer, address), (
            what,
            role,
            answer.status_code,
            answer.content[:300],
        )


def test_every_address_has_a_line_in_the_table_and_no_other_has() -> None:
    found = {
        (bool(api_methods(pattern)), address): {*api_methods(pattern)}
        for address, pattern in site()
    }
    listed: dict[tuple[bool, str], set[str]] = {}
    for is_api, table in ((True, API_TABLE), (False, PAGE_TABLE)):
        for method, address in table:
            listed.setdefault((is_api, address), set()).add(method)
    assert found.keys() == listed.keys()
    for (is_api, address), methods in found.items():
        if is_api:  # of a page, a method without a line is tried below
            assert methods == listed[is_api, address], address


def test_every_route_of_the_api_is_for_those_whom_the_table_names(world: World) -> None:
    for address, pattern in site():
        for method in api_methods(pattern):
            path, body = path_of(address, world), body_of(method, address, pattern)
            check(
                world,
                API_TABLE[method, address],
                lambda visitor, m=method, p=path, b=body: visitor.program(m, p, b),
                f"{method} {address}",
                address,
            )


def test_every_page_is_for_those_whom_the_table_names(world: World) -> None:
    for address, pattern in site():
        if api_methods(pattern):
            continue
        for method in METHODS:
            access = PAGE_TABLE.get((method, address), PAGE_TABLE.get(("*", address)))
            path, fields = path_of(address, world), fields_of(world)
            if access is None:
                answer = world.visitors["nobody"].browser(method, path, {})
                assert answer.status_code in {302, 405}, (method, address, answer.status_code)
                continue
            check(
                world,
                access,
                lambda visitor, m=method, p=path, f=fields: visitor.browser(m, p, f),
                f"{method} {address}",
                address,
            )


def fields_of(world: World) -> dict[str, Any]:
    """The fields of every form at once."""
    return {"code": world.names["code"], "username": "Nina", "score_0": "1", "score_1": "0"}


def test_what_one_player_must_not_see_of_another_is_not_in_an_answer(world: World) -> None:
    """Tokens, their digests and addresses are in no answer that strangers get."""
    secret = [visitor.token for visitor in world.visitors.values() if len(visitor.token) > 20]
    digests = [
        row["token_sha256"] for table in rows().values() for row in table if row.get("token_sha256")
    ]
    for address, pattern in site():
        if address in ON_THREADS:
            continue
        path, is_api = path_of(address, world), bool(api_methods(pattern))
        visitor = world.visitors["player"]
        answer = visitor.program("GET", path) if is_api else visitor.browser("GET", path, {})
        text = b"".join(answer) if answer.streaming else answer.content
        for each in (*secret, *digests):
            assert each.encode() not in text, address
