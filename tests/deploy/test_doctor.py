"""`manage.py doctor` on a whole site behind nginx: what is wrong with it is named, one by one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import send
from tests.server import SECRET, rows, run_manage
from tests.services.processes import comes_true

from .stack import WholeSite, site

pytestmark = [pytest.mark.deploy, pytest.mark.services, pytest.mark.timeout(240)]
SHOWN = "SELECT id FROM lib_serverprocess"
UPKEEP = "SELECT holder FROM matchmaking_lease WHERE duty = 'upkeep'"
Findings = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def whole(nginx: Path) -> Iterator[WholeSite]:
    with site(nginx, processes=2) as whole:
        yield whole


def doctor(whole: WholeSite, *arguments: str, **settings: str) -> tuple[int, Findings]:
    """The exit code, and the gravest finding about each thing with what to do."""
    given = {
        "DATABASE_URL": whole.database_url,
        "REDIS_URL": whole.redis.url,
        "PUBLIC_URL": whole.nginx.url,
        "SSL_CERT_FILE": str(whole.nginx.certificate),
    }
    done = run_manage("doctor", "--json", *arguments, **(SECRET | given | settings))
    assert "Traceback" not in done.stderr
    order = ["ok", "warning", "fault"]
    found: Findings = {}
    for one in json.loads(done.stdout):
        if order.index(one["gravity"]) >= order.index(found.get(one["about"], ("ok", ""))[0]):
            found[one["about"]] = (one["gravity"], f"{one['message']} {one.get('fix', '')}")
    return done.returncode, found


def from_outside(whole: WholeSite, **settings: str) -> Findings:
    return doctor(whole, "--url", whole.nginx.url, **settings)[1]


def test_a_site_as_deploy_has_it_is_well(whole: WholeSite) -> None:
    assert comes_true(lambda: len(rows(whole.database_url, SHOWN)) == 2, 10)
    assert comes_true(lambda: bool(rows(whole.database_url, UPKEEP)), 10)
    found = from_outside(whole)
    wrong = {about for about, (gravity, _) in found.items() if gravity != "ok"}
    # A machine of tests: root, an old Python, no backup, a secret that all know, no fsync, two days
    # of a certificate.
    assert wrong <= {
        "user",
        "python",
        "backups",
        "secret",
        "durability",
        "tls",
        "disk",
        "files",
        "mail",
    }
    for about in ("host", "x-forwarded-for", "x-forwarded-proto", "x-request-id", "socket"):
        assert found[about][0] == "ok", found[about]
    assert "2 processes run" in found["processes"][1]
    assert found["duties"][0] == "ok"
    assert found["durability"][0] == "fault" and "fsync off" in found["durability"][1]
    assert found["clock"][0] == "ok"
    assert "ends in 1 days" in found["tls"][1]


WITHOUT = {
    "x-forwarded-for": ("X-Forwarded-For $remote_addr", "leaves out X-Forwarded-For"),
    "x-forwarded-proto": ("X-Forwarded-Proto $scheme", "leaves out X-Forwarded-Proto"),
    "x-request-id": ("X-Request-ID $request_id", "leaves out X-Request-ID"),
    "host": ("Host ", "sends the Host header"),
    "socket": ("Upgrade $upgrade", "does not pass the WebSocket upgrade on"),
}


def test_a_proxy_that_leaves_a_header_out_is_named(whole: WholeSite) -> None:
    name = "matchpoint/site.conf"
    text = (whole.nginx.folder / name).read_text()
    try:
        for about, (header, words) in WITHOUT.items():
            line = next(each for each in text.splitlines() if f"proxy_set_header {header}" in each)
            # With nothing instead, nginx would take the headers of the level above.
            blank = f"proxy_set_header {header.split()[0]} '';"
            whole.nginx.write(name, text.replace(line, "" if about == "host" else blank))
            gravity, said = from_outside(whole)[about]
            assert gravity == ("warning" if about == "x-request-id" else "fault")
            assert words in said and "proxy_set_header" in said
        line = next(each for each in text.splitlines() if "X-Forwarded-For $remote" in each)
        claimed = "proxy_set_header X-Forwarded-For $http_x_forwarded_for;"
        whole.nginx.write(name, text.replace(line, claimed))
        assert "anybody can claim" in from_outside(whole)["x-forwarded-for"][1]
    finally:
        whole.nginx.write(name, text)


def test_what_the_processes_lack_is_named(whole: WholeSite) -> None:
    code, found = doctor(whole, REDIS_URL="", DATABASE_POOL="100", DEBUG="on", BACKUP_FOLDER="/tmp")
    assert code == 1
    assert found["processes"][0] == "fault" and "without Redis" in found["processes"][1]
    assert found["connections"][0] == "fault" and "max_connections" in found["connections"][1]
    assert found["debug"][0] == "fault"
    assert found["mail"][0] == "warning"
    mail = {"EMAIL_URL": "smtp://127.0.0.1:1", "MAIL_FROM": "a@example.org"}
    assert "does not let the site in" in doctor(whole, **mail)[1]["mail"][1]
    redis = doctor(whole, REDIS_URL="redis://127.0.0.1:1/0")[1]["redis"]
    assert redis[0] == "fault" and "does not answer" in redis[1]
    assert doctor(whole, TRUSTED_PROXIES="0.0.0.0/0")[1]["proxies"][0] == "fault"


def test_another_secret_opens_nothing(whole: WholeSite) -> None:
    found = from_outside(whole, SECRET_KEY="x" * 60)
    assert found["url"][0] == "fault" and "does not know this SECRET_KEY" in found["url"][1]
    process = whole.servers[0].url
    for headers in ({}, {"X-Matchpoint-Doctor": "proxy:1:abc"}):
        answer = send(process, "GET", "/health/proxy", headers=headers)
        assert answer.status in {301, 404}
        assert b"peer" not in answer.body


def test_a_site_that_is_not_there_is_said(whole: WholeSite) -> None:
    code, found = doctor(whole, "--url", "https://localhost:9")
    assert code == 1 and "cannot be reached" in found["url"][1]
    assert doctor(whole, "--url", "play")[1]["url"][0] == "fault"
    untrusted = doctor(whole, "--url", whole.nginx.url, SSL_CERT_FILE="/dev/null")[1]
    assert "not believed" in untrusted["tls"][1]
    whole.nginx.sends_to([9])
    try:
        assert "reaches no process" in from_outside(whole)["url"][1]
    finally:
        whole.nginx.sends_to(server.port for server in whole.servers)
