"""No page breaks a rule of axe-core: light and dark, wide and on a phone."""

from base64 import b32decode
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django_otp.oath import TOTP
from playwright.sync_api import Browser, Page

from .browser import DESKTOP, PHONE, Person, launch
from .clients import send
from .server import MatchpointServer

pytestmark = pytest.mark.browser

FORMATS = ("single_elimination", "double_elimination", "round_robin", "swiss")
PUBLIC = (
    "/", "/play", "/play/pong", "/play/connect-four", "/wall", "/tournaments", "/tournaments/new",
    "/tournaments/import", "/leaderboards", "/sign-up",
    "/sign-in", "/lost-password", "/account", "/account/data", "/api/docs", "/nothing",
)  # fmt: skip
VIEWS = ("", "/screen", "/print", "/embed")
MANAGED = ("", "/entrants/import", "/settings", "/stations", "/judges", "/record")
#: Of somebody who has an account.
OWN = ("/account", "/account/second-factor", "/account/address", "/account/sites/oidc")
SIGN_IN = {
    "EMAIL_URL": "dummymail://", "MAIL_FROM": "no-reply@example.org",
    "OIDC_ISSUER": "http://127.0.0.1:1", "OIDC_CLIENT_ID": "x", "OIDC_NAME": "The club",
}  # fmt: skip
PASSWORD, NEW = "correct horse battery", ("password", "password_again")
OPTIONS = {"resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def site() -> Iterator[MatchpointServer]:
    with MatchpointServer(**SIGN_IN) as server:
        yield server


@pytest.fixture(scope="module")
def paths(site: MatchpointServer) -> list[str]:
    """Tournaments of every format, running and a draft."""
    found = []
    for format_ in FORMATS:
        body = {"name": format_, "players": list("ABCDEFG"), "format": format_, "byes": True}
        made = send(site.url, "POST", "/tournament", body).json["tournament"]
        found.append(f"/tournaments/{made['id']}")
    return [path + view for path in found for view in VIEWS] + played(site)


def played(site: MatchpointServer) -> list[str]:
    """The page of a match that was played, and of one of its players."""
    first, second = (
        send(site.url, "POST", "/matchmaking", {"username": name}).json for name in ("Ann", "Bob")
    )
    path = f"/matches/{second['match']['id']}"
    for answer, by, body in (("result", first, {"scores": [1, 0]}), ("result/confirm", second, {})):
        reply = send(site.url, "POST", f"{path}/{answer}", body, token=by["token"])
        assert reply.status == 200, reply
    return [path, *(f"/players/{player['id']}" for player in second["players"])]


@pytest.fixture(scope="module")
def chrome(chromium: Any) -> Iterator[Browser]:
    with launch(chromium) as browser:
        yield browser


def violations(page: Page) -> list[str]:
    """What axe finds on a page, a line each."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{one['id']}: {node['html'][:200]} ({node.get('failureSummary', '')[:200]})"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing(
    chrome: Browser,
    site: MatchpointServer,
    paths: list[str],
    scheme: str,
    viewport: dict[str, int],
) -> None:
    options = {"color_scheme": scheme, "viewport": viewport, "reduced_motion": "reduce"}
    olga = Person(chrome, site.url, bypass_csp=True, **options)
    olga.enter().introduce(f"Olga {scheme} {viewport['width']}")
    olga.say("hello https://example.org")
    olga.see("#chat a")
    olga.page.goto("/tournaments/new")
    olga.page.fill("#id_name", "Draft")
    olga.page.fill("#id_players", "Ann\nBob\nCem")
    olga.page.click("text=Keep as a draft")
    olga.see("#draft .bracket")
    draft = olga.page.url.removeprefix(site.url)
    visited = [
        *PUBLIC,
        draft,
        *paths,
        *(f"{draft}/manage{tab}" for tab in MANAGED),
    ]
    found = []
    for path in visited:
        olga.page.goto(path)
        found += [f"{path} {line}" for line in violations(olga.page)]
    olga.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_ones_account(
    chrome: Browser, site: MatchpointServer, scheme: str
) -> None:
    ann = Person(chrome, site.url, bypass_csp=True, color_scheme=scheme, viewport=PHONE)
    ann.page.goto("/sign-up")
    for field, text in (("username", f"Ann {scheme}"), *((name, PASSWORD) for name in NEW)):
        ann.page.fill(f"#id_{field}", text)
    ann.page.click("main .button-wide")
    found = []
    for path in OWN:
        ann.page.goto(path)
        found += [f"{path} {line}" for line in violations(ann.page)]
    ann.page.goto("/account/second-factor")
    secret = b32decode(ann.page.inner_text("code.secret"))
    ann.page.fill("#id_code", f"{TOTP(secret).token():06}")
    ann.page.fill("#id_current", PASSWORD)
    ann.page.click("main button")
    ann.see_text("Recovery codes")
    found += [f"codes {line}" for line in violations(ann.page)]
    ann.page.goto("/account/second-factor")
    found += [f"on {line}" for line in violations(ann.page)]
    ann.page.click("header form button")
    ann.page.goto("/sign-in")
    ann.page.fill("#id_username", f"Ann {scheme}")
    ann.page.fill("#id_password", PASSWORD)
    ann.page.click("main .button-wide")
    ann.see_text("Your code")
    found += [f"code {line}" for line in violations(ann.page)]
    ann.close()
    assert not found, "\n".join(found)
