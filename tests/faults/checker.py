"""Holds the clients' notes against the database: pure, from values to a list of complaints."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from .clients import Crowd, Listener, Received, Request
from .ledger import Ledger, StoredEvent, StoredStream
from .wire import Answer

LOBBY = "lobby"
OK, CREATED, ALREADY_MATCHED, AWAY = 200, 201, 409, 503
#: An error that a line of chat may meet: it was not stored, and says so.
OUTAGE = "outage"


def complaints(crowd: Crowd, ledger: Ledger) -> list[str]:
    """Everything that breaks the promise; empty when it was kept."""
    return [
        *log_complaints(ledger),
        *(c for who in crowd.listeners for c in listener_complaints(who, ledger.streams[LOBBY])),
        *(c for asked in crowd.requests for c in request_complaints(asked, ledger)),
        *left_complaints(crowd.left, ledger),
        *half_done(ledger),
        *chat_complaints(crowd.said, ledger.streams[LOBBY]),
    ]


def log_complaints(ledger: Ledger) -> Iterator[str]:
    """Every stream's events are numbered from 1 to its head, each number once."""
    for name, stream in ledger.streams.items():
        seqs = [event.seq for event in stream.events]
        if seqs != list(range(1, stream.seq + 1)):
            yield f"The log of {name}, at {stream.seq}, has {_shape(seqs)}."


def listener_complaints(who: Listener, stored: StoredStream) -> Iterator[str]:
    """Every event once, in order, as it is stored, from the first welcome to the head."""
    if not who.received or who.received[0].frame["type"] != "welcome":
        yield f"{who.name} was not welcomed."
        return
    events = {event.seq: event for event in stored.events}
    seq = who.received[0].frame["seq"]
    for received in who.received:
        frame = received.frame
        if frame["type"] == "resync" or frame.get("code", OUTAGE) != OUTAGE:
            yield f"{who.name} received {frame}."
        elif frame["type"] == "welcome":
            yield from _welcome_complaints(who.name, received, seq, stored)
        elif "seq" in frame:
            if frame["seq"] != seq + 1:
                yield f"{who.name} received {frame['seq']} after {seq}, on socket {received.life}."
            seq = frame["seq"]
            yield from _content_complaints(who.name, frame, events.get(seq), stored.epoch)
    if seq != stored.seq:
        yield f"{who.name} received up to {seq}; the lobby is at {stored.seq}."


def _welcome_complaints(
    name: str, received: Received, seq: int, stored: StoredStream
) -> Iterator[str]:
    welcome = received.frame
    if welcome["epoch"] != stored.epoch:
        yield f"{name} was welcomed to another epoch."
    if received.life > 1 and welcome["recent"]:
        yield f"{name} resumed at {seq} and was shown events that it had."
    if welcome["seq"] < seq:
        yield f"{name} resumed at {seq} and was welcomed at {welcome['seq']}."


def _content_complaints(
    name: str, frame: dict[str, Any], stored: StoredEvent | None, epoch: str
) -> Iterator[str]:
    if stored is None:
        yield f"{name} received {frame['seq']}, which is not in the log."
    elif (frame["epoch"], frame["type"], frame["text"], frame["data"]) != (
        epoch,
        stored.type,
        stored.text,
        stored.data,
    ):
        yield f"{name} received {frame}; the log has {stored}."


def request_complaints(asked: Request, ledger: Ledger) -> Iterator[str]:
    """Each answer is the same, and what it says was done is stored, once."""
    if not asked.answers:
        yield f"{asked.key} was never answered: {asked.tries}."
        return
    status, answer = asked.answers[0].status, asked.answers[0].json
    for again in asked.answers[1:]:
        if (again.status, again.json) != (status, answer):
            yield f"{asked.key} was answered {status} {answer}, then {again.status} {again.json}."
    if status != (OK if asked.path == "/matchmaking" else CREATED):
        yield f"{asked.key} was answered {status}."
        return
    if asked.path == "/matchmaking":
        yield from _join_complaints(asked, answer, ledger)
    elif UUID(answer["tournament"]["id"]) not in ledger.tournaments:
        yield f"{asked.key} was answered 201 and made no tournament."


def _join_complaints(asked: Request, answer: Any, ledger: Ledger) -> Iterator[str]:
    name = asked.body["username"]
    tickets = [ticket for ticket in ledger.tickets if ticket.name == name]
    if [ticket.id for ticket in tickets] != [UUID(answer["ticket"]["id"])]:
        yield f"{asked.key} was answered 200 and has the tickets {tickets}."
    if ledger.players.count(name) != 1:
        yield f"{asked.key} made {ledger.players.count(name)} players."
    if answer["status"] == "Matched" and UUID(answer["match"]["id"]) not in ledger.matches:
        yield f"{asked.key} was sent a match that is not stored."


def left_complaints(left: Sequence[tuple[UUID, Answer]], ledger: Ledger) -> Iterator[str]:
    """A player who was confirmed to have left the queue is in no match."""
    tickets = {ticket.id: ticket for ticket in ledger.tickets}
    for pk, answer in left:
        ticket = tickets.get(pk)
        if answer.status == OK and (ticket is None or ticket.state != "cancelled" or ticket.match):
            yield f"Who left the queue has the ticket {ticket}."
        elif answer.status not in {OK, ALREADY_MATCHED, AWAY}:
            yield f"Who wanted to leave the queue was answered {answer}."


def half_done(ledger: Ledger) -> Iterator[str]:
    """What belongs together was stored together, and sent once."""
    events = ledger.streams[LOBBY].events
    announced = Counter(UUID(e.data["match"]["id"]) for e in events if e.type == "matched")
    matched = Counter(ticket.match for ticket in ledger.tickets if ticket.match)
    seats = Counter(seat.match for seat in ledger.seats)
    for match in ledger.matches | set(announced):
        counts = (announced[match], matched[match], seats[match])
        if counts != (1, 2, 2) or match not in ledger.matches:
            yield f"Match {match} has (events, tickets, seats) {counts}."
    holders = Counter(seat.player for seat in ledger.seats if seat.holds)
    yield from (f"{who} is in {n} open matches." for who, n in holders.items() if n > 1)
    brackets = Counter(UUID(e.data["tournament"]["id"]) for e in events if e.type == "bracket")
    for tournament, (players, pairings) in ledger.tournaments.items():
        if pairings < players - 1 or brackets[tournament] != 1:
            yield f"{tournament} has {pairings} pairings, {brackets[tournament]} bracket events."


def chat_complaints(said: Sequence[str], stored: StoredStream) -> Iterator[str]:
    """A line is stored at most once (chat is not sent again), and nobody's is made up."""
    lines = Counter(event.data["text"] for event in stored.events if event.type == "chat")
    yield from (f"{line!r} is stored {n} times." for line, n in lines.items() if n > 1)
    yield from (f"Nobody said {line!r}." for line in lines.keys() - set(said))


def _shape(seqs: Sequence[int]) -> str:
    twice = [seq for seq, n in Counter(seqs).items() if n > 1]
    missing = sorted(set(range(1, max(seqs, default=0) + 1)) - set(seqs))
    return f"{len(seqs)} events, of them missing {missing[:5]}, twice {twice[:5]}"
