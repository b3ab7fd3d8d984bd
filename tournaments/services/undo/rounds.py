"""Rounds of a Swiss, round lengths, byes and late entries undone."""

from lib.errors import Conflict
from tournaments.models import ByeKind, Contender, Group, Pairing, Round, Tournament
from tournaments.services import undoable
from tournaments.services.actors import Actor
from tournaments.services.capacity import EntryChange, announce
from tournaments.services.locking import check_runs, check_was_started, later_stages
from tournaments.services.progress.advance import walk_over
from tournaments.services.progress.byes_and_late_entries import coming_round
from tournaments.services.progress.round_lengths import check_not_ended, set_length
from tournaments.services.progress.stages import advance_stage, reopen_stage
from tournaments.services.progress.swiss_rounds import (
    check_is_played,
    last_round,
    swiss_group,
    was_forfeited_by_withdrawal,
    withdraw_round,
)
from tournaments.signals import round_published
from tournaments.storage.table_rounds import restore_round


def undo_pairing(tournament: Tournament, undone: undoable.RoundPaired, actor: Actor) -> None:
    """The round is withdrawn."""
    group = _played_swiss(tournament, undone.stage)
    if group.rounds.count() != undone.round:
        raise _rounds_changed()
    withdraw_round(last_round(group))


def undo_unpairing(tournament: Tournament, undone: undoable.RoundUnpaired, actor: Actor) -> None:
    """The round is paired again as it was; entrants who have left since are walked over."""
    group = _played_swiss(tournament, undone.stage)
    if group.rounds.count() != undone.round.number - 1:
        raise _rounds_changed()
    round_, rows = restore_round(group, undone.round)
    round_published.send(sender=Round, tournament=tournament, round=round_, pairings=rows)
    walk_over(rows)


def _played_swiss(tournament: Tournament, stage: int) -> Group:
    check_runs(tournament)
    group = swiss_group(tournament, stage=stage)
    check_is_played(group)
    return group


def undo_end(tournament: Tournament, undone: undoable.SwissEnded, actor: Actor) -> None:
    """The Swiss has as many rounds as planned, and the next stage has not begun."""
    check_was_started(tournament)
    stage = swiss_group(tournament, stage=undone.stage).stage
    later = Pairing.objects.in_full().decided().filter(group__stage__in=later_stages(stage))
    if not all(map(was_forfeited_by_withdrawal, later)):
        raise Conflict("The next stage has results. Reopen them first.", code="result_is_in")
    reopen_stage(stage)
    stage.override_plan(rounds_planned=undone.rounds)
    advance_stage(stage)


def _rounds_changed() -> Conflict:
    return Conflict("The rounds have moved on since then.", code="too_late")


def undo_length(tournament: Tournament, undone: undoable.RoundLengthSet, actor: Actor) -> None:
    """The round has its former length."""
    check_not_ended(tournament)
    stage, group, part, number = undone.at
    round_ = Round.objects.filter(
        group__stage__tournament=tournament,
        group__stage__number=stage,
        group__number=group,
        part=part,
        number=number,
    ).first()
    if round_ is None:
        raise Conflict("This round is not there any more.", code="too_late")
    set_length(round_, undone.before)


def undo_bye(tournament: Tournament, undone: undoable.ByeSet, actor: Actor) -> None:
    """The entrant has its former bye, or none."""
    check_runs(tournament)
    contender = Contender.objects.filter(
        pk=undone.contender, group__stage__tournament=tournament
    ).first()
    if contender is None:
        raise _table_changed()
    coming_round(contender.group, undone.round)
    contender.byes.filter(round_number=undone.round).delete()
    if undone.before:
        # A bye of the pairing in a round that is not paired was set beforehand.
        preset = undone.before == ByeKind.PAIRING_ALLOCATED
        contender.byes.create(round_number=undone.round, kind=undone.before, preset=preset)


def undo_late_entry(
    tournament: Tournament, undone: undoable.EntrantEnteredLate, actor: Actor
) -> None:
    """The entrant is gone, as long as it has not been paired."""
    check_runs(tournament)
    contender = Contender.objects.select_related("entrant").filter(pk=undone.contender).first()
    if contender is None:
        raise _table_changed()
    entrant = contender.entrant
    paired = Pairing.objects.filter(top=entrant) | Pairing.objects.filter(bottom=entrant)
    if paired.exists() or contender.byes.filter(kind=ByeKind.PAIRING_ALLOCATED).exists():
        raise Conflict(f"{entrant} has been paired. Withdraw the entrant instead.", code="too_late")
    contender.delete()
    entrant.delete()
    announce(tournament, entrant, EntryChange.LEFT)


def _table_changed() -> Conflict:
    return Conflict("The table has changed since then.", code="too_late")
