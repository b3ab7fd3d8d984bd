"""Rounds of a Swiss: paired one after the other, and withdrawn before they are played."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from lib.errors import Conflict, NotFound, Refusal
from lib.heavy.slots import Slots
from lib.heavy.waits import release_connection
from matchmaking.services.matches import void_match
from tournaments.engine.errors import EngineError
from tournaments.engine.swiss import (
    NoPairingPossible,
    PairingFailed,
    PairingTask,
    QuickEngine,
    SwissPairing,
    quality_of,
)
from tournaments.metrics import swiss_pairing
from tournaments.models import (
    Bye,
    ByeKind,
    Format,
    Group,
    Pairing,
    PairingState,
    Round,
    StageState,
    Tournament,
)
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.locking import check_runs, lock_tournament
from tournaments.services.undoable import RoundPaired, RoundUnpaired
from tournaments.signals import round_published, round_withdrawn
from tournaments.storage.swiss_tasks import can_play, next_task
from tournaments.storage.table_rounds import recorded_round, store_round
from tournaments.storage.tables import Table, read_table
from tournaments.swiss_worker import PairingTimeout, pair_apart

Engine = Literal["dutch", "quick"]
#: The note of a round that the organiser paired.
BY_HAND = "Paired by hand."
#: A round of at most so many players is paired in about a second, and never waits for larger ones.
SMALL = 128
#: So many rounds of each kind are paired at once in this process; the next one waits.
_AT_ONCE = 2
_slots = {
    is_small: Slots(_AT_ONCE, waiting=64, seconds=settings.MATCHPOINT_SWISS_SECONDS)
    for is_small in (True, False)
}


def swiss_group(tournament: Tournament, *, stage: int | None = None) -> Group:
    """The Swiss that is played now, or that of a stage by its number; raises `Conflict`."""
    swiss = tournament.stages.filter(format=Format.SWISS)
    found = swiss.filter(state=StageState.RUNNING) if stage is None else swiss.filter(number=stage)
    group = one.groups.first() if (one := found.first()) else None
    if group is None:
        raise Conflict("No Swiss is being played.", code="not_swiss")
    return group


def pair_next_round(
    *,
    group: Group,
    actor: Actor,
    engine: Engine = "dutch",
    why: str = "",
    follows: bool = False,
) -> Round:
    """Pair and publish the next round of a Swiss.

    The pairing is computed with nothing locked, and stored if nothing has changed meanwhile. By
    the Dutch system it takes up to `MATCHPOINT_SWISS_SECONDS`; then the refusal has the code
    `pairing_timeout`, and `quick` pairs by the absolute rules alone. A round that `follows` from
    what was done, such as the start, is undone with it. Raises `Conflict` when the round cannot be
    paired now or at all.
    """
    task = next_task(table_to_pair(group.pk))
    pairing = _computed(task, engine, group.stage.tournament_id)
    with transaction.atomic():
        lock_tournament(group.stage.tournament_id)
        table = table_to_pair(group.pk)
        if next_task(table) != task:
            raise Conflict(
                "Something has changed while the round was being paired. Pair it again.",
                code="changed_meanwhile",
            )
        is_quick = engine == "quick"
        how, note = ("quickly", _given_up(task, pairing)) if is_quick else ("", "")
        return publish_round(table, pairing, actor, how=how, note=note, why=why, follows=follows)


def table_to_pair(group_id: int) -> Table:
    """The table whose next round can be paired now; raises `Conflict`."""
    group = Group.objects.in_full().filter(pk=group_id).first()
    if group is None:
        raise NotFound("There is no such group.")
    check_is_played(group)
    table = read_table(group)
    waiting = [row for row in table.pairings if row.state != PairingState.DECIDED]
    if waiting:
        raise Conflict(
            f"{waiting[0].round}: {waiting[0].title} has no result yet"
            + (f", nor have {len(waiting) - 1} more." if len(waiting) > 1 else ".")
            + " Enter it before the next round is paired.",
            code="round_is_open",
        )
    planned = group.stage.rounds_planned or 0
    if len(table.rounds) >= planned:
        raise Conflict(f"All {planned} rounds of {group} are paired.", code="all_rounds_paired")
    return table


def check_is_played(group: Group) -> None:
    """Raise `Conflict` unless this is a Swiss that is being played."""
    if group.stage.format != Format.SWISS:
        raise Conflict(
            f"{group} is a {group.stage.get_format_display()}: only a Swiss is paired round by "
            "round.",
            code="not_swiss",
        )
    check_runs(group.stage.tournament)
    if group.stage.state != StageState.RUNNING:
        raise Conflict(f"{group} is {group.stage.get_state_display()}.", code="not_running")


def _computed(task: PairingTask, engine: Engine, tournament_id: UUID) -> SwissPairing:
    try:
        task.check()
        if len(task.history.players) - len(task.absent) < 2:
            raise NoPairingPossible("A round needs at least two players who are present.")
        return QuickEngine().pair(task) if engine == "quick" else _dutch(task, tournament_id)
    except PairingTimeout as error:
        fewer = "Forbid fewer pairs, or pair this round by hand or" if task.forbidden else "Pair it"
        raise Conflict(
            f"{error} Nothing is stored. {fewer} quickly: that keeps the absolute rules (nobody "
            "meets twice, nobody has two byes) and leaves out the finer ones.",
            code="pairing_timeout",
        ) from error
    except NoPairingPossible as error:
        raise Conflict(
            f"{error} Give somebody a bye in this round, pair it by hand with two who have met, or "
            "end the Swiss here.",
            code="no_pairing",
        ) from error
    except PairingFailed as error:
        raise Conflict(
            f"{error} Try again, or pair this round quickly.", code="pairing_failed"
        ) from error
    except EngineError as error:
        raise Refusal(str(error)) from error


def _dutch(task: PairingTask, tournament_id: UUID) -> SwissPairing:
    with _slots[len(task.history.players) <= SMALL].one(tournament_id):
        release_connection()
        with _measured():
            return pair_apart(task, seconds=settings.MATCHPOINT_SWISS_SECONDS)


@contextmanager
def _measured() -> Iterator[None]:
    """Count a round that is paired, and how it ended."""
    began, result = time.monotonic(), "failed"
    try:
        yield
        result = "paired"
    except PairingTimeout:
        result = "timeout"
        raise
    except NoPairingPossible:
        result = "impossible"
        raise
    finally:
        swiss_pairing.labels(result).observe(time.monotonic() - began)


def _given_up(task: PairingTask, pairing: SwissPairing) -> str:
    """What a quick pairing is less good in, for the round's page and the record."""
    lost = quality_of(task, pairing).words
    return f"Paired quickly, by the absolute rules. {lost or 'Nothing else was given up.'}"


def publish_round(
    table: Table,
    pairing: SwissPairing,
    actor: Actor,
    *,
    how: str = "",
    note: str = "",
    why: str = "",
    follows: bool = False,
) -> Round:
    """Store and announce the next round; `how` it was paired is recorded, `note` is shown."""
    group, number = table.group, len(table.rounds) + 1
    entrants = {seed: one.entrant for seed, one in table.by_seed.items()}
    pairs = [(entrants[white], entrants[black]) for white, black in pairing.pairs]
    round_, rows = store_round(group, number, pairs, note=note)
    _store_byes(table, number, pairing)
    tournament, text = group.stage.tournament, _in_words(table, round_, pairing, how)
    undo = None if follows else RoundPaired(stage=group.stage.number, round=number)
    if note and note != BY_HAND:  # how it was paired says that already
        text = f"{text}. {note}"
    audit_log.record(tournament, actor, "round", text, why=why, undo=undo)
    round_published.send(sender=Round, tournament=tournament, round=round_, pairings=rows)
    return round_


def _store_byes(table: Table, number: int, pairing: SwissPairing) -> None:
    """The bye of the pairing; who is gone gets nothing for one asked for before."""
    gone = [one for one in table.contenders if not can_play(one, number)]
    Bye.objects.filter(contender__in=gone, round_number=number).delete()
    Bye.objects.bulk_create(
        Bye(contender=table.by_seed[seed], round_number=number, kind=ByeKind.PAIRING_ALLOCATED)
        for seed in pairing.resting
    )


def _in_words(table: Table, round_: Round, pairing: SwissPairing, how: str) -> str:
    resting = [str(table.by_seed[seed].entrant) for seed in pairing.resting]
    return (
        f"{round_} paired, {len(pairing.pairs)} matches"
        + "".join(f", bye for {name}" for name in resting)
        + (f" ({how})" if how else "")
    )


@transaction.atomic
def unpair_round(*, tournament_id: UUID, actor: Actor, why: str = "") -> int:
    """Withdraw the last round of the running Swiss, to be paired again; returns its number.

    Raises `Conflict` when a result is in; forfeits of those who have left are none.
    """
    tournament = lock_tournament(tournament_id, check_runs)
    group = swiss_group(tournament)
    round_ = last_round(group)
    undo = RoundUnpaired(stage=group.stage.number, round=recorded_round(round_))
    withdraw_round(round_)
    audit_log.record(tournament, actor, "unpair", f"{round_} taken back", why=why, undo=undo)
    return round_.number


def last_round(group: Group) -> Round:
    """The last round that is paired; raises `Conflict`."""
    round_ = group.rounds.order_by("number").last()
    if round_ is None:
        raise Conflict("No round is paired yet.", code="no_round")
    return round_


def withdraw_round(round_: Round) -> None:
    """Delete a round that has no results; raises `Conflict` naming one that has."""
    group = round_.group
    pairings = list(round_.pairings.in_full())
    for row in pairings:
        if row.state == PairingState.DECIDED and not was_forfeited_by_withdrawal(row):
            raise Conflict(
                f"{round_}: {row.title} has a result. Reopen it first.", code="result_is_in"
            )
    byes = Bye.objects.filter(contender__group=group, round_number=round_.number)
    byes.filter(kind=ByeKind.PAIRING_ALLOCATED, preset=False).delete()
    Pairing.objects.filter(round=round_).delete()
    Round.objects.filter(pk=round_.pk).delete()
    for row in pairings:
        void_match(match=row.known_match)
    round_withdrawn.send(sender=Round, tournament=group.stage.tournament, round=round_)


def was_forfeited_by_withdrawal(row: Pairing) -> bool:
    """Whether a decided pairing was not played since its losers have left."""
    losers = [entrant for side, entrant in enumerate(row.both) if side != row.winner]
    return not row.known_match.scores and all(entrant.has_left for entrant in losers)
