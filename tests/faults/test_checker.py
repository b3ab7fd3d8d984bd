"""The checker finds what it is for: it would be easy to write one that never complains."""

from collections.abc import Iterable
from random import Random
from typing import Any
from uuid import UUID

import pytest

from . import checker
from .clients import Listener, Received, Request, Try
from .ledger import Ledger, StoredEvent, StoredSeat, StoredStream, StoredTicket
from .wire import Answer

EPOCH = "abc"
ANN, BOB, MATCH, TICKET, OTHER = (UUID(int=n) for n in range(1, 6))


def event(seq: int, **changes: Any) -> dict[str, Any]:
    said = {"text": f"line {seq}"}
    frame = {"type": "chat", "epoch": EPOCH, "seq": seq, "text": f"Ann: line {seq}", "data": said}
    return frame | changes


def welcome(seq: int, *, recent: Iterable[dict[str, Any]] = (), epoch: str = EPOCH) -> Any:
    return {"type": "welcome", "epoch": epoch, "seq": seq, "recent": list(recent)}


def stored(upto: int) -> StoredStream:
    frames = [event(seq) for seq in range(1, upto + 1)]
    events = [StoredEvent(f["seq"], f["type"], f["text"], f["data"]) for f in frames]
    return StoredStream(EPOCH, upto, events)


def listener(*lives: list[dict[str, Any]]) -> Listener:
    who = Listener("Ann", [1], Random(0))
    who.received = [
        Received(0.0, n, frame) for n, life in enumerate(lives, start=1) for frame in life
    ]
    return who


def test_a_listener_who_resumed_well() -> None:
    ann = listener([welcome(1), event(2)], [welcome(3), event(3)], [welcome(3)])
    assert list(checker.listener_complaints(ann, stored(3))) == []


@pytest.mark.parametrize(
    "lives",
    [
        [[]],
        [[welcome(1), event(3)]],
        [[welcome(1), event(2), event(2), event(3)]],
        [[welcome(1), event(3), event(2), event(3)]],
        [[welcome(1), event(2)]],
        [[welcome(1), event(2, text="Ann: something else"), event(3)]],
        [[welcome(1), event(2), event(3), event(4)]],
        [[welcome(1), event(2)], [welcome(3), event(2), event(3)]],
        [[welcome(1), event(2)], [welcome(3, recent=[event(2)]), event(3)]],
        [[welcome(1), event(2)], [welcome(1), event(3)]],
        [[welcome(1), event(2)], [welcome(3, epoch="another"), event(3)]],
        [[welcome(1), event(2), {"type": "resync", "seq": 2}, event(3)]],
        [[welcome(1), event(2), {"type": "error", "code": "malformed"}, event(3)]],
    ],
    ids=[
        *("no welcome", "a hole", "a double", "disorder", "an end too soon", "another text"),
        *("one too many", "a double after resuming", "recent after resuming", "back in time"),
        *("another epoch", "a resync", "an error"),
    ],
)
def test_a_listener_who_was_wronged(lives: list[list[dict[str, Any]]]) -> None:
    assert list(checker.listener_complaints(listener(*lives), stored(3)))


@pytest.mark.parametrize("seqs", [[1, 3], [1, 2, 2, 3], [2, 3], [1, 2]])
def test_a_log_with_holes_or_doubles(seqs: list[int]) -> None:
    events = [StoredEvent(seq, "chat", "", {}) for seq in seqs]
    assert list(checker.log_complaints(Ledger({"lobby": StoredStream(EPOCH, 3, events)})))


def asked(*answers: tuple[int, bytes]) -> Request:
    tries = [Try(0.0, 0.0, 1, Answer(status, {}, body)) for status, body in answers]
    return Request("key", "/matchmaking", {"username": "Ann"}, tries)


def answer(ticket: UUID = TICKET) -> tuple[int, bytes]:
    return 200, b'{"status":"Waiting","ticket":{"id":"%s"}}' % str(ticket).encode()


def ledger(*tickets: UUID, players: int = 1) -> Ledger:
    rows = [StoredTicket(pk, "Ann", "waiting", None, ANN) for pk in tickets]
    return Ledger(tickets=rows, players=["Ann"] * players)


def test_a_request_that_went_well() -> None:
    outage = (503, b"")
    request = asked(outage, answer(), answer())
    assert list(checker.request_complaints(request, ledger(TICKET))) == []


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        (asked((503, b"")), ledger(TICKET)),
        (asked((500, b"{}")), ledger()),
        (asked(answer()), ledger()),
        (asked(answer()), ledger(OTHER)),
        (asked(answer()), ledger(TICKET, OTHER)),
        (asked(answer()), ledger(TICKET, players=2)),
        (asked(answer(), answer(OTHER)), ledger(TICKET)),
    ],
    ids=[
        *("no answer", "a fault", "nothing stored", "something else stored", "stored twice"),
        *("two players", "two answers"),
    ],
)
def test_a_request_that_went_wrong(request_: Request, rows: Ledger) -> None:
    assert list(checker.request_complaints(request_, rows))


@pytest.mark.parametrize(
    ("state", "match", "fine"),
    [("cancelled", None, True), ("waiting", None, False), ("cancelled", MATCH, False)],
)
def test_who_left_the_queue(state: str, match: UUID | None, fine: bool) -> None:
    rows = Ledger(tickets=[StoredTicket(TICKET, "Ann", state, match, ANN)])
    found = list(checker.left_complaints([(TICKET, Answer(200, {}, b"{}"))], rows))
    assert (found == []) is fine


def match_rows(*, events: int = 1, tickets: int = 2, seats: int = 2, holds: bool = True) -> Ledger:
    matched_data = {"match": {"id": str(MATCH)}}
    lobby = [StoredEvent(n, "matched", "", matched_data) for n in range(1, events + 1)]
    return Ledger(
        {"lobby": StoredStream(EPOCH, events, lobby)},
        [StoredTicket(UUID(int=9 + n), "", "matched", MATCH, ANN) for n in range(tickets)],
        [StoredSeat(MATCH, who, holds) for who in (ANN, BOB, BOB)[:seats]],
        {MATCH},
    )


def test_a_whole_match() -> None:
    assert list(checker.half_done(match_rows())) == []


@pytest.mark.parametrize(
    "rows",
    [match_rows(events=0), match_rows(events=2), match_rows(tickets=1), match_rows(seats=3)],
    ids=["not sent", "sent twice", "one ticket", "one in two seats"],
)
def test_half_a_match(rows: Ledger) -> None:
    assert list(checker.half_done(rows))


def test_half_a_tournament() -> None:
    rows = Ledger({"lobby": StoredStream(EPOCH, 0, [])}, tournaments={OTHER: (4, 3)})
    assert list(checker.half_done(rows))


def test_a_line_that_nobody_said_or_that_is_sent_twice() -> None:
    assert list(checker.chat_complaints(["line 1"], stored(1))) == []
    assert list(checker.chat_complaints([], stored(1)))
    line = stored(1).events[0]
    twice = StoredStream(EPOCH, 2, [line, line])
    assert list(checker.chat_complaints(["line 1"], twice))
