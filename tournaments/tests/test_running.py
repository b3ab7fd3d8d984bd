"""A tournament runs: started once, played on, finished or cancelled; each step is an event."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.dispatch import Signal

from lib.errors import Conflict, NotFound
from matchmaking.callers import Caller
from matchmaking.models import Match, MatchState, Seat
from matchmaking.results import BadScore
from matchmaking.services.matches import leave_match
from matchmaking.services.players import create_guest
from tournaments import signals
from tournaments.models import Entrant, Pairing, Seeding, Tournament, TournamentState
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.results import by_forfeit, by_score, enter_result
from tournaments.services.progress.start import cancel_tournament, start_tournament
from tournaments.services.setup.creation import create_tournament

pytestmark = pytest.mark.django_db

FOUR = ("Ann", "Bob", "Cem", "Dan")


def draft(*names: str, seeding: Seeding = Seeding.GIVEN, byes: bool = False) -> Tournament:
    return create_tournament(name="Cup", players=names, seeding=seeding, byes=byes).tournament


def cup(*names: str) -> Tournament:
    tournament = draft(*(names or FOUR))
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    return tournament


def match_of(tournament: Tournament, key: str) -> Match:
    match = Pairing.objects.get(group__stage__tournament=tournament, key=key).match
    assert match is not None
    return match


def report(tournament: Tournament, key: str, *scores: int) -> Pairing:
    match = match_of(tournament, key)
    return enter_result(
        tournament_id=tournament.pk, match_id=match.pk, report=by_score(scores), actor=ORGANISER
    )


def state(tournament: Tournament) -> str:
    return Tournament.objects.get(pk=tournament.pk).state


@pytest.fixture
def sent_signals() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """What the signals of this app sent, in order."""
    received: list[tuple[str, dict[str, Any]]] = []
    receivers: list[tuple[Signal, Callable[..., None]]] = []
    for name in ("bracket_created", "pairing_decided", "tournament_closed"):

        def receive(sender: object, signal: Signal, _name: str = name, **facts: Any) -> None:
            received.append((_name, facts))

        receivers.append((getattr(signals, name), receive))
    for signal, receive in receivers:
        signal.connect(receive)
    yield received
    for signal, receive in receivers:
        signal.disconnect(receive)


def test_starting_draws_the_bracket() -> None:
    tournament = draft(*FOUR)
    assert start_tournament(tournament_id=tournament.pk, actor=ORGANISER) == [
        ["Ann", "Dan"],
        ["Bob", "Cem"],
    ]
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.RUNNING and tournament.started_at is not None
    assert Match.objects.filter(state=MatchState.OPEN).count() == 2


def test_a_tournament_starts_once() -> None:
    tournament = cup()
    with pytest.raises(Conflict, match="already running") as refusal:
        start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    assert refusal.value.code == "already_started"
    assert Pairing.objects.count() == 3
    with pytest.raises(NotFound):
        start_tournament(tournament_id=uuid4(), actor=ORGANISER)


def test_neighbours_in_the_list_meet_when_asked_for() -> None:
    tournament = draft(*FOUR, seeding=Seeding.LISTED)
    assert start_tournament(tournament_id=tournament.pk, actor=ORGANISER) == [
        ["Ann", "Bob"],
        ["Cem", "Dan"],
    ]


def test_a_shuffled_draw_is_chances_and_can_be_read_back() -> None:
    names = [f"P{number}" for number in range(16)]
    draws = []
    for seed in (1, 1, 2):
        tournament = draft(*names, seeding=Seeding.RANDOM)
        draws.append(
            start_tournament(tournament_id=tournament.pk, chance=Random(seed), actor=ORGANISER)
        )
        seeded = [entrant.name for entrant in tournament.entrants.order_by("seed")]
        assert sorted(seeded) == sorted(names) and seeded != names
        assert draws[-1][0] == [seeded[0], seeded[-1]]
    assert draws[0] == draws[1] != draws[2]


def test_the_winners_go_on_to_the_end() -> None:
    tournament = cup()
    assert report(tournament, "W1.1", 1, 0).winner == 0
    assert state(tournament) == TournamentState.RUNNING
    assert not Match.objects.filter(pairing__key="W2.1").exists()
    report(tournament, "W1.2", 0, 1)
    final = match_of(tournament, "W2.1")
    assert [seat.name for seat in final.seats.all()] == ["Ann", "Cem"]
    report(tournament, "W2.1", 0, 1)
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.FINISHED and tournament.finished_at is not None
    assert not Seat.objects.filter(holds=True).exists()


def test_what_is_reported(sent_signals: list[tuple[str, dict[str, Any]]]) -> None:
    tournament = cup()
    report(tournament, "W1.1", 1, 0)
    report(tournament, "W1.2", 1, 0)
    report(tournament, "W2.1", 1, 0)
    kinds = [kind for kind, _ in sent_signals]
    assert kinds == ["bracket_created", *["pairing_decided"] * 3, "tournament_closed"]
    assert sent_signals[0][1]["brackets"] == [["Ann", "Dan"], ["Bob", "Cem"]]
    changed = [
        [p.key for p in facts["pairings"]] for kind, facts in sent_signals if "pairings" in facts
    ]
    assert changed == [["W1.1", "W2.1"], ["W1.2", "W2.1"], ["W2.1"]]
    assert str(sent_signals[-1][1]["winner"]) == "Ann"


def test_winning_by_forfeit() -> None:
    tournament = cup()
    match = match_of(tournament, "W1.1")
    pairing = enter_result(
        tournament_id=tournament.pk, match_id=match.pk, report=by_forfeit(1), actor=ORGANISER
    )
    assert str(pairing.bottom) == "Dan" and pairing.winner == 1
    match.refresh_from_db()
    assert (match.outcome, match.scores) == ("forfeit", [])


def test_a_result_is_entered_once() -> None:
    tournament = cup()
    report(tournament, "W1.1", 1, 0)
    with pytest.raises(Conflict) as refusal:
        report(tournament, "W1.1", 0, 1)
    assert refusal.value.code == "match_closed"
    assert Pairing.objects.get(key="W1.1").winner == 0


def test_a_bad_score_changes_nothing() -> None:
    tournament = cup()
    with pytest.raises(BadScore):
        report(tournament, "W1.1", 1, 1)
    assert match_of(tournament, "W1.1").state == MatchState.OPEN


def test_a_match_is_reported_in_its_own_tournament() -> None:
    tournament, other = cup(), cup("Eve", "Fay")
    with pytest.raises(NotFound):
        enter_result(
            tournament_id=other.pk,
            match_id=match_of(tournament, "W1.1").pk,
            report=by_score([1, 0]),
            actor=ORGANISER,
        )
    with pytest.raises(NotFound):
        enter_result(
            tournament_id=tournament.pk, match_id=uuid4(), report=by_score([1, 0]), actor=ORGANISER
        )
    with pytest.raises(NotFound):
        enter_result(
            tournament_id=uuid4(), match_id=uuid4(), report=by_score([1, 0]), actor=ORGANISER
        )


def test_an_error_on_the_way_undoes_the_result(
    sent_signals: list[tuple[str, dict[str, Any]]],
) -> None:
    tournament = cup()

    def fails(**kwargs: object) -> None:
        raise RuntimeError("a receiver failed")

    signals.pairing_decided.connect(fails)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            report(tournament, "W1.1", 1, 0)
    finally:
        signals.pairing_decided.disconnect(fails)
    assert match_of(tournament, "W1.1").state == MatchState.OPEN
    assert Pairing.objects.get(key="W2.1").top is None


def test_calling_off_ends_what_is_not_played(
    sent_signals: list[tuple[str, dict[str, Any]]],
) -> None:
    tournament = cup()
    report(tournament, "W1.1", 1, 0)
    cancel_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    assert state(tournament) == TournamentState.CANCELLED
    states = Match.objects.order_by("pairing__key").values_list("state", flat=True)
    assert list(states) == [MatchState.FINISHED, MatchState.CANCELLED]
    assert not Seat.objects.filter(holds=True).exists()
    assert sent_signals[-1][0] == "tournament_closed" and sent_signals[-1][1]["winner"] is None
    with pytest.raises(Conflict) as refusal:
        report(tournament, "W1.2", 1, 0)
    assert refusal.value.code == "not_running"
    with pytest.raises(Conflict, match="already cancelled"):
        cancel_tournament(tournament_id=tournament.pk, actor=ORGANISER)


def test_a_finished_tournament_is_not_called_off() -> None:
    tournament = cup("Ann", "Bob")
    report(tournament, "W1.1", 1, 0)
    with pytest.raises(Conflict, match="already finished"):
        cancel_tournament(tournament_id=tournament.pk, actor=ORGANISER)


def test_a_brackets_match_cannot_be_conceded_from_the_queue() -> None:
    tournament = cup()
    ann = create_guest(username="Ann").player
    Seat.objects.filter(name="Ann").update(player=ann)
    with pytest.raises(Conflict) as refusal:
        leave_match(match_id=match_of(tournament, "W1.1").pk, caller=Caller(player_id=ann.pk))
    assert refusal.value.code == "bracket_match"
    assert match_of(tournament, "W1.1").state == MatchState.OPEN


@pytest.mark.parametrize(
    "wrong", [{"state": "running"}, {"state": "finished"}, {"finished_at": "2026-01-01T00:00Z"}]
)
def test_what_cannot_be_is_not_stored(wrong: dict[str, str]) -> None:
    tournament = draft(*FOUR)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tournament.objects.filter(pk=tournament.pk).update(**wrong)


def test_no_two_entrants_have_one_seed_or_name() -> None:
    tournament = draft(*FOUR)
    for taken in ({"seed": 1, "name_key": "eve"}, {"seed": 5, "name_key": "ann"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entrant.objects.create(tournament=tournament, name="x", **taken)
