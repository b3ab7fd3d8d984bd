"""Who leaves while a tournament runs: matches forfeited to the end; and who comes back."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from lib.errors import Conflict, NotFound
from matchmaking.models import Outcome
from matchmaking.results import Result
from tournaments.models import (
    Contender,
    Entrant,
    EntryStatus,
    Format,
    Pairing,
    PairingState,
    Stage,
    StageState,
    Station,
    Tournament,
    TournamentState,
)
from tournaments.services import audit_log
from tournaments.services.actors import ORGANISER, Actor
from tournaments.services.entry.check_in import let_in
from tournaments.services.locking import (
    check_runs,
    check_was_started,
    later_stages,
    lock_tournament,
)
from tournaments.services.venue.stations import call_again

from .advance import has_left, restoring, walk_over
from .dependents import (
    emptied_by_reopening,
    enter_again,
    fallen_results,
    pairing_at,
    result_of_data,
)
from .reopen import UNDO, lost_in_words, reopen_pairing
from .stage_replay import later_rounds
from .stages import proceed, reopen_course, tear_down

_FORFEITS = (Outcome.FORFEIT, Outcome.DOUBLE_FORFEIT)


def withdraw_entrant(
    *, tournament_id: UUID, entrant_id: int, actor: Actor = ORGANISER, why: str = ""
) -> Entrant:
    """Take an entrant out of a running tournament: what is still to be played is forfeited.

    Raises `Conflict` when the tournament does not run or the entrant is out already.
    """
    return _leave(
        tournament_id, entrant_id, EntryStatus.WITHDRAWN, "withdraw", "withdrew", actor, why
    )


def disqualify_entrant(
    *, tournament_id: UUID, entrant_id: int, actor: Actor = ORGANISER, why: str = ""
) -> Entrant:
    """Expel an entrant; otherwise as `withdraw_entrant`."""
    return _leave(
        tournament_id,
        entrant_id,
        EntryStatus.DISQUALIFIED,
        "disqualify",
        "was disqualified",
        actor,
        why,
    )


@transaction.atomic
def _leave(
    tournament_id: UUID,
    entrant_id: int,
    status: EntryStatus,
    verb: str,
    words: str,
    actor: Actor,
    why: str,
) -> Entrant:
    tournament = lock_tournament(tournament_id)
    check_runs(tournament)
    entrant = _entrant(tournament, entrant_id)
    if not entrant.takes_part:
        raise Conflict(f"{entrant} does not take part any more.", code="has_left")
    since = timezone.now()
    entrant.status = status
    entrant.save(update_fields=("status",))
    _set_last_rounds(entrant)
    data = {"entrant": entrant.pk, "since": since.isoformat()}
    ready = _ready_pairings(entrant)
    in_tables = sum(not row.group.stage.is_elimination for row in ready)
    forfeited = f"; matches forfeited: {in_tables}" if in_tables else ""
    audit_log.record(
        tournament=tournament,
        actor=actor,
        verb=verb,
        text=f"{entrant} {words}{forfeited}",
        why=why,
        data=data,
        undo={"kind": "withdraw", **data},
    )
    for pairing in ready:
        walk_over([pairing])
    return entrant


def _entrant(tournament: Tournament, entrant_id: int) -> Entrant:
    entrant = tournament.entrants.filter(pk=entrant_id).first()
    if entrant is None:
        raise NotFound("There is no such entrant in this tournament.")
    return entrant


def _set_last_rounds(entrant: Entrant) -> None:
    """In a Swiss, the last round that is paired is the last one for who leaves."""
    for contender in Contender.objects.filter(
        entrant=entrant, group__stage__format=Format.SWISS, group__stage__state=StageState.RUNNING
    ).select_related("group"):
        last = contender.group.rounds.aggregate(last=Max("number"))["last"]
        contender.until_round = last or 0
        contender.save(update_fields=("until_round",))


def _last_rounds(entrant: Entrant) -> list[list[int | None]]:
    """The numbers of the stages in which an entrant plays only until a round, and those rounds."""
    limited = entrant.contentions.exclude(until_round=None)
    return [list(one) for one in limited.values_list("group__stage__number", "until_round")]


def _pairings(entrant: Entrant) -> Any:
    related = Pairing.objects.select_related("round", "top", "bottom", "match", "group__stage")
    mine = related.filter(
        Q(top=entrant) | Q(bottom=entrant), group__stage__tournament=entrant.tournament_id
    )
    return mine.order_by("group__stage__number", "round__number", "number")


def _ready_pairings(entrant: Entrant) -> list[Pairing]:
    return list(_pairings(entrant).filter(state=PairingState.READY))


@transaction.atomic
def reinstate_entrant(
    *, tournament_id: UUID, entrant_id: int, actor: Actor = ORGANISER, why: str = ""
) -> list[Pairing]:
    """Let who has left take part again; gives the forfeited matches that are open again.

    A forfeit on which others have played on stands. Raises `Conflict` and `NotFound`.
    """
    tournament = lock_tournament(tournament_id)
    check_was_started(tournament)
    entrant = _entrant(tournament, entrant_id)
    if not has_left(entrant):
        raise Conflict(f"{entrant} has not left.", code="has_not_left")
    left = tournament.actions.filter(
        verb__in=("withdraw", "disqualify"), data__entrant=entrant.pk
    ).first()
    since = parse_datetime(left.data["since"]) if left is not None else None
    undo = {"kind": "reinstate", "entrant": entrant.pk, "status": entrant.status}
    undo["until"] = _last_rounds(entrant)
    back = _return(tournament, entrant, since or timezone.now(), whatever_follows=False)
    opened = back.opened
    begun = _go_on(tournament)
    audit_log.record(
        tournament=tournament,
        actor=actor,
        verb="reinstate",
        text=f"{entrant} takes part again{back.how}; {_matches(len(opened))} open again",
        why=why,
        data={"entrant": entrant.pk},
        undo={**undo, "results": back.results, "rounds": back.rounds, "begun": begun},
    )
    # Read anew: what followed from them has changed them again.
    return list(_pairings(entrant).filter(pk__in=[pairing.pk for pairing in opened]))


def _matches(count: int) -> str:
    return "1 match is" if count == 1 else f"{count} matches are"


def _go_on(tournament: Tournament) -> int | None:
    """Begin the stage for which there were too few to go on, if there are enough now."""
    if tournament.state != TournamentState.FINISHED:
        return None
    waiting = tournament.stages.filter(state=StageState.PENDING).first()
    if waiting is None:
        return None
    _proceed_before(tournament, waiting)
    waiting.refresh_from_db()
    return waiting.number if waiting.state != StageState.PENDING else None


def _proceed_before(tournament: Tournament, stage: Stage) -> None:
    """Go on from the stage before this one, whoever is there to go on."""
    last = tournament.stages.get(number=stage.number - 1)
    last.tournament = tournament
    reopen_course(last)
    proceed(last)


@dataclass
class _Back:
    """What somebody's return changed: pairings that are open again, and what fell with them."""

    how: str = ""
    opened: list[Pairing] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    rounds: list[dict[str, Any]] = field(default_factory=list)
    called: list[tuple[Pairing, Station, datetime | None]] = field(default_factory=list)

    def open(self, pairing: Pairing) -> None:
        """Open a pairing again."""
        self.rounds = self.rounds or later_rounds(pairing.group.stage)
        self.results += fallen_results([pairing, *emptied_by_reopening(pairing)])
        if pairing.station is not None:
            self.called.append((pairing, pairing.station, pairing.called_at))
        reopen_pairing(pairing)
        self.opened.append(pairing)


def _return(
    tournament: Tournament, entrant: Entrant, since: datetime, *, whatever_follows: bool
) -> _Back:
    back = _Back()
    entrant.status = EntryStatus.ENTERED
    entrant.save(update_fields=("status",))
    entrant.contentions.update(until_round=None)
    if not entrant.contentions.exists():  # drawn anew since then
        back.how = let_in(tournament, entrant)
    forfeited = _pairings(entrant).filter(
        state=PairingState.DECIDED,
        match__outcome__in=_FORFEITS,
        match__closed_at__gte=since,
    )
    for pk in list(forfeited.values_list("pk", flat=True)):
        pairing = _pairings(entrant).filter(pk=pk, state=PairingState.DECIDED).first()
        if pairing is None or not _lost(pairing, entrant):
            continue
        pairing.group.stage.tournament = tournament
        if whatever_follows or not _played_on(pairing, entrant):
            back.open(pairing)
    for pairing in _ready_pairings(entrant):
        walk_over([pairing])
    return back


def _lost(pairing: Pairing, entrant: Entrant) -> bool:
    winner = None if pairing.winner is None else pairing.sides[pairing.winner][1]
    return winner != entrant


def _played_on(pairing: Pairing, entrant: Entrant) -> bool:
    """Whether a result that somebody entered was built upon this one.

    It was not where who lost has left, as this entrant had, and the match was never played.
    """
    return not all(_fell_to_the_absent(row, entrant) for row in emptied_by_reopening(pairing))


def _fell_to_the_absent(row: Pairing, entrant: Entrant) -> bool:
    losers = [one for side, (_, one) in enumerate(row.sides) if side != row.winner]
    gone = all(one is not None and (one == entrant or has_left(one)) for one in losers)
    return gone and row.match is not None and row.match.outcome in _FORFEITS


def _undo_leaving(tournament: Tournament, undo: dict[str, Any]) -> str:
    check_was_started(tournament)
    entrant = _entrant(tournament, undo["entrant"])
    if not has_left(entrant):
        raise Conflict(f"{entrant} takes part again already.", code="has_not_left")
    since = parse_datetime(undo["since"])
    assert since is not None
    back = _return(tournament, entrant, since, whatever_follows=True)
    ready = {pairing.pk for pairing in _ready_pairings(entrant)}
    for pairing, station, called_at in back.called:
        if pairing.pk in ready:
            call_again(tournament, pairing, station, called_at)
    return ""


def _undo_return(tournament: Tournament, undo: dict[str, Any]) -> str:
    check_was_started(tournament)
    entrant = _entrant(tournament, undo["entrant"])
    if has_left(entrant):
        raise Conflict(f"{entrant} has left again already.", code="has_left")
    entrant.status = EntryStatus(undo["status"])
    entrant.save(update_fields=("status",))
    _set_last_rounds(entrant)
    for stage, until in undo["until"]:
        entrant.contentions.filter(group__stage__number=stage).update(until_round=until)
    begun = tournament.stages.filter(number=undo["begun"]).first()
    if begun is not None and begun.state != StageState.PENDING:
        tear_down([begun, *later_stages(begun)])
        _proceed_before(tournament, begun)
    with restoring(tournament, undo["rounds"]):
        for data in undo["results"]:
            _reopen_walkover(tournament, data)
        return lost_in_words(enter_again(tournament, undo["results"], undo["rounds"]))


def _reopen_walkover(tournament: Tournament, data: dict[str, Any]) -> None:
    """Open a match that ended by itself otherwise than before, as somebody else has left."""
    row = pairing_at(tournament, data["at"])
    if row is None or row.state != PairingState.DECIDED or row.match is None:
        return
    if row.match.outcome in _FORFEITS and Result.of(row.match) != result_of_data(data):
        reopen_pairing(row)


UNDO |= {"withdraw": _undo_leaving, "reinstate": _undo_return}
