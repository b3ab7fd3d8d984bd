"""How lines look, in each form, and what is taken out of them."""

import json
import logging
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from lib.tracing.trace import Trace, context_of
from tournament_site.logs.config import checked_dsn, checked_format
from tournament_site.logs.formats import BoundedRefusals, Columns, JsonLines, PlainLines
from tournament_site.logs.lines import RequestLine, SocketLine
from tournament_site.logs.scrubbing import on_one_line, scrubbed

LINE = RequestLine(
    "an-id", method="GET", route="lobby", status=200, duration_ms=1.5, bytes=7, query_ms=0.0
)
ADDRESS = "203.0.113.77"


def record(message: Any, *args: object, name: str = "lobby.chat", **more: Any) -> logging.LogRecord:
    made = logging.LogRecord(
        name, logging.WARNING, "", 0, message, args, more.pop("exc_info", None)
    )
    made.created = 1_800_000_000.25
    made.__dict__.update(more)
    return made


def raised() -> Any:
    try:
        raise ValueError(f"no\nsuch thing for {ADDRESS}")
    except ValueError:
        return sys.exc_info()


def test_a_line_as_json() -> None:
    form = JsonLines()
    line = context_of(Trace("an-id")).run(form.format, record("Late by %d s", 3))
    assert json.loads(line) == {
        "timestamp": "2027-01-15T08:00:00.250Z",
        "level": "warning",
        "logger": "lobby.chat",
        "event": "Late by 3 s",
        "request_id": "an-id",
    }
    [fault] = form.format(record("It failed", exc_info=raised())).splitlines()
    assert json.loads(fault)["exception"].startswith("Traceback")


def test_a_plain_line() -> None:
    form = PlainLines()
    line = context_of(Trace("an-id")).run(form.format, record("Late by %d s", 3))
    assert line.endswith(",250 WARNING lobby.chat: Late by 3 s request_id=an-id")
    fault = form.format(record("It failed", exc_info=raised())).splitlines()
    assert fault[0].endswith("WARNING lobby.chat: It failed")
    assert fault[1].startswith("Traceback")


@pytest.mark.parametrize("form", [PlainLines, Columns])
def test_nobody_forges_a_line(form: type[logging.Formatter]) -> None:
    words = "one\n2026-11-28 ERROR root: two\x1b[2J"
    assert len(form().format(record("Said %s", words)).splitlines()) == 1
    assert "\x1b[2J" not in form().format(record("Said %s", words))
    assert on_one_line("a\u2028b\r\n") == "a\\u2028b\\r\\n"


def test_the_line_of_a_request_is_the_same_by_the_short_way() -> None:
    made = record(LINE, name="matchpoint.requests")
    by_hand = json.loads(JsonLines().format(made))
    assert by_hand.pop("event") == "request"
    assert by_hand["route"] == "lobby" and "player" not in by_hand
    assert (
        PlainLines()
        .format(made)
        .endswith("matchpoint.requests: GET lobby 200 request_id=an-id duration_ms=1.5 bytes=7")
    )
    columns = Columns().format(made)
    assert "GET lobby 200" in columns and "duration_ms=1.5" in columns


def test_every_field_of_a_line_is_shown_or_said() -> None:
    for kind, said in (
        (RequestLine, {"method", "route", "status"}),
        (SocketLine, {"kind", "code"}),
    ):
        assert set(kind.shown) | said == set(kind.__struct_fields__)


def test_django_s_lines_name_the_route_and_not_the_path() -> None:
    trace = Trace("an-id")
    trace.route = "party"
    made = record("%s: %s", "Internal Server Error", "/parties/CODE", name="django.request")
    line = context_of(trace).run(PlainLines().format, made)
    assert "Internal Server Error: party" in line and "CODE" not in line


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("postgres://site:pass@db:5432/x is away", "postgres://…@db:5432/x is away"),
        ("Authorization: Bearer abc.def", "Authorization: …"),
        ("GET /matchmaking?username=ann HTTP", "GET /matchmaking?… HTTP"),
        ("<WebRequest method=GET uri=/t/code x>", "<WebRequest method=GET uri=… x>"),
        ("token ispH5ZlLIqET2BtuUvW1WXi55nO3_7X_E5E5QBTxbwY.", "token …."),
        ("reset d0jvyc-0e5a1b2c3d4e5f60718293a4b5c6d7e8", "reset …"),
        ("session 0q2w3e4r5t6y7u8i9o0p1a2s3d4f5g6h", "session …"),
        ("Key (name)=(ann) already exists.", "Key (…) already exists."),
        ("Failing row contains (1, ann, null).", "Failing row contains (…)."),
        (f"from {ADDRESS}", "from …"),
        # What an operator needs stays.
        ("request e9dbe88241446ff79a4bc4fb4214a97c", "request e9dbe88241446ff79a4bc4fb4214a97c"),
        (
            "player 34226d0b-e184-4b81-8fa1-aeb72461b91e",
            "player 34226d0b-e184-4b81-8fa1-aeb72461b91e",
        ),
        (
            'connection to "10.0.0.5", port 5432 failed',
            'connection to "10.0.0.5", port 5432 failed',
        ),
    ],
)
def test_what_is_private_is_taken_out_of_any_text(text: str, left: str) -> None:
    assert context_of(Trace("an-id", ADDRESS)).run(scrubbed, text) == left


def test_forged_requests_take_few_lines() -> None:
    bounded = BoundedRefusals()
    made = [record("Forbidden", name="django.security.csrf") for _ in range(50)]
    let_through = [one for one in made if bounded.filter(one)]
    assert 5 <= len(let_through) <= 12
    # The second handler has the same ones, and others are not touched.
    assert [one for one in made if BoundedRefusals().filter(one)] == let_through
    assert all(bounded.filter(record("x")) for _ in range(50))


def test_a_form_that_there_is_not_is_named() -> None:
    assert checked_format("JSON") == "json"
    with pytest.raises(ImproperlyConfigured, match="json, text, auto"):
        checked_format("xml")


@pytest.mark.parametrize("dsn", ["nonsense", "https://host/1", "https://key@host", "ftp://key@h/1"])
def test_a_receiver_of_reports_has_a_key_and_a_project(dsn: str) -> None:
    assert checked_dsn("") == ""
    assert checked_dsn("https://key@host/1") == "https://key@host/1"
    with pytest.raises(ImproperlyConfigured, match="SENTRY_DSN"):
        checked_dsn(dsn)
