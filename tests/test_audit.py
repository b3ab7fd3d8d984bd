"""The audit of dependencies: what it finds, and that it says when it could not look."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from . import audit

CLEAN = {"name": "django", "version": "5.2", "vulns": []}
HURT = {
    "name": "daphne",
    "version": "4.2.1",
    "vulns": [{"id": "CVE-2026-44545", "fix_versions": ["4.2.2"]}],
}
SKIPPED = {"name": "django", "skip_reason": "not found on PyPI"}


def said(*packages: object, errors: str = "", strict: bool = False) -> tuple[str, int]:
    report = json.dumps({"dependencies": packages}) if packages else ""
    return audit.outcome(report, errors, strict=strict)


def test_a_vulnerability_fails_and_says_what_fixes_it() -> None:
    text, code = said(CLEAN, HURT)
    assert (text, code) == ("daphne 4.2.1 has CVE-2026-44545, fixed in 4.2.2", 1)


def test_none_is_said_with_how_many_were_looked_at() -> None:
    assert said(CLEAN) == ("No known vulnerability in 1 packages.", 0)


@pytest.mark.parametrize("packages", [(), (SKIPPED,)])
def test_where_nobody_can_be_asked_it_says_so_and_fails_only_if_it_must(
    packages: tuple[object, ...],
) -> None:
    text, code = said(*packages, errors="ConnectionError: no network")
    assert "could NOT be audited" in text and code == 0
    assert said(*packages, strict=True)[1] == 1


class Service(BaseHTTPRequestHandler):
    """A service of vulnerabilities that knows one of Django's, in the format of OSV."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = {"id": "CVE-0000-0001", "summary": "A made-up one.", "affected": []}
        is_django = asked["package"]["name"].lower() == "django"
        body = json.dumps({"vulns": [found]} if is_django else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    """Its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()
        thread.join()


def test_the_installed_packages_are_really_looked_up(
    service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = audit.main(["--vulnerability-service", "osv", "--osv-url", service])
    assert code == 1 and "django 5.2" in capsys.readouterr().out.lower()
