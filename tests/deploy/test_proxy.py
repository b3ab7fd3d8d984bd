"""nginx of `deploy/` before three processes, asked from outside: by curl and websocat over TLS."""

import gzip
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from websockets.asyncio.client import connect

from tests.clients import Curl, Json, Reply, Socket, Websocat
from tests.server import rows

from .nginx import Nginx
from .stack import WholeSite, site

pytestmark = [pytest.mark.deploy, pytest.mark.services, pytest.mark.timeout(180)]

HTML = "Accept: text/html"


@pytest.fixture(scope="module")
def whole(nginx: Path) -> Iterator[WholeSite]:
    with site(nginx) as whole:
        yield whole


@pytest.fixture
def ask(curl: Path, whole: WholeSite) -> "Asker":
    return Asker(Curl(curl), whole.nginx)


class Asker:
    """Asks the site for a path, as a browser with HTTP/2 does."""

    def __init__(self, curl: Curl, nginx: Nginx) -> None:
        self._curl, self._nginx = curl, nginx

    def __call__(self, path: str, *arguments: str) -> Reply:
        trusted = ("--cacert", str(self._nginx.certificate))
        return self._curl(*trusted, *arguments, self._nginx.url + path)

    def post(self, path: str, size: int, kind: str = "application/json") -> Reply:
        """Send a body of so many bytes."""
        body = ("-H", f"Content-Type: {kind}", "--data-binary", "@-")
        trusted = ("--cacert", str(self._nginx.certificate))
        return self._curl(*trusted, *body, self._nginx.url + path, stdin=b"x" * size)

    def plain(self, path: str, *arguments: str) -> Reply:
        """Ask without TLS."""
        return self._curl(*arguments, self._nginx.plain_url + path)


def talk(websocat: Path, whole: WholeSite, path: str, *arguments: str) -> Websocat:
    return Websocat(websocat, whole.nginx.socket_url + path, "--insecure", *arguments)


def test_http_leads_to_https_but_for_certificates(ask: Asker, whole: WholeSite) -> None:
    answer = ask.plain("/t/cup?x=1")
    assert (answer.status, answer.headers["location"]) == (301, "https://localhost/t/cup?x=1")
    challenge = whole.nginx.folder / "acme" / ".well-known" / "acme-challenge"
    challenge.mkdir(parents=True)
    (challenge / "token").write_text("token.thumbprint")
    answer = ask.plain("/.well-known/acme-challenge/token")
    assert (answer.status, answer.body) == (200, b"token.thumbprint")


def test_another_name_leads_nowhere(ask: Asker, curl: Path, whole: WholeSite) -> None:
    assert ask.plain("/", "-H", "Host: evil.example").status == 421
    assert ask("/", "-H", "Host: evil.example").status == 421
    address = f"https://evil.example:{whole.nginx.port}/"
    # fmt: off
    done = subprocess.run(
        [curl, "-sS", "--insecure", "--connect-to", "::127.0.0.1:", address],
        check=False, capture_output=True, text=True,
    )
    # fmt: on
    assert "unrecognized name" in done.stderr


def test_pages_come_by_http_2_with_safe_headers(ask: Asker) -> None:
    answer = ask("/", "--http2", "-H", HTML, "--write-out", "version %{http_version}")
    assert answer.status == 200
    assert answer.body.endswith(b"version 2")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert len(answer.headers["x-request-id"]) == 32
    assert "nginx/" not in answer.headers.get("server", "")
    packed = ask("/", "-H", HTML, "-H", "Accept-Encoding: gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert b"Matchpoint" in gzip.decompress(packed.body)


def test_only_modern_tls(curl: Path, whole: WholeSite) -> None:
    done = subprocess.run(
        [curl, "-sS", "--insecure", "--tls-max", "1.1", whole.nginx.url],
        check=False,
        capture_output=True,
    )
    assert done.returncode == 35


def test_a_request_has_one_id_from_nginx_to_the_answer(ask: Asker, whole: WholeSite) -> None:
    answer = ask("/api/events.json?secret=1", "-H", "X-Request-ID: forged")
    line = next(each for each in whole.nginx.requests if each["path"] == "/api/events.json")
    assert line["request_id"] == answer.headers["x-request-id"] != "forged"
    assert "secret" not in str(line)


def test_what_a_client_claims_of_itself_does_not_count(websocat: Path, whole: WholeSite) -> None:
    for claim in ("X-Forwarded-For: 192.0.2.7", "X-Real-IP: 192.0.2.7", "Forwarded: for=192.0.2.7"):
        with talk(websocat, whole, "/ws", f"--header={claim}") as terminal:
            terminal.type(claim)
            assert address_of(whole, terminal.next("chat")) == "127.0.0.1"


async def test_a_client_of_ipv6_is_known_by_its_network(whole: WholeSite) -> None:
    trust = ssl.create_default_context(cafile=whole.nginx.certificate)
    address = f"{whole.nginx.socket_url}/ws"
    async with connect(address, host="::1", ssl=trust, compression=None, proxy=None) as connection:
        lobby = Socket(connection)
        await lobby.send("from IPv6")
        said = await lobby.next("chat")
    assert address_of(whole, said) == "::/64"


def address_of(whole: WholeSite, said: Json) -> str:
    """From where a line of chat came, as the process that stored it knows it."""
    statement = f"SELECT address FROM lobby_linesource WHERE seq = {said['seq']}"
    [(address,)] = rows(whole.database_url, statement)
    return str(address)


def test_all_sockets_of_a_match_go_to_one_process(websocat: Path, whole: WholeSite) -> None:
    paths = [f"/matches/{uuid4()}/ws" for _ in range(12)]
    with ExitStack() as stack:
        opened = [
            stack.enter_context(talk(websocat, whole, path)) for path in paths for _ in range(3)
        ]
        for terminal in opened:
            terminal.line()
    processes = {path: processes_of(whole, path, 3) for path in paths}
    assert all(len(found) == 1 for found in processes.values()), processes
    assert len(set.union(*processes.values())) > 1, "all matches are in one process"


def processes_of(whole: WholeSite, path: str, requests: int) -> set[str]:
    """Which processes got the requests for a path, once nginx has logged so many."""
    deadline = time.monotonic() + 10
    while True:
        found = [each["process"] for each in whole.nginx.requests if each["path"] == path]
        if len(found) == requests or time.monotonic() > deadline:
            assert len(found) == requests
            return set(found)
        time.sleep(0.05)


def test_requests_go_to_all_processes(ask: Asker, whole: WholeSite) -> None:
    for _ in range(12):
        assert ask("/play", "-H", HTML).status == 200
    assert len(processes_of(whole, "/play", 12)) == 3


def test_bodies_are_bounded_by_route(ask: Asker) -> None:
    kib, form = 1024, "application/x-www-form-urlencoded"
    around = 16 * kib  # what a page's form adds to a file
    file = f"/api/tournaments/{uuid4()}/entrants.csv"
    for path, most, more, kind in (
        ("/matchmaking", 64 * kib, 1, "application/json"),
        ("/api/tournaments", 64 * kib, 1, "application/json"),
        ("/api/tournaments/import", 4096 * kib, around + 1, "application/json"),
        (file, 4096 * kib, around + 1, "text/csv"),
        ("/sign-in", 1024 * kib, 1, form),
        (f"/tournaments/{uuid4()}/manage/entrants/import", 4096 * kib, around + 1, form),
    ):
        taken = ask.post(path, most, kind)
        assert taken.status not in {413, 500, 502, 503}, (path, taken)
        refused = ask.post(path, most + more, kind)
        assert (refused.status, refused.json["code"]) == (413, "too_large"), path
        assert "than this address takes" in refused.json["message"], "a process had to read it"


def test_monitors_addresses_are_closed(ask: Asker) -> None:
    for path in ("/metrics", "/metrics/", "/healthz", "/readyz", "/readyz/"):
        assert ask(path).status == 404
    assert ask("/health").status == 200


def test_the_admin_can_be_closed_to_the_world(ask: Asker, whole: WholeSite) -> None:
    rule = whole.nginx.folder / "site" / "admin.conf"
    assert ask("/admin/").status == 302
    whole.nginx.write("site/admin.conf", rule.read_text().replace("allow all", "allow ::1"))
    try:
        for path in ("/admin", "/admin/", "/admin/login/", "//admin/", "/%61dmin/", "/admin%2f"):
            assert ask(path).status == 403, path
        assert ask("/admin/", "--ipv6").status == 302
        assert ask("/").status == 200
    finally:
        whole.nginx.write("site/admin.conf", rule.read_text().replace("allow ::1", "allow all"))


def test_a_path_is_the_same_to_nginx_and_to_a_process(ask: Asker) -> None:
    for path in (
        "/admin/lobby/mute/../../../x/change/",  # the admin's view of a row called `../../../x`
        "/admin/lobby/mute/%2E%2e/../../x/change/",
        "/healthz/..",
        "/static/..%2fadmin/",
        "/./metrics",
    ):
        assert ask(path, "--path-as-is").status == 400, path
    assert ask("/?next=/../..", "-H", HTML).status == 200


def test_what_a_process_gets_to_know(nginx: Path, curl: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as process, Nginx(nginx) as front:
        front.sends_to([process.getsockname()[1]])
        forged = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Request-ID", "X-Forwarded-For")
        claims = [part for name in forged for part in ("-H", f"{name}: forged")]
        upgrade = ("--http1.1", "-H", "Connection: Upgrade, HTTP2-Settings", "-H", "Upgrade: h2c")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(Asker(Curl(curl), front), "/", *claims, *upgrade)
            with process.accept()[0] as connection:
                head = connection.recv(65536).decode()
                connection.sendall(b"HTTP/1.1 204 None\r\n\r\n")
    lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:-2])
    assert (lines["Host"], lines["X-Forwarded-For"]) == (f"localhost:{front.port}", "127.0.0.1")
    assert (lines["X-Forwarded-Proto"], len(lines["X-Request-ID"])) == ("https", 32)
    assert not {"Upgrade", "Connection"} & lines.keys()
    assert "forged" not in head


def test_static_files_come_from_nginx(ask: Asker, whole: WholeSite) -> None:
    path = staticfiles_storage.url("css/base.css")
    plain = ask(path)
    assert plain.status == 200
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["x-content-type-options"] == "nosniff"
    packed = ask(path, "-H", "Accept-Encoding: gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert ask("/static/css/base.css").headers["cache-control"] == "public, max-age=60"
    assert ask("/static/none.css").status == 404
    asked = [each["path"] for each in whole.nginx.requests]
    assert path not in asked, "a process was asked, or the log is full of files"


def test_a_process_that_is_killed_costs_no_request(
    ask: Asker, websocat: Path, whole: WholeSite
) -> None:
    died = whole.servers[0]
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(ask, "/play", "-H", HTML) for _ in range(60)]
        time.sleep(0.2)
        died.kill()
        try:
            assert [answer.result().status for answer in answers] == [200] * 60
            for _ in range(6):
                with talk(websocat, whole, f"/matches/{uuid4()}/ws") as terminal:
                    assert terminal.line() is not None, terminal.errors()
        finally:
            died.start()


def test_while_no_process_answers_a_page_says_so(ask: Asker, whole: WholeSite) -> None:
    for server in whole.servers:
        server.kill()
    try:
        page, answer = ask("/", "-H", HTML), ask("/api/tournaments", "-d", "{}")
        static = ask(staticfiles_storage.url("css/base.css"))
    finally:
        for server in whole.servers:
            server.start()
    assert (page.status, page.headers["retry-after"]) == (503, "2")
    assert b'http-equiv="refresh"' in page.body
    assert (answer.status, answer.json["code"]) == (503, "outage")
    assert static.status == 200
    assert ask("/").status == 200


def test_floods_are_refused_by_client(nginx: Path, curl: Path) -> None:
    few = {"rate=100r/s": "rate=1r/m", "burst=1000": "burst=2"}
    # Addresses that a client here cannot have, in place of its own.
    claimed = "real_ip_header X-Address; set_real_ip_from 127.0.0.1;"
    with Nginx(nginx, edits=few | {"sendfile on;": f"sendfile on; {claimed}"}) as front:
        ask = Asker(Curl(curl), front)

        def statuses(*addresses: str) -> list[int]:
            return [ask("/", "-H", f"X-Address: {each}").status for each in addresses]

        one_network = [f"2001:db8:a0a:1:{number}::7" for number in range(4)]
        assert statuses(*one_network) == [503, 503, 503, 429]
        # Bytes that end a line in a text are bytes like others in an address.
        assert statuses(*(f"2001:db8:a0a:a0a::a0{number}" for number in "abcd")) == [503] * 3 + [
            429
        ]
        assert statuses("2001:db8:a0a:2::7") == [503]
        assert statuses(*["198.51.100.7"] * 4, "198.51.100.8") == [503, 503, 503, 429, 503]
        refused = ask("/", "-H", HTML, "-H", "X-Address: 198.51.100.7")
        assert (refused.status, refused.headers["retry-after"]) == (429, "5")
        assert b"Too many requests" in refused.body


def test_sockets_are_counted_for_all_processes_together(
    nginx: Path, websocat: Path, curl: Path
) -> None:
    with site(nginx, processes=2, edits={"limit_conn sockets 512": "limit_conn sockets 3"}) as few:
        with ExitStack() as stack:
            for _ in range(3):
                stack.enter_context(talk(websocat, few, "/ws")).next()
            with talk(websocat, few, "/ws") as refused:
                assert refused.line() is None
            assert Asker(Curl(curl), few.nginx)("/").status == 200
        with talk(websocat, few, "/ws") as admitted:
            admitted.next()
