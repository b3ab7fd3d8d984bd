"""Stages: begun, played out and placed, and taken down when a result that they need changes."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from math import ceil, log2
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lib.errors import Conflict, Refusal
from matchmaking.models import MatchState
from matchmaking.services.matches import void_match
from tournaments.engine.qualification import seed_qualifiers
from tournaments.engine.round_robin import snake_groups
from tournaments.files.document import PlanPart, plan_of
from tournaments.models import (
    Bye,
    Contender,
    Entrant,
    EntryStatus,
    Format,
    Group,
    Pairing,
    Stage,
    StageState,
    Tournament,
    TournamentState,
)
from tournaments.services import audit_log
from tournaments.services.actors import MATCHPOINT, Actor
from tournaments.services.locking import check_runs, later_stages, lock_tournament
from tournaments.services.setup.stage_plans import most_rounds
from tournaments.services.undoable import SwissEnded
from tournaments.signals import stage_started, tournament_closed, tournament_reopened
from tournaments.storage.brackets import first_round, stage_bracket, store_bracket
from tournaments.storage.table_rounds import store_round_robin
from tournaments.storage.tables import settle_places

from .stage_replay import Replay, withdrawn_before_stage
from .swiss_rounds import pair_next_round, swiss_group


def begin_stage(stage: Stage, seeded: Sequence[Entrant]) -> list[list[str]]:
    """Make the groups, rounds and matches of a stage; returns the first round's names.

    A Swiss is not paired by this: that takes its time, and is done with nothing locked.
    """
    stage.change(state=StageState.RUNNING)
    pairs: list[list[str]] = []
    if stage.is_elimination:
        store_bracket(Group.objects.create(stage=stage), seeded)
        pairs = first_round(stage_bracket(stage, len(seeded)), seeded)
    elif stage.format == Format.ROUND_ROBIN:
        pairs = store_round_robin(stage, seeded)
    else:
        _store_swiss(stage, seeded)
    return pairs


def _store_swiss(stage: Stage, seeded: Sequence[Entrant]) -> None:
    """The group of a Swiss; the first of an imported one with what its report file said."""
    seeds = {entrant.pk: seed for seed, entrant in enumerate(seeded, start=1)}
    plan = plan_of(stage.tournament, seeds) if stage.number == 1 else PlanPart()
    group = Group.objects.create(
        stage=stage,
        first_colour=plan.first_colour,
        forbidden_pairs=plan.forbidden_pairs,
        prohibitions=plan.prohibitions,
        virtual_points=plan.virtual_points,
    )
    group.enter(seeded)
    by_seed = {contender.seed: contender for contender in group.contenders.all()}
    Bye.objects.bulk_create(
        Bye(
            contender=by_seed[bye.entrant],
            round_number=bye.round,
            kind=bye.kind,
            preset=bye.preset,
        )
        for bye in plan.byes
    )
    if stage.rounds_planned is None:
        stage.override_plan(rounds_planned=max(1, ceil(log2(len(seeded)))))


def has_open(group: Group) -> bool:
    """Whether anything is left to play in a group, as far as it is paired."""
    return group.pairings.open().exists()


def is_played_out(stage: Stage) -> bool:
    """Whether nothing is left to play in a stage, nor to pair."""
    if Pairing.objects.open().filter(group__stage=stage).exists():
        return False
    planned = stage.rounds_planned or 0
    is_swiss = stage.format == Format.SWISS
    return not is_swiss or all(group.last_round >= planned for group in stage.groups.all())


def advance_stage(stage: Stage, replay: Replay | None = None) -> None:
    """Go on from a stage as far as its results carry: to the next one, or to the end.

    After a correction too: stages that no longer have the same entrants are taken down.
    """
    if not is_played_out(stage):
        tear_down(later_stages(stage))
        return
    orders = settle_places(stage=stage)
    stage.change(state=StageState.FINISHED)
    following = later_stages(stage)
    if not following:
        _finish(stage.tournament, _winner(orders))
        return
    if following[0].state != StageState.PENDING:
        stayed = _stayed(following[0], replay)
        if _plays(following[0], _qualifiers(stage, orders, stayed)):
            advance_stage(following[0], replay)
            return
        tear_down(following)
    _begin_next(stage, following[0], orders, replay)


def _begin_next(
    stage: Stage, following: Stage, orders: Sequence[Sequence[Contender]], replay: Replay | None
) -> None:
    tournament = stage.tournament
    withdrawn = _withdrawn_in(following, replay)
    if withdrawn is None:
        entrants = [contender.entrant for order in orders for contender in order]
        withdrawn = frozenset(entrant.pk for entrant in entrants if not entrant.takes_part)
    seeded = _qualifiers(stage, orders, lambda entrant: entrant.pk not in withdrawn)
    text = "; ".join([f"{stage} is finished", *_ties_at_the_cut(stage, orders)])
    data = {"stage": following.number, "gone": sorted(withdrawn)}
    audit_log.record(tournament, MATCHPOINT, "stage", text, data=data)
    if len(seeded) < 2:  # all but one have withdrawn
        _finish(tournament, seeded[0] if seeded else None)
        return
    if following.rounds_planned is not None:
        following.override_plan(
            rounds_planned=min(following.rounds_planned, most_rounds(len(seeded)))
        )
    following.override_plan(group_count=min(following.group_count, len(seeded) // 2))
    pairs = begin_stage(following, seeded)
    stage_started.send(sender=Stage, tournament=tournament, stage=following, brackets=pairs)
    if following.format == Format.SWISS:
        group_id = following.groups.get().pk
        transaction.on_commit(lambda: _pair_first_round(group_id), robust=True)


def _withdrawn_in(stage: Stage, replay: Replay | None) -> frozenset[int] | None:
    """The entrants left out of a stage that begins as recorded; None when it begins now."""
    return None if replay is None else replay.withdrawn_before.get(stage.number)


def _pair_first_round(group_id: int) -> None:
    """Pair a Swiss that follows another stage; if that fails, the organiser does it."""
    group = Group.objects.in_full().filter(pk=group_id).first()
    if group is None or group.rounds.exists():  # taken down meanwhile, or restored
        return
    with suppress(Refusal):
        pair_next_round(group=group, actor=MATCHPOINT, follows=True)


def _qualifiers(
    stage: Stage, orders: Sequence[Sequence[Contender]], stays: Callable[[Entrant], bool]
) -> list[Entrant]:
    """Who goes on, in the order of their seeds; who does not stay makes room for the next."""
    staying = [[c.entrant for c in order if stays(c.entrant)] for order in orders]
    wanted = stage.advance or 1
    shared = min(wanted, *map(len, staying)) if len(staying) > 1 else min(wanted, len(staying[0]))
    if len(staying) == 1 or shared == 0:
        return [entrant for group in staying for entrant in group[:wanted]]
    seeded: list[Entrant] = seed_qualifiers(staying, shared)
    return seeded + [
        group[tier] for tier in range(shared, wanted) for group in staying if tier < len(group)
    ]


def _stayed(stage: Stage, replay: Replay | None) -> Callable[[Entrant], bool]:
    """Whether an entrant took part when a stage began; leaving it later changes nothing."""
    recorded = _withdrawn_in(stage, replay)
    if recorded is not None:
        return lambda one: one.pk not in recorded
    playing = set(Contender.objects.filter(group__stage=stage).values_list("entrant", flat=True))
    withdrawn = withdrawn_before_stage(stage)
    return lambda one: one.pk in playing or (one.takes_part and one.pk not in withdrawn)


def _ties_at_the_cut(stage: Stage, orders: Sequence[Sequence[Contender]]) -> list[str]:
    """Who goes on by the better seed alone, in words."""
    ties = []
    for order in orders:
        staying = [contender for contender in order if contender.entrant.takes_part]
        inside, outside = staying[: stage.advance], staying[stage.advance :]
        if inside and outside and inside[-1].first == outside[0].first:
            ties.append(
                f"{inside[-1].entrant} and {outside[0].entrant} are level at the cut, and "
                f"{inside[-1].entrant} goes on by the better seed"
            )
    return ties


def _plays(stage: Stage, seeded: Sequence[Entrant]) -> bool:
    """Whether a stage that has begun has just these contenders, seeded just so."""
    playing: dict[int, list[int]] = {}
    contenders = Contender.objects.filter(group__stage=stage).order_by("group__number", "seed")
    for group_id, entrant_id in contenders.values_list("group_id", "entrant_id"):
        playing.setdefault(group_id, []).append(entrant_id)
    if stage.format != Format.ROUND_ROBIN:
        return list(playing.values()) == [[entrant.pk for entrant in seeded]]
    dealt = snake_groups([entrant.pk for entrant in seeded], max(1, len(playing)))
    return [tuple(group) for group in playing.values()] == list(dealt)


def tear_down(stages: Sequence[Stage]) -> None:
    """Delete those of the stages that have begun: their results are void."""
    for stage in reversed([one for one in stages if one.state != StageState.PENDING]):
        pairings = Pairing.objects.filter(group__stage=stage)
        played = pairings.filter(match__isnull=False).select_related("match")
        matches = [row.known_match for row in played.order_by("match__closed_at")]
        # They point at one another.
        pairings.update(winner_to=None, winner_to_side=None, loser_to=None, loser_to_side=None)
        pairings.delete()
        stage.groups.all().delete()
        for match in reversed(matches):
            if match.state != MatchState.CANCELLED:
                void_match(match=match)
        stage.take_down()


def reopen_stage(stage: Stage) -> None:
    """Let a stage, and its tournament, run again before one of its results is changed."""
    tournament = stage.tournament
    if tournament.state == TournamentState.FINISHED:
        tournament.change(state=TournamentState.RUNNING, finished_at=None)
        tournament_reopened.send(sender=Tournament, tournament=tournament)
    if stage.state == StageState.FINISHED:
        stage.change(state=StageState.RUNNING)
        Contender.objects.filter(group__stage=stage).update(first=None, last=None)


def _winner(orders: Sequence[Sequence[Contender]]) -> Entrant | None:
    """Who holds the first place alone, if there is one table or bracket."""
    if len(orders) != 1:
        return None
    best = [contender for contender in orders[0] if contender.first == 1]
    return best[0].entrant if len(best) == 1 else None


def _finish(tournament: Tournament, winner: Entrant | None) -> None:
    tournament.change(state=TournamentState.FINISHED, finished_at=timezone.now())
    tournament_closed.send(sender=Tournament, tournament=tournament, winner=winner)


@transaction.atomic
def end_swiss(*, tournament_id: UUID, actor: Actor, why: str = "") -> Stage:
    """End a Swiss with the rounds it has played; raises `Conflict` while one is being played.

    And before the first, as long as there are two who could play it.
    """
    tournament = lock_tournament(tournament_id, check_runs)
    if not tournament.stages.filter(state=StageState.RUNNING, format=Format.SWISS).exists():
        raise Conflict("No Swiss is being played.")
    group = swiss_group(tournament)
    stage, paired = group.stage, group.last_round
    if has_open(group):
        raise Conflict("Enter the results of the last round first.")
    present = group.contenders.filter(entrant__status=EntryStatus.ENTERED)
    if not paired and present.count() > 1:
        raise Conflict("No round has been played. Pair the first one.")
    text = f"{stage} ends after {paired} rounds"
    undo = SwissEnded(stage=stage.number, rounds=stage.rounds_planned)
    audit_log.record(tournament, actor, "end_swiss", text, why=why, undo=undo)
    stage.override_plan(rounds_planned=paired or None)
    advance_stage(stage)
    return stage
