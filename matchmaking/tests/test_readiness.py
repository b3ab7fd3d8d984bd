"""The ready check: a match is proposed; all accept, or somebody declines or sleeps."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from msgspec import to_builtins

from lib.errors import Conflict, Forbidden
from matchmaking import selectors
from matchmaking.models import Cooldown, Match, Player, Pool, ReadyAnswer, ReadyCheck, Seat, Ticket
from matchmaking.schemas import TicketEnded, TicketProposed
from matchmaking.services.parties import leave_party
from matchmaking.services.queue import ready_checks, ticket_reads
from matchmaking.services.queue.joining import Joined
from matchmaking.services.queue.ready_checks import accept_match, decline_match, settle_checks
from matchmaking.services.queue.ticket_reads import show_ticket
from matchmaking.services.queue.tickets import close_pool, expire_tickets, leave_pool
from matchmaking.services.queue.ticks import tick_pools

from .queueing import (
    SECOND,
    caller,
    guest,
    join,
    later,
    nobody_is_twice,
    open_check,
    party_of,
    pool,
    sides,
    state,
    ticket,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def careful() -> Pool:
    return pool("careful", ready_seconds=20)


@pytest.fixture
def ann() -> Player:
    return guest("Ann")


@pytest.fixture
def bob() -> Player:
    return guest("Bob")


@pytest.fixture
def proposed(careful: Pool, ann: Player, bob: Player) -> Joined:
    """Ann and Bob are asked; this is what Bob was answered."""
    join(ann, careful)
    return join(bob, careful)


def accept(player: Player, check_id: UUID | None = None) -> Ticket:
    return accept_match(ticket_id=ticket(player).pk, caller=caller(player), check_id=check_id)


def decline(player: Player, check_id: UUID | None = None) -> Ticket:
    return decline_match(ticket_id=ticket(player).pk, caller=caller(player), check_id=check_id)


def test_a_match_is_proposed_first(proposed: Joined, ann: Player, bob: Player) -> None:
    assert state(ann) == state(bob) == "proposed"
    assert not Match.objects.exists()
    answer = to_builtins(proposed.answer())
    assert answer["status"] == "Proposed" and answer["ticket"]["state"] == "proposed"
    check = open_check()
    assert (check.deadline - check.created_at).total_seconds() == 20
    assert answer["check"]["id"] == str(check.pk)
    assert (answer["check"]["accepted"], answer["check"]["players"]) == (0, 2)


def test_when_all_accept_the_match_is_made(proposed: Joined, ann: Player, bob: Player) -> None:
    assert accept(ann).state == "proposed"
    made = accept(bob)
    assert made.state == "matched" and sides(made.match) == [{"Ann"}, {"Bob"}]
    assert state(ann) == "matched"
    check = ReadyCheck.objects.get()
    assert (check.state, check.match) == ("ready", made.match)
    assert Seat.objects.filter(holds=True).count() == 2


def test_accepting_again_changes_nothing(proposed: Joined, ann: Player, bob: Player) -> None:
    for _ in range(2):
        assert accept(ann).state == "proposed"
    accept(bob)
    for player in (ann, bob):
        assert accept(player).state == "matched"
    assert Match.objects.count() == 1


def test_who_declines_loses_the_ticket_and_the_other_is_at_the_head(
    proposed: Joined, careful: Pool, ann: Player, bob: Player
) -> None:
    since = ticket(ann).waiting_since
    assert decline(bob).state == "declined"
    assert decline(bob).state == "declined"
    back = ticket(ann)
    assert (back.state, back.at_head, back.waiting_since) == ("waiting", True, since)
    assert ReadyCheck.objects.get().state == "broken"
    with pytest.raises(Conflict, match=r"pause for \d+ s") as refused:
        join(bob, careful)
    assert refused.value.code == "cooldown"
    assert join(bob, Pool.objects.get(slug="default")).ticket is not None


def test_who_sleeps_loses_the_ticket_when_the_time_is_over(
    proposed: Joined, ann: Player, bob: Player
) -> None:
    accept(ann)
    check = open_check()
    assert settle_checks(now=check.deadline - SECOND) == 0
    assert settle_checks(now=later(check)) == 1
    assert settle_checks(now=later(check)) == 0
    assert (state(ann), state(bob)) == ("waiting", "slept")


def test_a_late_answer_is_refused(proposed: Joined, ann: Player) -> None:
    now = later(open_check())
    for say in (accept_match, decline_match):
        with pytest.raises(Conflict, match="time to accept has passed") as refused:
            say(ticket_id=ticket(ann).pk, caller=caller(ann), clock=lambda: now)
        assert refused.value.code == "check_over"
    assert state(ann) == "proposed"


def test_pauses_grow(careful: Pool, ann: Player, bob: Player) -> None:
    lengths = []
    for _ in range(3):
        Cooldown.objects.update(until=timezone.now())
        join(ann, careful)
        join(bob, careful)
        decline(bob)
        leave_pool(ticket_id=ticket(ann).pk, caller=caller(ann))
        pause = Cooldown.objects.get(player=bob)
        lengths.append(round((pause.until - pause.last_fault_at).total_seconds()))
    assert lengths == [30, 60, 120]
    assert not Cooldown.objects.filter(player=ann).exists()


def test_who_is_back_meets_who_waits_at_the_next_tick(
    proposed: Joined, careful: Pool, ann: Player, bob: Player
) -> None:
    join(guest("Cem"), careful)
    decline(bob)
    assert tick_pools(now=timezone.now()) == 1
    asked = ReadyAnswer.objects.filter(check_of=open_check())
    assert {answer.ticket.name for answer in asked} == {"Ann", "Cem"}
    nobody_is_twice()


def test_nobody_answers_for_another(proposed: Joined, ann: Player, bob: Player) -> None:
    with pytest.raises(Forbidden):
        accept_match(ticket_id=ticket(ann).pk, caller=caller(bob))
    assert not ReadyAnswer.objects.exclude(answer="").exists()


def test_there_is_nothing_to_accept_while_one_waits(careful: Pool, ann: Player) -> None:
    join(ann, careful)
    for say in (accept, decline):
        with pytest.raises(Conflict) as refused:
            say(ann)
        assert refused.value.code == "no_check"


def test_after_accepting_one_may_still_decline(proposed: Joined, ann: Player, bob: Player) -> None:
    accept(ann)
    decline(ann)
    assert (state(ann), state(bob)) == ("declined", "waiting")


def test_while_asked_a_player_is_not_free(
    proposed: Joined, careful: Pool, ann: Player, bob: Player
) -> None:
    with pytest.raises(Conflict, match="already wait"):
        join(ann, Pool.objects.get(slug="default"))
    with pytest.raises(Conflict) as refused:
        leave_pool(ticket_id=ticket(ann).pk, caller=caller(ann))
    assert refused.value.code == "ticket_proposed"
    again = join(ann, careful)
    assert to_builtins(again.answer())["status"] == "Proposed"
    assert expire_tickets(now=timezone.now() + timedelta(days=1)) == 0
    assert join(guest("Cem"), careful).check is None
    nobody_is_twice()


def test_a_party_stands_or_falls_together() -> None:
    squads = pool("squads", team_size=2, party_limit=2, ready_seconds=10)
    ann, bob, cem, dan = (guest(name) for name in ("Ann", "Bob", "Cem", "Dan"))
    party = party_of(ann, bob)
    join(ann, squads, party=party.code)
    for player in (cem, dan):
        join(player, squads)
    for player in (ann, cem):
        accept(player)
    with pytest.raises(Conflict, match="Accept or decline"):
        leave_party(code=party.code, caller=caller(ann))
    decline(bob)
    assert [state(player) for player in (ann, bob, cem, dan)] == [
        "cancelled",
        "declined",
        "waiting",
        "waiting",
    ]
    assert ticket(ann).reason == "party"
    assert not Cooldown.objects.exclude(player=bob).exists()


def test_a_member_who_must_pause_holds_up_the_party() -> None:
    squads = pool("squads", team_size=2, party_limit=2, ready_seconds=10)
    ann, bob = guest("Ann"), guest("Bob")
    now = timezone.now()
    Cooldown.objects.create(
        player=bob, pool=squads, faults=1, last_fault_at=now, until=now + 60 * SECOND
    )
    with pytest.raises(Conflict, match="Bob must pause") as refused:
        join(ann, squads, party=party_of(ann, bob).code)
    assert refused.value.code == "cooldown"


def test_a_pool_that_closes_calls_its_checks_off(
    proposed: Joined, careful: Pool, ann: Player, bob: Player
) -> None:
    assert close_pool(pool=careful)
    assert not close_pool(pool=careful)
    assert {(t.state, t.reason) for t in Ticket.objects.all()} == {("cancelled", "pool_closed")}
    assert ReadyCheck.objects.get().state == "called_off"
    with pytest.raises(Conflict):
        accept(ann)
    assert not Cooldown.objects.exists()


def test_the_tick_ends_the_waits_of_a_pool_that_was_closed(careful: Pool, ann: Player) -> None:
    join(ann, careful)
    Pool.objects.filter(pk=careful.pk).update(is_open=False)
    tick_pools(now=timezone.now())
    assert (state(ann), ticket(ann).reason) == ("cancelled", "pool_closed")


# Which check is meant.


def test_an_answer_to_an_earlier_check_does_not_count(
    proposed: Joined, careful: Pool, ann: Player, bob: Player
) -> None:
    first = open_check().pk
    decline(bob, first)
    join(guest("Cem"), careful)
    tick_pools(now=timezone.now())
    second = open_check().pk
    for say in (accept, decline):
        for stale in (first, None, uuid4()):  # without an id it could mean either
            with pytest.raises(Conflict) as refused:
                say(ann, stale)
            assert refused.value.code == "check_replaced"
    assert not ReadyAnswer.objects.filter(check_of=second).exclude(answer="").exists()
    assert accept(ann, second).state == "proposed"


def test_the_time_of_an_answer_is_read_under_the_lock(
    proposed: Joined, ann: Player, bob: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(ann)
    order: list[str] = []
    lock = ready_checks._lock_pool

    def lock_pool(pool_id: int) -> None:
        order.append("locked")
        lock(pool_id)

    def clock() -> datetime:
        order.append("read")
        return timezone.now()

    monkeypatch.setattr(ready_checks, "_lock_pool", lock_pool)
    mine = accept_match(ticket_id=ticket(bob).pk, caller=caller(bob), clock=clock)
    assert order == ["locked", "read"] and mine.match is not None
    check = ReadyCheck.objects.get()
    assert check.created_at <= mine.match.created_at


def test_one_look_sees_the_ticket_and_its_check(
    proposed: Joined, ann: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if somebody declined between the reading of the ticket and that of the check."""
    real = selectors.checks_of

    def settled_meanwhile(tickets: Iterable[Ticket]) -> dict[UUID, ReadyCheck]:
        settle_checks(now=later(open_check()))
        return real(tickets)

    monkeypatch.setattr(ticket_reads, "checks_of", settled_meanwhile)
    shown = show_ticket(ticket_id=ticket(ann).pk, caller=caller(ann))
    assert isinstance(shown, TicketProposed) and shown.check.players == 2
    monkeypatch.undo()
    assert isinstance(show_ticket(ticket_id=ticket(ann).pk, caller=caller(ann)), TicketEnded)
