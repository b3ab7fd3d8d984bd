"""What browsers are told with every page, and what they must not keep."""

from typing import Any

import pytest
from django.test import Client

from .people import World, made_world
from .table import PAGES, PLAYERS, read

pytestmark = pytest.mark.django_db(transaction=True)

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture
def world() -> World:
    return made_world()


@pytest.mark.parametrize("path", ["/", "/sign-in", "/tournaments", "/admin/login/", "/nowhere"])
def test_every_page_has_the_headers_that_protect_it(path: str) -> None:
    answer: Any = Client(headers={"Accept": "text/html"}).get(path)
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value, name
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_what_is_not_for_everybody_is_kept_by_no_cache(world: World) -> None:
    tried = 0
    for (method, address), access in read(PAGES).items():
        if method != "GET" or not access.refused() or "{match_id}" in address:
            continue
        role = "player" if "player" in access.roles else "organiser"
        assert role in access.roles and role in PLAYERS
        answer = world.visitors[role].browser("GET", address.format(**world.names), {})
        if answer.status_code == 404:
            continue  # of a site that is not set here
        assert answer.status_code in {200, 302, 409}, address
        assert "private" in answer.headers.get("Cache-Control", ""), address
        tried += 1
    assert tried > 8


def test_cookies_that_say_who_one_is_are_out_of_reach_for_scripts_and_other_sites() -> None:
    browser = Client()
    browser.post("/guest", {"username": "Gina"})
    form = {"username": "Gina", "password": "correct horse battery"}
    browser.post("/sign-up", form | {"password_again": form["password"]})
    named = {name: each for name, each in browser.cookies.items() if name != "csrftoken"}
    assert named
    for name, cookie in named.items():
        assert cookie["httponly"] or not cookie.value, name
        assert cookie["samesite"] == "Lax", name
