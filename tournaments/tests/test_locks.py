"""Whoever writes to a tournament waits for who is at it, and then sees what that one did."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from lib.errors import Conflict, Refusal
from matchmaking.callers import Caller
from matchmaking.models import MatchState
from matchmaking.services.reports import Claim
from matchmaking.services.reports import report_result as report_as_player
from tournaments.models import Entry, Reporting, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.entry.entrants import rename_entrant
from tournaments.services.entry.registration import register
from tournaments.services.entry.seeding import shuffle_seeds
from tournaments.services.locking import lock_tournament
from tournaments.services.progress.reopen import reopen_result
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.progress.start import start_tournament
from tournaments.services.progress.withdrawals import withdraw_entrant
from tournaments.services.undo.stack import undo_last
from tournaments.services.venue.stations import add_stations

from .builders import first_wins, match_of
from .manage_builders import comes, fresh, guest, open_cup

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], object]


@pytest.fixture
def cup() -> Tournament:
    """A semi-final is played; whose players report for themselves."""
    tournament = open_cup(Entry.OPEN, reporting=Reporting.PLAYERS)
    for name in ("Ann", "Bob", "Cem", "Dan"):
        comes(tournament, name)
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    first_wins(tournament, "W1.1")
    return fresh(tournament)


def in_a_thread(act: Act) -> object:
    """What comes of it, or the refusal; the thread's connection is given back."""
    try:
        return act()
    except Refusal as refusal:
        return refusal
    finally:
        connection.close()


@contextmanager
def held(act: Act) -> Iterator[ThreadPoolExecutor]:
    """Threads, while another has done this and has not yet committed."""
    done, leave = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            act()
            done.set()
            leave.wait(20)

    with ThreadPoolExecutor(10) as threads:
        first = threads.submit(in_a_thread, hold)
        assert done.wait(20), first.result()
        try:
            yield threads
        finally:
            leave.set()
            first.result()


def all_wait(futures: Mapping[str, Future[object]]) -> list[str]:
    """Who did not wait; looks until everybody does."""
    until = time.monotonic() + (10 if connection.vendor == "postgresql" else 0.3)
    while time.monotonic() < until:
        if early := [name for name, future in futures.items() if future.done()]:
            return early
        if waiting_backends() == len(futures):
            return []
        time.sleep(0.02)
    return []


def waiting_backends() -> int:
    """How many connections wait for a row; SQLite does not say, and has one writer anyway."""
    if connection.vendor != "postgresql":
        return -1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def test_whoever_changes_a_tournament_waits_for_who_is_at_it(cup: Tournament) -> None:
    ann, semi = cup.entrants.get(name="Ann"), match_of(cup, "W1.2")
    bob = cup.entrants.get(name="Bob")
    where: Any = {"tournament_id": cup.pk, "actor": ORGANISER}
    acts: dict[str, Act] = {
        "reporting": lambda: enter_result(**where, match_id=semi.pk, report=by_score([1, 0])),
        "conceding": lambda: report_as_player(
            match_id=semi.pk, caller=Caller(player_id=bob.player_id), claim=Claim(forfeit=True)
        ),
        "reopening": lambda: reopen_result(**where, match_id=match_of(cup, "W1.1").pk),
        "undoing": lambda: undo_last(**where),
        "withdrawing": lambda: withdraw_entrant(**where, entrant_id=ann.pk),
        "renaming": lambda: rename_entrant(**where, entrant_id=ann.pk, name="Anna"),
        "seeding": lambda: shuffle_seeds(**where),
        "stations": lambda: add_stations(**where, names=["Court 1"]),
    }
    with held(lambda: lock_tournament(cup.pk)) as threads:
        futures = {name: threads.submit(in_a_thread, act) for name, act in acts.items()}
        assert all_wait(futures) == []


def test_of_two_judges_at_one_match_the_second_waits_and_is_refused(cup: Tournament) -> None:
    semi = match_of(cup, "W1.2")

    def report(*scores: int) -> object:
        return enter_result(
            tournament_id=cup.pk, match_id=semi.pk, report=by_score(scores), actor=ORGANISER
        )

    with held(lambda: report(1, 0)) as threads:
        second = threads.submit(in_a_thread, lambda: report(0, 1))
        assert all_wait({"the second": second}) == []
    refusal = second.result()
    assert isinstance(refusal, Conflict) and refusal.code == "match_closed"
    semi.refresh_from_db()
    assert (semi.state, semi.winner) == (MatchState.FINISHED, 0)


def test_who_comes_for_the_last_place_sees_who_has_just_taken_it() -> None:
    cup = open_cup(Entry.OPEN, capacity=2)
    comes(cup, "Ann")
    late = guest("Cem")
    with held(lambda: comes(cup, "Bob")) as threads:
        third = threads.submit(in_a_thread, lambda: register(tournament_id=cup.pk, player=late))
        assert all_wait({"Cem": third}) == []
    third.result()
    assert [str(one.status) for one in cup.entrants.order_by("seed")] == [
        "entered", "entered", "waiting",
    ]  # fmt: skip
