"""A tournament, locked before it is written to, and checked for whether it runs."""

import secrets
from collections.abc import Callable
from uuid import UUID

from lib.errors import Conflict, NotFound
from tournaments.models import Pairing, PairingState, Stage, Tournament, TournamentState

from .undoable import Address

Check = Callable[[Tournament], None]


def lock_tournament(tournament_id: UUID, *checks: Check) -> Tournament:
    """The tournament, its row locked: results that feed one pairing follow one another.

    It gets a new revision with the commit, since whoever changes anything in it locks it first.
    Raises `NotFound`, and what a check raises that it does not pass.
    """
    tournament = _locked(tournament_id)
    if tournament is None:
        raise NotFound("There is no such tournament.")
    for check in checks:
        check(tournament)
    return tournament


def lock_tournament_of(match_id: UUID) -> Tournament | None:
    """Lock the tournament that a match belongs to, if it belongs to one."""
    found = Tournament.objects.filter(stages__groups__pairings__match=match_id)
    tournament_id = found.values_list("pk", flat=True).first()
    return None if tournament_id is None else _locked(tournament_id)


def _locked(tournament_id: UUID) -> Tournament | None:
    """The row, which the update locks until the transaction ends."""
    found = Tournament.objects.filter(pk=tournament_id)
    return found.first() if found.update(revision=secrets.token_hex(8)) else None


def wrong_state(tournament: Tournament, why: str, code: str = "too_late") -> Conflict:
    """Why something cannot be done in the state that a tournament is in."""
    return Conflict(f"{tournament.name} is {tournament.get_state_display()}: {why}", code=code)


def check_runs(tournament: Tournament) -> None:
    """Raise `Conflict` unless matches are being played."""
    if tournament.state != TournamentState.RUNNING:
        why = "results can be entered only while it is running."
        raise wrong_state(tournament, why, "not_running")


def check_was_started(tournament: Tournament) -> None:
    """Raise `Conflict` unless results can be corrected: it runs or is finished."""
    if tournament.state not in {TournamentState.RUNNING, TournamentState.FINISHED}:
        raise wrong_state(tournament, "nothing in it can be changed.", "not_running")


def pairing_of_match(tournament: Tournament, match_id: UUID) -> Pairing:
    """The pairing of a match with all that is written about it.

    Raises `NotFound`, and `Conflict` while there is nothing to play.
    """
    pairing = Pairing.objects.filter(pk=match_id).first_in(tournament)
    if pairing is None:
        raise NotFound("There is no such match in this tournament.")
    if pairing.match is None:
        raise not_ready(pairing)
    return pairing


def not_ready(pairing: Pairing) -> Conflict:
    """Why there is no match to play in a pairing."""
    reason = f"{pairing} is not played ({pairing.get_state_display()})."
    if pairing.state == PairingState.PENDING:
        reason = f"{pairing} cannot be played yet: who meets there depends on earlier matches."
    return Conflict(reason, code="not_ready")


def address(pairing: Pairing) -> Address:
    """Where a pairing is; needs its group and stage."""
    return pairing.group.stage.number, pairing.group.number, pairing.key


def later_stages(stage: Stage) -> list[Stage]:
    """The stages after this one, in order."""
    return list(stage.tournament.stages.filter(number__gt=stage.number))
