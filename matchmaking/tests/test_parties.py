"""Parties: made, joined by code, queued as one, left; a refusal says why."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from lib.errors import Conflict, Forbidden, NotFound, Refusal, Unauthenticated
from matchmaking.callers import NOBODY, Caller
from matchmaking.models import Party, PartyMember, Player, Pool, Ticket
from matchmaking.services.parties import create_party, delete_old_parties, join_party, leave_party
from matchmaking.services.queue.joining import Join, join_pool
from matchmaking.services.queue.tickets import expire_tickets, leave_pool, mark_players_seen

from .queueing import (
    SECOND,
    caller,
    guest,
    join,
    nobody_is_twice,
    party_of,
    pool,
    sides,
    state,
    ticket,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def squads() -> Pool:
    return pool("squads", team_size=2, party_limit=2)


@pytest.fixture
def ann() -> Player:
    return guest("Ann")


@pytest.fixture
def bob() -> Player:
    return guest("Bob")


def members(party: Party) -> list[str]:
    return [member.player.name for member in Party.objects.get(pk=party.pk).members.all()]


def test_a_party_is_made_and_joined_by_its_code(ann: Player, bob: Player) -> None:
    party = party_of(ann, bob)
    assert members(party) == ["Ann", "Bob"] and party.leader == ann
    assert join_party(code=party.code, caller=caller(bob)).token is None
    assert members(party) == ["Ann", "Bob"]


def test_a_newcomer_becomes_a_guest_by_it() -> None:
    made = create_party(caller=NOBODY, username="Ann")
    assert made.token and made.player.name == "Ann"
    joined = join_party(code=made.party.code, caller=NOBODY, username="Bob")
    assert joined.token and members(made.party) == ["Ann", "Bob"]


def test_the_leader_queues_all_as_one_and_they_play_on_one_side(
    squads: Pool, ann: Player, bob: Player
) -> None:
    party = party_of(ann, bob)
    waiting = join(ann, squads, party=party.code)
    assert waiting.ticket is not None and waiting.ticket.party == party.code
    assert ticket(ann).waiting_since == ticket(bob).waiting_since
    assert ticket(ann).wait_key == ticket(bob).wait_key == party.pk
    join(guest("Cem"), squads)
    met = join(guest("Dan"), squads).match
    assert sides(met) == [{"Ann", "Bob"}, {"Cem", "Dan"}]
    assert state(ann) == state(bob) == "matched"
    nobody_is_twice()


def test_queueing_again_is_the_same_wait_for_each_member(
    squads: Pool, ann: Player, bob: Player
) -> None:
    party = party_of(ann, bob)
    join(ann, squads, party=party.code)
    again, bobs = join(ann, squads, party=party.code), join(bob, squads)
    assert again.ticket is not None and bobs.ticket is not None
    assert again.ticket.id == ticket(ann).pk and bobs.ticket.id == ticket(bob).pk
    assert Ticket.objects.count() == 2


def test_who_leaves_the_queue_ends_the_wait_of_all(squads: Pool, ann: Player, bob: Player) -> None:
    join(ann, squads, party=party_of(ann, bob).code)
    leave_pool(ticket_id=ticket(bob).pk, caller=caller(bob))
    assert (state(ann), ticket(ann).reason) == ("cancelled", "party")
    assert (state(bob), ticket(bob).reason) == ("cancelled", "")


def test_who_leaves_the_party_ends_its_wait_and_the_next_one_leads(
    squads: Pool, ann: Player, bob: Player
) -> None:
    party = party_of(ann, bob)
    join(ann, squads, party=party.code)
    left = leave_party(code=party.code, caller=caller(ann))
    assert left is not None and left.leader == bob and members(party) == ["Bob"]
    assert state(ann) == state(bob) == "cancelled"
    assert leave_party(code=party.code, caller=caller(bob)) is None
    assert not Party.objects.exists()


def test_a_party_lives_while_one_of_its_members_does(
    squads: Pool, ann: Player, bob: Player
) -> None:
    join(ann, squads, party=party_of(ann, bob).code)
    long_ago = timezone.now() - timedelta(days=1)
    Ticket.objects.update(seen_at=long_ago)
    mark_players_seen([bob.pk], now=timezone.now())
    assert expire_tickets(now=timezone.now()) == 0
    Ticket.objects.filter(player=bob).update(leave_at=long_ago)
    assert expire_tickets(now=timezone.now()) == 2
    assert (state(bob), state(ann)) == ("expired", "cancelled")


Deed = Callable[[], object]


def refusal_of(deed: Deed) -> Refusal:
    before = (Ticket.objects.count(), PartyMember.objects.count(), Player.objects.count())
    with pytest.raises(Refusal) as refused:
        deed()
    assert before == (
        Ticket.objects.count(),
        PartyMember.objects.count(),
        Player.objects.count(),
    )
    return refused.value


def test_a_party_larger_than_the_pool_allows_is_refused(ann: Player, bob: Player) -> None:
    party = party_of(ann, bob, guest("Cem"))
    squads = pool("squads", team_size=3, party_limit=2)
    refused = refusal_of(lambda: join(ann, squads, party=party.code))
    assert refused.code == "party_too_large" and "at most 2" in refused.message


def test_a_full_party_takes_nobody(squads: Pool, ann: Player, bob: Player) -> None:
    party = party_of(ann, bob, where=squads)
    refused = refusal_of(lambda: join_party(code=party.code, caller=NOBODY, username="Cem"))
    assert refused.code == "party_too_large"


def test_members_who_wait_or_play_are_named(squads: Pool, ann: Player, bob: Player) -> None:
    party = party_of(ann, bob)
    elsewhere = join(bob, Pool.objects.get(slug="default"))
    refused = refusal_of(lambda: join(ann, squads, party=party.code))
    assert refused.code == "member_busy" and refused.message.startswith("Bob already waits")
    assert elsewhere.ticket is not None


def test_only_the_leader_queues_and_no_stranger(squads: Pool, ann: Player, bob: Player) -> None:
    party = party_of(ann, bob)
    assert isinstance(refusal_of(lambda: join(bob, squads, party=party.code)), Forbidden)
    stranger = guest("Eve")
    assert isinstance(refusal_of(lambda: join(stranger, squads, party=party.code)), NotFound)
    assert isinstance(refusal_of(lambda: join(ann, squads, party="NOSUCH")), NotFound)
    nobody = Join("Zed", squads.slug, Caller(), party=party.code)
    assert isinstance(refusal_of(lambda: join_pool(nobody)), Unauthenticated)


def test_a_party_for_one_pool_queues_in_no_other(squads: Pool, ann: Player, bob: Player) -> None:
    party = party_of(ann, bob, where=squads)
    other = pool("other", team_size=2, party_limit=2)
    assert refusal_of(lambda: join(ann, other, party=party.code)).code == "party_pool"


def test_one_party_for_each_player(ann: Player, bob: Player) -> None:
    party_of(ann)
    other = party_of(bob)
    assert refusal_of(lambda: create_party(caller=caller(ann))).code == "in_party"
    again = refusal_of(lambda: join_party(code=other.code, caller=caller(ann)))
    assert again.code == "in_party"


def test_look_alikes_cannot_be_in_one_party(ann: Player) -> None:
    party = party_of(ann)
    refused = refusal_of(lambda: join_party(code=party.code, caller=NOBODY, username="ANN"))
    assert refused.code == "name_waiting"


@pytest.mark.parametrize("code", ["NOSUCH", "", "a\x00b"])
def test_a_code_that_nobody_has(code: str, ann: Player) -> None:
    for deed in (join_party, leave_party):
        with pytest.raises(NotFound):
            deed(code=code, caller=caller(ann))


def test_nobody_joins_a_party_that_waits(squads: Pool, ann: Player) -> None:
    party = party_of(ann)
    join(ann, squads, party=party.code)
    with pytest.raises(Conflict, match="waits already"):
        join_party(code=party.code, caller=caller(guest("Bob")))


def test_old_parties_are_forgotten_but_not_while_they_wait(
    squads: Pool, ann: Player, bob: Player
) -> None:
    join(ann, squads, party=party_of(ann).code)
    party_of(bob)
    assert delete_old_parties(now=timezone.now()) == 0
    assert delete_old_parties(now=timezone.now() + timedelta(days=1) + SECOND) == 1
    assert Party.objects.get().leader == ann
