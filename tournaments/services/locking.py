"""A tournament while it runs: locked before it is written to, and called off."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lib.errors import Conflict, NotFound
from matchmaking.models import Match, MatchState, Seat
from tournaments.models import Pairing, PairingState, Stage, Tournament, TournamentState
from tournaments.signals import tournament_closed

from . import audit_log
from .actors import ORGANISER, Actor

#: A pairing's place in a tournament, which outlives the row: stage, group, key.
Address = list[Any]


def lock_tournament(tournament_id: UUID) -> Tournament:
    """The tournament, its row locked: results that feed one pairing follow one another."""
    tournament = Tournament.objects.select_for_update(no_key=True).filter(pk=tournament_id).first()
    if tournament is None:
        raise NotFound("There is no such tournament.")
    return tournament


def lock_tournament_of(match_id: UUID) -> Tournament | None:
    """Lock the tournament that a match belongs to, if it belongs to one."""
    return (
        Tournament.objects.select_for_update(no_key=True, of=("self",))
        .filter(stages__groups__pairings__match=match_id)
        .first()
    )


def check_runs(tournament: Tournament) -> None:
    """Raise `Conflict` unless matches are being played."""
    if tournament.state != TournamentState.RUNNING:
        raise Conflict(
            f"{tournament.name} is {tournament.get_state_display()}: results can be entered only "
            "while it is running.",
            code="not_running",
        )


def check_was_started(tournament: Tournament) -> None:
    """Raise `Conflict` unless results can be corrected: it runs or is finished."""
    if tournament.state not in {TournamentState.RUNNING, TournamentState.FINISHED}:
        raise Conflict(
            f"{tournament.name} is {tournament.get_state_display()}: nothing in it can be changed.",
            code="not_running",
        )


def pairing_of_match(tournament: Tournament, match_id: UUID) -> Pairing:
    """The pairing of a match with all that is written about it.

    Raises `NotFound`, and `Conflict` while there is nothing to play.
    """
    pairing = (
        Pairing.objects.select_related("round", "top", "bottom", "match", "station", "group__stage")
        .filter(pk=match_id, group__stage__tournament=tournament)
        .first()
    )
    if pairing is None:
        raise NotFound("There is no such match in this tournament.")
    if pairing.match is None:
        raise not_ready(pairing)
    pairing.group.stage.tournament = tournament
    return pairing


def not_ready(pairing: Pairing) -> Conflict:
    """Why there is no match to play in a pairing."""
    told = f"{pairing} is not played ({pairing.get_state_display()})."
    if pairing.state == PairingState.PENDING:
        told = f"{pairing} cannot be played yet: who meets there depends on earlier matches."
    return Conflict(told, code="not_ready")


def address(pairing: Pairing) -> Address:
    """Where a pairing is; needs its group and stage."""
    return [pairing.group.stage.number, pairing.group.number, pairing.key]


def later_stages(stage: Stage) -> list[Stage]:
    """The stages after this one, in order."""
    return list(stage.tournament.stages.filter(number__gt=stage.number))


@transaction.atomic
def cancel_tournament(
    *, tournament_id: UUID, actor: Actor = ORGANISER, why: str = ""
) -> Tournament:
    """Call a tournament off, and with it the matches not yet played."""
    tournament = lock_tournament(tournament_id)
    if tournament.is_over:
        raise Conflict(f"{tournament.name} is already {tournament.get_state_display()}.")
    open_matches = Match.objects.filter(
        pairing__group__stage__tournament=tournament, state=MatchState.OPEN
    )
    Seat.objects.filter(match__in=open_matches).update(holds=False)
    open_matches.update(state=MatchState.CANCELLED, closed_at=timezone.now())
    tournament.state = TournamentState.CANCELLED
    tournament.save(update_fields=("state",))
    audit_log.record(tournament=tournament, actor=actor, verb="cancel", text="Called off", why=why)
    tournament_closed.send(sender=Tournament, tournament=tournament, winner=None)
    return tournament
