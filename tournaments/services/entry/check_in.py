"""Check-in: who is there before the start; who is not, is left out, and can come back."""

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from lib.errors import Conflict
from matchmaking.models import Match, MatchState, Player
from tournaments.models import (
    Contender,
    Entrant,
    EntryStatus,
    Format,
    Group,
    StageState,
    Tournament,
    TournamentState,
)
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.locking import lock_tournament
from tournaments.services.permissions import player_actor
from tournaments.services.progress.redraw import check_can_redraw, redraw
from tournaments.signals import list_changed

from .capacity import EntryChange, announce, announce_all, fill_places, places_left
from .guards import check_before_start, check_not_over, entrant_of, move_day
from .registration import check_own
from .rosters import missing_players, short_teams

#: Who can be checked in: those with a place, and those who wait for one.
_CAN_COME = {EntryStatus.ENTERED, EntryStatus.WAITING}


@transaction.atomic
def open_check_in(*, tournament_id: UUID, actor: Actor) -> Tournament:
    """Ask the entrants to say that they are there; raises `Conflict` when it is too late."""
    tournament = lock_tournament(tournament_id)
    check_before_start(tournament)
    if tournament.state == TournamentState.CHECK_IN:
        raise Conflict("Check-in is already open.", code="already_open")
    move_day(tournament, TournamentState.CHECK_IN, actor, "opened check-in")
    return tournament


@transaction.atomic
def close_check_in(*, tournament_id: UUID, actor: Actor) -> Tournament:
    """Do without check-in after all: nobody is left out at the start for not having come."""
    tournament = lock_tournament(tournament_id)
    if tournament.state != TournamentState.CHECK_IN:
        raise Conflict("Check-in is not open.", code="not_open")
    move_day(tournament, TournamentState.REGISTRATION, actor, "closed check-in")
    return tournament


@transaction.atomic
def check_in_own(*, tournament_id: UUID, player: Player) -> Entrant:
    """Say that one is there, or one's team; as a team only when it is complete.

    Raises `Conflict` naming how many players are missing, and as `check_in` does.
    """
    tournament = lock_tournament(tournament_id)
    entrant = check_own(tournament_id=tournament_id, player=player)
    if missing := missing_players(tournament, entrant):
        raise Conflict(
            f"{entrant} is short of {missing} player{'s' if missing > 1 else ''}: a team here has "
            f"{tournament.team_size}. Ask the organiser to complete your roster, or to check you "
            "in as you are.",
            code="team_incomplete",
        )
    return check_in(tournament_id=tournament_id, entrant_id=entrant.pk, actor=player_actor(player))


@transaction.atomic
def check_in(*, tournament_id: UUID, entrant_id: int, actor: Actor) -> Entrant:
    """Note that an entrant is there; doing it twice is harmless.

    A team that is short of players too: the record says so. Raises `Conflict` and `NotFound`.
    """
    tournament = lock_tournament(tournament_id)
    entrant = _to_check(tournament, entrant_id)
    if entrant.checked_in_at is None:
        short = short_teams(tournament, [entrant])
        entrant.checked_in_at = timezone.now()
        entrant.save(update_fields=("checked_in_at",))
        audit_log.record(
            tournament=tournament,
            actor=actor,
            verb="check_in",
            text=f"{entrant} checked in" + (f", {short}" if short else ""),
            undo={"kind": "check_in", "entrant": entrant.pk},
        )
        announce(tournament, entrant, EntryChange.CHECKED_IN)
    return entrant


@transaction.atomic
def undo_check_in(*, tournament_id: UUID, entrant_id: int, actor: Actor) -> Entrant:
    """Note that an entrant is not there after all."""
    tournament = lock_tournament(tournament_id)
    entrant = _to_check(tournament, entrant_id)
    if entrant.checked_in_at is not None:
        entrant.checked_in_at = None
        entrant.save(update_fields=("checked_in_at",))
        audit_log.record(
            tournament=tournament,
            actor=actor,
            verb="check_in",
            text=f"{entrant} is not checked in any more",
        )
        announce(tournament, entrant, EntryChange.UNCHECKED)
    return entrant


@transaction.atomic
def check_in_all(*, tournament_id: UUID, actor: Actor) -> int:
    """Note that everybody who takes part is there; gives how many were not yet checked in."""
    tournament = lock_tournament(tournament_id)
    check_before_start(tournament)
    missing = tournament.entrants.filter(status=EntryStatus.ENTERED, checked_in_at__isnull=True)
    short = short_teams(tournament, list(missing))
    count = missing.update(checked_in_at=timezone.now())
    if count:
        text = f"checked in {count} entrants" + (f"; {short}" if short else "")
        audit_log.record(tournament=tournament, actor=actor, verb="check_in", text=text)
        list_changed.send(sender=Tournament, tournament=tournament)
    return count


def _to_check(tournament: Tournament, entrant_id: int) -> Entrant:
    check_before_start(tournament)
    entrant = entrant_of(tournament, entrant_id)
    if entrant.status not in _CAN_COME:
        raise Conflict(
            f"{entrant} {entrant.get_status_display()}, and cannot be checked in.",
            code="not_entered",
        )
    return entrant


def drop_absent(*, tournament: Tournament) -> list[Entrant]:
    """Leave out who has not checked in, when check-in is open; gives those left out.

    Called at the start, in its transaction, before the tournament's state changes. Who waits for
    a place and has checked in takes that of somebody who has not.
    """
    if tournament.state != TournamentState.CHECK_IN:
        return []
    absent = list(
        tournament.entrants.filter(status=EntryStatus.ENTERED, checked_in_at__isnull=True)
    )
    for entrant in absent:
        entrant.status = EntryStatus.ABSENT
    Entrant.objects.filter(pk__in=[entrant.pk for entrant in absent]).update(
        status=EntryStatus.ABSENT
    )
    announce_all(tournament, absent, EntryChange.ABSENT)
    fill_places(tournament, checked_in_only=True)
    return absent


@transaction.atomic
def readmit(*, tournament_id: UUID, entrant_id: int, actor: Actor) -> Entrant:
    """Let an entrant in who was left out at the start: the draw is made again with him.

    Once a result is in, only a Swiss stage takes somebody late, from its next round. Raises
    `Conflict` where there is no way in.
    """
    tournament = lock_tournament(tournament_id)
    check_not_over(tournament)
    entrant = entrant_of(tournament, entrant_id)
    if entrant.status != EntryStatus.ABSENT:
        raise Conflict(f"{entrant} was not left out.", code="not_absent")
    if places_left(tournament) < 1:
        raise Conflict("Somebody else has taken the place by now.", code="no_place")
    entrant.status, entrant.checked_in_at = EntryStatus.ENTERED, timezone.now()
    entrant.save(update_fields=("status", "checked_in_at"))
    how = let_in(tournament, entrant)
    audit_log.record(
        tournament=tournament, actor=actor, verb="readmit", text=f"readmitted {entrant}{how}"
    )
    announce(tournament, entrant, EntryChange.ENTERED)
    return entrant


def let_in(tournament: Tournament, entrant: Entrant) -> str:
    """Give a place in what is played; says how, for the record. Raises `Conflict` as `readmit`."""
    if tournament.is_before_start:
        return ""
    swiss = _running_swiss(tournament)
    if swiss is not None and _has_results(tournament):
        return _join_swiss(swiss, entrant)
    try:
        check_can_redraw(tournament)
    except Conflict as refusal:
        raise Conflict(
            f"{entrant} cannot come in any more: results are in, and only a Swiss stage takes "
            "somebody late. You can let him replace another entrant.",
            code="too_late",
        ) from refusal
    redraw(tournament)
    return ", and drew again"


def _has_results(tournament: Tournament) -> bool:
    return Match.objects.filter(
        pairing__group__stage__tournament=tournament, state=MatchState.FINISHED
    ).exists()


def _running_swiss(tournament: Tournament) -> Group | None:
    return Group.objects.filter(
        stage__tournament=tournament, stage__format=Format.SWISS, stage__number=1,
        stage__state=StageState.RUNNING,
    ).first()  # fmt: skip


def _join_swiss(group: Group, entrant: Entrant) -> str:
    """Make the entrant a contender from the next round on."""
    last_seed = group.contenders.aggregate(last=Max("seed"))["last"] or 0
    last_round = group.rounds.aggregate(last=Max("number"))["last"] or 0
    Contender.objects.create(
        group=group, entrant=entrant, seed=last_seed + 1, from_round=last_round + 1
    )
    return f" from round {last_round + 1}"
