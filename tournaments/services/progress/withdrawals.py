"""Entrants who leave a running tournament, whose matches are forfeited; and their return."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from lib.errors import Conflict
from matchmaking.models import Outcome
from tournaments.models import (
    Contender,
    Entrant,
    EntryStatus,
    Format,
    Pairing,
    Stage,
    StageState,
    Station,
    Tournament,
    TournamentState,
)
from tournaments.models.pairings import PairingQuerySet
from tournaments.services import audit_log, undoable
from tournaments.services.actors import Actor
from tournaments.services.guards import lock_entrant
from tournaments.services.locking import check_runs, check_was_started

from .advance import walk_over
from .dependents import emptied_by_reopening, recorded_results
from .redraw import admit_late
from .reopen import reopen_pairing
from .stage_replay import record_later_stages
from .stages import advance_stage, reopen_stage

FORFEITS = (Outcome.FORFEIT, Outcome.DOUBLE_FORFEIT)
#: The verb and the words of the record for each way to leave.
LEAVING = {
    EntryStatus.WITHDRAWN: ("withdraw", "withdrew"),
    EntryStatus.DISQUALIFIED: ("disqualify", "was disqualified"),
}


def withdraw_entrant(
    *, tournament_id: UUID, entrant_id: int, actor: Actor, why: str = ""
) -> Entrant:
    """Take an entrant out of a running tournament: what is still to be played is forfeited.

    Raises `Conflict` when the tournament does not run or the entrant is out already.
    """
    return _leave(tournament_id, entrant_id, EntryStatus.WITHDRAWN, actor, why)


def disqualify_entrant(
    *, tournament_id: UUID, entrant_id: int, actor: Actor, why: str = ""
) -> Entrant:
    """Expel an entrant; otherwise as `withdraw_entrant`."""
    return _leave(tournament_id, entrant_id, EntryStatus.DISQUALIFIED, actor, why)


@transaction.atomic
def _leave(
    tournament_id: UUID, entrant_id: int, status: EntryStatus, actor: Actor, why: str
) -> Entrant:
    tournament, entrant = lock_entrant(tournament_id, entrant_id, check_runs)
    if not entrant.takes_part:
        raise Conflict(f"{entrant} does not take part any more.", code="has_left")
    since = timezone.now()
    entrant.change(status=status)
    set_last_rounds(entrant)
    ready = ready_pairings_of(entrant)
    in_tables = sum(not row.group.stage.is_elimination for row in ready)
    forfeited = f"; matches forfeited: {in_tables}" if in_tables else ""
    verb, words = LEAVING[status]
    text = f"{entrant} {words}{forfeited}"
    data = {"entrant": entrant.pk, "since": since.isoformat()}
    undo = undoable.EntrantWithdrawn(entrant=entrant.pk, since=since)
    audit_log.record(tournament, actor, verb, text, why=why, data=data, undo=undo)
    walk_over(ready)
    return entrant


def set_last_rounds(entrant: Entrant) -> None:
    """In a Swiss, make the last paired round the last one of an entrant who leaves."""
    for contender in (
        Contender.objects.filter(
            entrant=entrant,
            group__stage__format=Format.SWISS,
            group__stage__state=StageState.RUNNING,
        )
        .select_related("group")
        .defer("group__draw")
    ):
        contender.change(until_round=contender.group.last_round)


def _pairings(entrant: Entrant) -> PairingQuerySet:
    mine = Pairing.objects.in_full().filter(Q(top=entrant) | Q(bottom=entrant))
    return mine.order_by("group__stage__number", "round__number", "number")


def ready_pairings_of(entrant: Entrant) -> list[Pairing]:
    """What an entrant can play now."""
    return list(_pairings(entrant).ready())


@transaction.atomic
def reinstate_entrant(
    *, tournament_id: UUID, entrant_id: int, actor: Actor, why: str = ""
) -> list[Pairing]:
    """Let an entrant who left take part again; returns the forfeited matches that are open again.

    A forfeit stands where later results depend on it. Raises `Conflict` and `NotFound`.
    """
    tournament, entrant = lock_entrant(tournament_id, entrant_id, check_was_started)
    if not entrant.has_left:
        raise Conflict(f"{entrant} has not left.", code="has_not_left")
    verbs = [verb for verb, _ in LEAVING.values()]
    left = tournament.actions.filter(verb__in=verbs, data__entrant=entrant.pk).first()
    since = parse_datetime(left.data["since"]) if left is not None else None
    limited = entrant.contentions.exclude(until_round=None)
    until = list(limited.values_list("group__stage__number", "until_round"))
    status = entrant.status
    back = restore_entrant(tournament, entrant, actor, since or timezone.now())
    begun = _begin_waiting_stage(tournament)
    undo = undoable.EntrantReinstated(
        entrant=entrant.pk,
        status=status,
        until=until,
        results=back.results,
        rounds=back.rounds,
        begun=begun,
    )
    text = f"{entrant} takes part again{back.how}; {open_again(back.opened)}"
    data = {"entrant": entrant.pk}
    audit_log.record(tournament, actor, "reinstate", text, why=why, data=data, undo=undo)
    # Read anew: what followed has changed them again.
    return list(_pairings(entrant).filter(pk__in=[pairing.pk for pairing in back.opened]))


def open_again(pairings: Sequence[Pairing]) -> str:
    """How many matches can be played again, in words."""
    return f"{len(pairings)} match{' is' if len(pairings) == 1 else 'es are'} open again"


def _begin_waiting_stage(tournament: Tournament) -> int | None:
    """Begin the stage that too few had reached, if there are enough now; returns its number."""
    if tournament.state != TournamentState.FINISHED:
        return None
    waiting = tournament.stages.filter(state=StageState.PENDING).first()
    if waiting is None:
        return None
    advance_to(tournament, waiting)
    waiting.refresh_from_db()
    return waiting.number if waiting.state != StageState.PENDING else None


def advance_to(tournament: Tournament, stage: Stage) -> None:
    """Go on to a stage from the one before it."""
    last = tournament.stages.get(number=stage.number - 1)
    reopen_stage(last)
    advance_stage(last)


@dataclass
class Return:
    """What an entrant's return changed: matches that are open again, and the results that fell."""

    how: str = ""
    opened: list[Pairing] = field(default_factory=list)
    results: list[undoable.RecordedResult] = field(default_factory=list)
    rounds: list[undoable.RecordedGroup] = field(default_factory=list)
    called: list[tuple[Pairing, Station, datetime | None]] = field(default_factory=list)

    def open(self, pairing: Pairing) -> None:
        """Reopen a pairing."""
        self.rounds = self.rounds or record_later_stages(pairing.group.stage)
        self.results += recorded_results([pairing, *emptied_by_reopening(pairing)])
        if pairing.station is not None:
            self.called.append((pairing, pairing.station, pairing.called_at))
        reopen_pairing(pairing)
        self.opened.append(pairing)


def restore_entrant(
    tournament: Tournament,
    entrant: Entrant,
    actor: Actor,
    since: datetime,
    *,
    even_with_dependents: bool = False,
) -> Return:
    """Enter an entrant again, and reopen what was forfeited since a time.

    A forfeit on which entered results depend is reopened only `even_with_dependents`.
    """
    back = Return()
    entrant.change(status=EntryStatus.ENTERED)
    entrant.contentions.update(until_round=None)
    if not entrant.contentions.exists():  # drawn anew since then
        back.how = admit_late(tournament, entrant, actor)
    decided = _pairings(entrant).decided()
    forfeited = decided.filter(match__outcome__in=FORFEITS, match__closed_at__gte=since)
    for pk in list(forfeited.values_list("pk", flat=True)):
        pairing = decided.filter(pk=pk).first_in(tournament)
        if pairing is None or pairing.winner == (0 if pairing.top == entrant else 1):
            continue
        if even_with_dependents or not _has_dependents(pairing, entrant):
            back.open(pairing)
    for pairing in ready_pairings_of(entrant):
        walk_over([pairing])
    return back


def _has_dependents(pairing: Pairing, entrant: Entrant) -> bool:
    """Whether a result that somebody entered depends on this one.

    Forfeits of entrants who have left, as this one had, do not count.
    """
    for row in emptied_by_reopening(pairing):
        losers = [one for side, one in enumerate(row.both) if side != row.winner]
        gone = all(one == entrant or one.has_left for one in losers)
        if not gone or row.known_match.outcome not in FORFEITS:
            return True
    return False
