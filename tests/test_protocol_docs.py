"""`docs/protocol.md` says what the server does: every message, field, event and code, no other."""

import ast
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import get_resolver
from msgspec.json import Decoder

from lib import limits as pace
from lib.errors import Refusal
from lib.http import _STATUS_BY_CODE, status_of
from lib.limits import Bucket, Buckets
from lib.schemas import Json
from lib.tests.wire import fits
from lobby import chat, limits, presence
from lobby.events.data import EVENTS
from lobby.messages import (
    CLIENT_MESSAGES,
    SERVER_MESSAGES,
    Left,
    Matched,
    Online,
    Waiting,
    client_decoder,
    queue_decoder,
)
from lobby.moderation import delete_line
from lobby.sockets.routing import websocket_urlpatterns as lobby_sockets
from lobby.stream_names import LOBBY, tournament_stream
from matchmaking.callers import Caller
from matchmaking.models import Match, Report, ServedMatch
from matchmaking.schemas import MatchBrief, MatchPlayer, PlayerName, TicketEnd
from matchmaking.services import reports
from matchmaking.services.matches import leave_match, reopen_match
from matchmaking.services.queue import held_reads
from matchmaking.services.queue.joining import Join, Joined, join_pool
from matchmaking.sockets import match_stream
from matchmaking.tests.servers import Server
from play import messages as play
from play.sockets import websocket_urlpatterns as play_sockets
from streams import feeds, log, outbox, relay, sockets
from streams import limits as socket_limits
from streams.frames import Entry, Event, Resync
from tournament_site import api
from tournaments.models import Format, Pairing, Round, StageSettings, Station, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.capacity import EntryChange, announce
from tournaments.services.progress.reopen import reopen_result
from tournaments.services.progress.results import by_score, enter_result, set_live_score
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.services.setup.stage_plans import set_stages
from tournaments.services.venue.stations import assign_station
from tournaments.signals import round_published
from webhooks.sockets import websocket_urlpatterns as feed_sockets

from .protocol_page import CHAPTERS, ROOT, TEXT, examples, first_column, sections, shape, shown

SCHEMA: dict[str, Json] = msgspec.json.decode(api.events(RequestFactory().get("/")).content)[
    "$defs"
]


def tag(message: type[msgspec.Struct]) -> str:
    return str(message.__struct_config__.tag)


def test_every_example_is_json() -> None:
    assert len(examples(TEXT)) > 30
    for example in examples(TEXT):
        msgspec.json.decode(example)


# Messages.


MESSAGES: dict[str, dict[str, type[msgspec.Struct]]] = {
    "Server messages": {tag(message): message for message in SERVER_MESSAGES},
    "Client messages": {tag(message): message for message in CLIENT_MESSAGES},
    "Room messages": {tag(message): message for message in play.SERVER_MESSAGES},
    "Messages to a room": {tag(message): message for message in play.CLIENT_MESSAGES},
}
CLIENT = MESSAGES["Client messages"]


@pytest.mark.parametrize("chapter", MESSAGES)
def test_the_page_has_the_messages_and_no_other(chapter: str) -> None:
    assert set(sections(chapter)) == set(MESSAGES[chapter])


@pytest.mark.parametrize(
    ("chapter", "type"), [(chapter, name) for chapter in MESSAGES for name in MESSAGES[chapter]]
)
def test_every_field_of_a_message_is_explained_and_shown(chapter: str, type: str) -> None:
    message = MESSAGES[chapter][type]
    section = sections(chapter)[type]
    fields = list(message.__struct_fields__)
    assert first_column(section.split("| code |")[0]) == fields
    assert list(SCHEMA[message.__name__]["properties"]) == ["type", *fields]
    assert examples(section)
    for example in map(msgspec.json.decode, examples(section)):
        assert list(example) == ["type", *fields]
        assert fits(example | ({"recent": []} if type == "welcome" else {}), message)


@pytest.mark.parametrize("type", CLIENT)
def test_a_clients_example_is_understood_where_it_is_sent(type: str) -> None:
    decoders: list[Decoder[Any]] = [client_decoder, queue_decoder]
    if type in {"chat", "resume"}:
        decoders.remove(queue_decoder)
    elif type != "ping":
        decoders.remove(client_decoder)
    for example in examples(sections("Client messages")[type]):
        for decoder in decoders:
            assert tag(decoder.decode(example).__class__) == type


@pytest.mark.parametrize("type", MESSAGES["Messages to a room"])
def test_an_example_to_a_room_is_understood_there(type: str) -> None:
    for example in examples(sections("Messages to a room")[type]):
        assert tag(play.decoder.decode(example).__class__) == type


def test_the_page_has_the_sizes_of_binary_frames() -> None:
    assert (play.STATE_HEAD.size, play.INPUT.size) == (1 + 1 + 4 * 3, 1 + 1 + 4)
    assert f"`{play.SUBPROTOCOL}`" in TEXT


def test_every_socket_is_named() -> None:
    table = CHAPTERS.get("Sockets", TEXT.partition("## Sockets")[2].partition("###")[0])
    named = [address.partition("?")[0].strip("/") for address in first_column(table)]
    example = {name: name.replace("<id>", "490a677a-4782-4e2b-a8d8-4d5c63b1fc22") for name in named}
    patterns = [*lobby_sockets, *play_sockets, *feed_sockets]
    for pattern in patterns:
        matching = [name for name in named if pattern.pattern.match(example[name])]
        assert len(matching) == 1
    assert len(named) == len(patterns)


# Events.


def test_the_page_has_the_events_and_no_other() -> None:
    assert list(sections("Events")) == list(EVENTS)


def test_every_field_of_an_event_is_explained() -> None:
    explained = first_column(CHAPTERS["Events"].split("####")[0])
    assert explained == list(Event.__struct_fields__)


@pytest.mark.parametrize("type", EVENTS)
def test_an_events_example_is_one(type: str) -> None:
    section = sections("Events")[type]
    assert examples(section)
    for example in map(msgspec.json.decode, examples(section)):
        assert is_event(example) and example["type"] == type
        for field in example["data"]:
            assert f"`{field}`" in section or field == "deleted"


def is_event(frame: Json) -> bool:
    """Whether a frame is as the served schema has its type of event."""
    event = SCHEMA[f"{frame['type'].title().replace('_', '')}Event"]
    assert list(event["properties"]) == list(Event.__struct_fields__)
    return fits(frame, Event) and fits(frame["data"], EVENTS[frame["type"]])


def test_real_events_have_the_fields_that_are_shown(transactional_db: None) -> None:
    with transaction.atomic():
        tell_everything()
    serve_a_match()
    frames = [
        msgspec.json.decode(entry.frame)
        for stream in (LOBBY, *cup_streams(), *report_streams())
        for entry in entries_of(stream)
    ]
    assert {frame["type"] for frame in frames} == set(EVENTS)
    assert all(map(is_event, frames))
    for kind in EVENTS:
        real = shape([frame for frame in frames if frame["type"] == kind])
        assert real == shown(sections("Events")[kind]), kind


def cup_streams() -> list[str]:
    return [tournament_stream(cup.pk) for cup in Tournament.objects.all()]


def report_streams() -> list[str]:
    about = (*Report.objects.all(), *ServedMatch.objects.all())
    return [match_stream(one.match_id) for one in about]


def entries_of(stream: str) -> list[Entry]:
    head = log.head(stream)
    return log.read(stream, epoch=head.epoch, after=0, limit=100)


def tell_everything() -> None:
    """One evening in the lobby: every type of event, and a line that is deleted."""
    joined(Join("Ann"))
    bob = joined(Join("Bob"))
    assert bob.match is not None
    leave_match(match_id=bob.match.pk, caller=Caller(player_id=bob.player.pk))
    disagree(reopen_match(match=Match.objects.get()))
    chat.store_lines([chat.Line(bob.player.pk, "Bob", "hello"), chat.Line(None, "anon-1", "bye")])
    delete_line(seq=log.head(LOBBY).seq)
    play_cup(StageSettings(Format.ROUND_ROBIN, advance=2), StageSettings())
    cup = play_cup(StageSettings())
    first = Pairing.objects.get(group__stage__tournament=cup, key="W1.1")
    assert first.match is not None
    reopen_result(tournament_id=cup.pk, match_id=first.match.pk, actor=ORGANISER)
    set_live_score(tournament_id=cup.pk, match_id=first.match.pk, scores=(1, 0))
    assert first.top is not None
    announce(cup, first.top, EntryChange.CHECKED_IN)
    table = Station.objects.create(tournament=cup, number=1, name="Table 1")
    assign_station(tournament_id=cup.pk, pairing_id=first.pk, station_id=table.pk, actor=ORGANISER)
    round_published.send(sender=Round, tournament=cup, round=first.round, pairings=[first])


def serve_a_match() -> None:
    """A game server says all that it can of a match, in which a place is left and taken."""
    server = Server.made()
    server.pool(backfill=True)
    match = server.match("Ann", "Bob")
    server.players("Cem")
    server.queue(["cem"])
    server.tell(match, "allocation", {"address": "eu-1.example.org:7777"})
    server.tell(match, "start")
    server.tell(match, "live", {"scores": [3, 1]})
    server.tell(match, "left", {"player": "ann", "backfill": True})


def disagree(match: Match) -> None:
    """Each side says that it won."""
    for seat, scores in zip(match.seats.all(), ([1, 0], [0, 1]), strict=True):
        caller = Caller(player_id=seat.player_id)
        reports.report_result(match_id=match.pk, caller=caller, claim=reports.Claim(scores))


def play_cup(*stages: StageSettings) -> Tournament:
    cup = create_tournament(name="Cup", players=["A", "B", "C", "D"]).tournament
    set_stages(tournament_id=cup.pk, stages=stages, actor=ORGANISER)
    start_tournament(tournament_id=cup.pk, chance=Random(1), actor=ORGANISER)
    pairings = Pairing.objects.filter(group__stage__tournament=cup)
    while ready := pairings.filter(state="ready").first():
        assert ready.match is not None
        enter_result(
            tournament_id=cup.pk, match_id=ready.match.pk, report=by_score((1, 0)), actor=ORGANISER
        )
    return cup


def joined(join: Join) -> Joined:
    answer = join_pool(join)
    assert isinstance(answer, Joined)
    return answer


# What is inside the other messages.


def test_real_messages_have_the_fields_that_are_shown(db: None) -> None:
    ann = joined(Join("Ann"))
    assert ann.ticket is not None
    you = PlayerName.of(ann.player)
    online = Online(1, [you])
    match = MatchBrief.of(Match(pool=None))
    frames: dict[str, list[msgspec.Struct]] = {
        "presence": [msgspec.structs.replace(presence.everybody(), online=online)],
        "waiting": [Waiting("", you, ann.ticket, "")],
        "matched": [Matched("", you, match, [MatchPlayer(ann.player.pk, "Ann")], "")],
        "left": [Left("", TicketEnd(ann.ticket.id, ann.ticket.state))],
        "resync": [Resync("lobby", "", 0, "")],
    }
    for kind, messages in frames.items():
        real = shape([msgspec.to_builtins(message) for message in messages])
        assert real == shown(sections("Server messages")[kind]), kind


def test_a_welcome_shows_events() -> None:
    for example in examples(sections("Server messages")["welcome"]):
        assert all(map(is_event, msgspec.json.decode(example)["recent"]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"data": {"seq": "9"}},
        {"data": {"seq": 9, "more": 1}},
        {"data": {}},
        {"seq": None},
        {"at": 0},
        {"more": 1},
    ],
)
def test_an_event_that_is_otherwise_is_none(wrong: Json) -> None:
    [right] = map(msgspec.json.decode, examples(sections("Events")["chat_deleted"]))
    assert is_event(right) and not is_event(right | wrong)


def test_the_schema_is_served_and_its_references_lead_somewhere(client: Client) -> None:
    for address in ("/api/events.json", "/api/events.json/"):
        assert client.get(address).json()["$defs"] == SCHEMA
    assert set(re.findall(r"'#/\$defs/(\w+)'", str(SCHEMA))) <= SCHEMA.keys()
    assert "/api/events.json" in TEXT


# Codes.


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from refusals(inner)


APPS = (
    "lib", "streams", "service_keys", "matchmaking", "tournaments", "lobby", "play", "webhooks",
    "tournament_site",
)  # fmt: skip


def codes_in_the_sources() -> dict[str, int]:
    """Every refusal's code that stands in the sources, with its status over HTTP."""
    assert get_resolver().url_patterns  # loads the views, and with them all that they may refuse
    kinds = {kind.__name__: kind for kind in refusals() if "test" not in kind.__module__}
    codes = {kind.code: status_of(kind("")) for kind in kinds.values() if kind is not Refusal}
    for app in APPS:
        for source in (ROOT / app).rglob("*.py"):
            if "tests" in source.parts:
                continue
            for call in ast.walk(ast.parse(source.read_text())):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                    kind = kinds.get(call.func.id)
                    for word in call.keywords:
                        if kind is not None and word.arg == "code":
                            codes |= {c: status_of(kind("", code=c)) for c in words(word.value)}
    return codes


def words(value: ast.expr) -> list[str]:
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    # The one code that is put together.
    return [f"ticket_{state}" for state in ("matched", "expired", "proposed", "declined", "slept")]


def test_the_page_has_every_code_with_its_status_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d{3}) \|", CHAPTERS["Errors"], flags=re.MULTILINE)
    over_http = {code: int(status) for code, status in rows}
    on_sockets = first_column(sections("Server messages")["error"].partition("| code |")[2])
    real = codes_in_the_sources() | {"fault": 500}  # the one that is no refusal of a request
    assert set(over_http) | set(on_sockets) == set(real)
    assert over_http.items() <= real.items()
    assert set(_STATUS_BY_CODE) <= set(over_http)


def test_the_page_has_every_close_code_and_no_other() -> None:
    rows = re.findall(r"^\| (\d{4}) \|", CHAPTERS["Close codes"], flags=re.MULTILINE)
    used = {1000, sockets.MALFORMED, sockets.NOT_SIGNED_IN, sockets.NOT_FOUND, sockets.TOO_FAST}
    used |= {sockets.RESTARTING, sockets.SIGNED_OUT, relay._TOO_SLOW}
    assert [int(code) for code in rows] == sorted(used)


# Numbers.


def spoken(bucket: Bucket | Buckets) -> str:
    return f"{bucket._burst} at once, then {bucket._per_second} a second"


@pytest.mark.parametrize(
    ("row", "limit"),
    [
        ("Messages on one socket", spoken(socket_limits.message_bucket())),
        ("Lines of chat by one player", spoken(limits.chat_by_speaker)),
        ("Lines of chat by all at one address who have no account", spoken(limits.chat_by_guests)),
        ("Lines of chat from one address", spoken(limits.chat_by_address)),
        ("Guests, accounts and tournaments made", spoken(pace.newcomers)),
        ("Wrong passwords for one name from", spoken(pace.passwords_by_name_there)),
        ("Wrong passwords from one address", spoken(pace.passwords_by_address)),
        ("Wrong passwords for one name in all", spoken(pace.passwords_by_name)),
        ("Wrong codes of parties and", spoken(pace.codes_by_address)),
        ("Wrong codes of one tournament", spoken(pace.codes_by_holder)),
        ("Sockets opened from one address", spoken(socket_limits.connects)),
        ("Connections from one address", f"{settings.MATCHPOINT_CONNECTIONS_PER_ADDRESS:,} open"),
        ("Connections from one address", f"{settings.MATCHPOINT_CONNECTIONS_MAX:,} in all"),
        ("Sockets from one address", f"{settings.MATCHPOINT_SOCKETS_PER_ADDRESS:,} open"),
        ("Sockets from one address", f"{settings.MATCHPOINT_SOCKETS_MAX:,} in all"),
        ("Sockets of the feed by one", f"{settings.MATCHPOINT_SOCKETS_OF_A_KEY} open at a time"),
        (
            "A request's line and headers",
            f"{settings.MATCHPOINT_HEAD_MAX_BYTES // 1024} KiB in all",
        ),
        (
            "A request's line and headers",
            f"{settings.MATCHPOINT_HEAD_LINE_MAX_BYTES // 1024} KiB in one line",
        ),
        ("A request's line and headers", f"{settings.MATCHPOINT_HEAD_MAX_LINES} lines"),
        (
            "Time for them",
            f"{settings.MATCHPOINT_HEAD_SECONDS} s and {settings.MATCHPOINT_BODY_SECONDS} s",
        ),
        ("Refused messages on one socket", spoken(socket_limits.patience_bucket())),
        ("A message on a socket", f"{settings.MATCHPOINT_FRAME_MAX_BYTES // 1024} KiB"),
        ("A body over HTTP", f"{settings.MATCHPOINT_BODY_MAX_BYTES // 1024} KiB"),
        ("A body over HTTP", f"{settings.MATCHPOINT_FORM_MAX_BYTES // 1024**2} MiB"),
        ("A line of chat", f"{settings.MATCHPOINT_CHAT_MAX_CHARS} characters"),
        ("Requests held by", f"{held_reads.MOST_HELD:,}"),
        ("A reader with over", f"{outbox.SLOW_BYTES // 1024} KiB waiting"),
        ("A reader with over", f"after {outbox.SLOW_SECONDS:.0f} s"),
        ("A reader with over", f"over {outbox.FULL_BYTES // 1024**2} MiB"),
    ],
)
def test_limits_are_as_they_are_said_to_be(row: str, limit: str) -> None:
    [line] = [line for line in CHAPTERS["Limits"].splitlines() if line.startswith(f"| {row}")]
    assert limit in line


def test_other_numbers_are_as_they_are_said_to_be() -> None:
    assert f"at most {settings.MATCHPOINT_RECENT_EVENTS}" in sections("Server messages")["welcome"]
    assert f"the first {presence.PEOPLE_SHOWN}" in sections("Server messages")["presence"]
    assert f"first {presence.WAITING_SHOWN}" in sections("Server messages")["presence"]
    assert f"more than {feeds.RESUME_MAX_EVENTS:,} events" in CHAPTERS["Resuming"]
    assert f"2 to {settings.MATCHPOINT_TOURNAMENT_MAX_PLAYERS:,} names" in TEXT
