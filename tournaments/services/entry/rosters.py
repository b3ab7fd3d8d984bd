"""The rosters of teams and their captains."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from lib.errors import Conflict, NotFound
from lib.names import Name, parse_name
from matchmaking.models import Player
from tournaments.models import Entrant, Member, Tournament
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.guards import check_not_over, lock_entrant
from tournaments.services.locking import lock_tournament


@transaction.atomic
def add_member(
    *,
    tournament_id: UUID,
    entrant_id: int,
    actor: Actor,
    name: str = "",
    player: Player | None = None,
) -> Member:
    """Add a player, or just a name, to a team's roster; the first is its captain."""
    tournament, entrant = lock_entrant(tournament_id, entrant_id, check_not_over)
    if tournament.team_size == 1:
        raise Conflict("This tournament is for single players.", code="no_teams")
    _check_room(tournament, entrant, 1)
    member = _store(tournament, entrant, parse_name(player.name if player else name), player)
    audit_log.record(tournament, actor, "roster", f"added {member} to {entrant}")
    return member


@transaction.atomic
def remove_member(*, tournament_id: UUID, member_id: int, actor: Actor) -> Entrant:
    """Remove a member from a roster, the captain only as the last; returns the team."""
    tournament, member = _member(tournament_id, member_id)
    others = member.entrant.members.exclude(pk=member.pk).exists()
    if member.is_captain and others:
        raise Conflict("Make somebody else the captain first.", code="captain")
    member.delete()
    audit_log.record(
        tournament, actor, "roster", f"took {member} off the roster of {member.entrant}"
    )
    return member.entrant


@transaction.atomic
def make_captain(*, tournament_id: UUID, member_id: int, actor: Actor) -> Member:
    """Make another member the captain; the team's entry becomes theirs."""
    tournament, member = _member(tournament_id, member_id)
    entrant = member.entrant
    entrant.members.filter(is_captain=True).update(is_captain=False)
    member.change(is_captain=True)
    if member.player_id is not None:
        entrant.change(player=member.player)
    audit_log.record(tournament, actor, "roster", f"made {member} the captain of {entrant}")
    return member


def add_founders(
    tournament: Tournament, entrant: Entrant, *, captain: Player, others: Sequence[str]
) -> None:
    """Store the first roster of a team that registers, and check its size."""
    if tournament.team_size == 1:
        if others:
            raise Conflict("This tournament is for single players.", code="no_teams")
        return
    names = [parse_name(name) for name in others if name.strip()]
    _check_room(tournament, entrant, 1 + len(names))
    _store(tournament, entrant, parse_name(captain.name), captain)
    for name in names:
        _store(tournament, entrant, name, None)


def _store(tournament: Tournament, entrant: Entrant, name: Name, player: Player | None) -> Member:
    if any(parse_name(m.name).name_key == name.name_key for m in entrant.members.all()):
        raise Conflict(f"{name.display!r} is already on this roster.", code="name_taken")
    if player is not None:
        elsewhere = Member.objects.filter(entrant__tournament=tournament, player=player).first()
        if elsewhere is not None:
            raise Conflict(f"{name.display} already plays for {elsewhere.entrant}.", code="in_team")
    first = not entrant.members.exists()
    return entrant.members.create(name=name.display, player=player, is_captain=first)


def _member(tournament_id: UUID, member_id: int) -> tuple[Tournament, Member]:
    tournament = lock_tournament(tournament_id, check_not_over)
    members = Member.objects.select_related("entrant").filter(entrant__tournament=tournament)
    member = members.filter(pk=member_id).first()
    if member is None:
        raise NotFound("There is no such player on a roster of this tournament.")
    return tournament, member


def _check_room(tournament: Tournament, entrant: Entrant, more: int) -> None:
    if entrant.members.count() + more > tournament.team_size:
        raise Conflict(
            f"A team here has at most {tournament.team_size} players.", code="roster_full"
        )
