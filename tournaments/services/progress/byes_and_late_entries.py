"""Requested byes and late entries in a Swiss."""

from uuid import UUID

from django.db import transaction

from lib.errors import Conflict, Refusal
from lib.names import parse_name
from tournaments.files.entrant_lines import NewEntrant
from tournaments.models import Bye, ByeKind, Contender, Group, Tournament
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.capacity import EntryChange, announce, next_seed, places_left
from tournaments.services.guards import check_is_free, lock_entrant
from tournaments.services.locking import lock_tournament
from tournaments.services.undoable import ByeSet, EntrantEnteredLate

from .swiss_rounds import check_is_played, swiss_group

#: What can be asked for or granted; the other kind is of the pairing's making.
ASKED = (ByeKind.HALF_POINT, ByeKind.ZERO_POINT, ByeKind.FULL_POINT)


@transaction.atomic
def ask_bye(
    *,
    tournament_id: UUID,
    entrant_id: int,
    round_number: int | None = None,
    kind: ByeKind = ByeKind.HALF_POINT,
    actor: Actor,
    why: str = "",
) -> Bye:
    """Let an entrant sit out a round that is not yet paired: the next one, if none is named.

    Asked again it changes the kind. Raises `Conflict`, `NotFound`, and `Refusal` for a round that
    there will not be.
    """
    if kind not in ASKED:
        raise Refusal("A bye is asked for as half_point, zero_point or full_point.", code="bad_bye")
    tournament, contender, number = _to_change(tournament_id, entrant_id, round_number)
    before = contender.byes.filter(round_number=number).first()
    bye, _ = contender.byes.update_or_create(
        round_number=number, defaults={"kind": kind, "preset": False}
    )
    text = f"{contender.entrant} sits out round {number} ({ByeKind(kind).label})"
    undo = ByeSet(contender=contender.pk, round=number, before=before.kind if before else None)
    audit_log.record(tournament, actor, "bye", text, why=why, undo=undo)
    return bye


@transaction.atomic
def take_bye_back(
    *,
    tournament_id: UUID,
    entrant_id: int,
    round_number: int | None = None,
    actor: Actor,
    why: str = "",
) -> None:
    """Let somebody play after all who asked to sit a round out that is not yet paired."""
    tournament, contender, number = _to_change(tournament_id, entrant_id, round_number)
    bye = contender.byes.filter(round_number=number).first()
    if bye is None:
        raise Conflict(f"{contender.entrant} has no bye in round {number}.", code="no_bye")
    undo = ByeSet(contender=contender.pk, round=number, before=bye.kind)
    bye.delete()
    text = f"{contender.entrant} plays in round {number} after all"
    audit_log.record(tournament, actor, "bye", text, why=why, undo=undo)


def _to_change(
    tournament_id: UUID, entrant_id: int, round_number: int | None
) -> tuple[Tournament, Contender, int]:
    """Lock a tournament; returns it, its contender of a Swiss, and the round still to be paired."""
    tournament, entrant = lock_entrant(tournament_id, entrant_id)
    group = swiss_group(tournament)
    check_is_played(group)
    contender = group.contenders.select_related("entrant").filter(entrant=entrant).first()
    if contender is None or not entrant.takes_part:
        raise Conflict(f"{entrant} does not take part in {group}.", code="not_entered")
    return tournament, contender, coming_round(group, round_number)


def coming_round(group: Group, number: int | None) -> int:
    """A round still to be paired; the next, if none is named."""
    following = 1 + group.last_round
    planned = group.stage.rounds_planned or 0
    if following > planned:
        raise Conflict(f"All {planned} rounds are paired.", code="all_rounds_paired")
    if number is None:
        return following
    if number < following:
        raise Conflict(f"Round {number} is already paired.", code="round_is_paired")
    if number > planned:
        raise Refusal(f"There are only {planned} rounds.", code="bad_round")
    return number


@transaction.atomic
def enter_late(
    *,
    tournament_id: UUID,
    entrant: NewEntrant,
    from_round: int | None = None,
    actor: Actor,
    why: str = "",
) -> Contender:
    """Let somebody in who comes to a Swiss that has begun, from a coming round on.

    The rounds before count as zero-point byes. Raises `Conflict`, `Refusal`, and `BadName`.
    """
    tournament = lock_tournament(tournament_id)
    group = swiss_group(tournament)
    check_is_played(group)
    if group.stage.number > 1:
        raise Conflict(
            f"{group} is for those who have qualified. Nobody can come late to it.",
            code="qualified_only",
        )
    number = coming_round(group, from_round)
    name = parse_name(entrant.name)
    check_is_free(tournament, name)
    if places_left(tournament) < 1:
        raise Conflict("There is no place left.", code="no_place")
    row = entrant.row(tournament, next_seed(tournament), name)
    row.save()
    contender = group.add(row, from_round=number)
    text, undo = f"{row} comes late, from round {number} on", EntrantEnteredLate(contender.pk)
    audit_log.record(tournament, actor, "enter_late", text, why=why, undo=undo)
    announce(tournament, row, EntryChange.ENTERED)
    return contender
