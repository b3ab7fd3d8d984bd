"""Rounds of later stages: told as they were, and there again when their stage has begun anew."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from matchmaking.models import Match, MatchState
from tournaments.models import Bye, ByeKind, Contender, Format, Group, Stage, StageState, Tournament
from tournaments.services.locking import later_stages
from tournaments.storage.swiss_rounds import round_data, store_again

from .plan_overrides import change_plan

#: While stages begin anew as they were: who had left before each, by its number.
_gone: ContextVar[Mapping[int, set[int]] | None] = ContextVar("gone", default=None)


def gone_before(stage: Stage) -> set[int]:
    """The ids of those who had left when a stage began, the last time."""
    begun = stage.tournament.actions.filter(verb="stage", data__stage=stage.number).first()
    return set(begun.data["gone"]) if begun is not None else set()


def gone_as_before(stage: Stage) -> set[int] | None:
    """Who is to be left out of a stage that begins as it was; None for one that begins now."""
    return (_gone.get() or {}).get(stage.number)


@contextmanager
def beginning_as_before(rounds: Sequence[dict[str, Any]]) -> Iterator[None]:
    """Stages that begin meanwhile have those who were there in the `later_rounds` told."""
    token = _gone.set({data["at"][0]: set(data["gone"]) for data in rounds})
    try:
        yield
    finally:
        _gone.reset(token)


def later_rounds(stage: Stage) -> list[dict[str, Any]]:
    """What `bring_back` needs of the stages after this one that have begun.

    That is what does not follow from the results before them: who had left, the lengths of rounds,
    and in a Swiss its pairings, the byes, and until when those play who have left.
    """
    groups = Group.objects.filter(stage__in=later_stages(stage)).select_related("stage__tournament")
    return [
        _group_data(group)
        for group in groups.order_by("stage__number", "number")
        if group.stage.state != StageState.PENDING
    ]


def _group_data(group: Group) -> dict[str, Any]:
    data: dict[str, Any] = {
        "at": [group.stage.number, group.number],
        "entrants": _entrants(group),
        "gone": sorted(gone_before(group.stage)),
        "lengths": lengths_of(group),
    }
    if group.stage.format == Format.SWISS:
        byes = Bye.objects.filter(contender__group=group).exclude(kind=ByeKind.PAIRING_ALLOCATED)
        until = group.contenders.exclude(until_round=None)
        data |= {
            "planned": group.stage.rounds_planned,
            "rounds": [round_data(round_) for round_ in group.rounds.order_by("number")],
            "byes": [
                list(bye) for bye in byes.values_list("contender__entrant", "round_number", "kind")
            ],
            "until": [list(one) for one in until.values_list("entrant", "until_round")],
        }
    return data


def _entrants(group: Group) -> list[int]:
    return list(group.contenders.order_by("seed").values_list("entrant", flat=True))


def bring_back(tournament: Tournament, data: dict[str, Any]) -> bool:
    """Make a group's rounds what they were; says whether it has begun, with the same contenders."""
    stage, number = data["at"]
    group = (
        Group.objects.select_related("stage")
        .filter(stage__tournament=tournament, stage__number=stage, number=number)
        .first()
    )
    if group is None or _entrants(group) != data["entrants"]:
        return False
    group.stage.tournament = tournament
    if group.stage.format == Format.SWISS:
        _bring_back_swiss(group, data)
    else:
        set_lengths(group, data["lengths"])
    return True


def lengths_of(group: Group) -> list[list[Any]]:
    """Part, number and best of how many of each round of a group."""
    rounds = group.rounds.order_by("part", "number")
    return [list(length) for length in rounds.values_list("part", "number", "best_of")]


def set_lengths(group: Group, lengths: Sequence[Sequence[Any]]) -> None:
    """Give the rounds of a group the lengths that `lengths_of` told, if there are the same."""
    rounds = {(round_.part, round_.number): round_ for round_ in group.rounds.all()}
    if rounds.keys() != {(part, number) for part, number, _ in lengths}:
        return
    for part, number, best_of in lengths:
        round_ = rounds[part, number]
        if round_.best_of != best_of:
            round_.best_of = best_of
            round_.save(update_fields=("best_of",))
            Match.objects.filter(pairing__round=round_, state=MatchState.OPEN).update(
                best_of=best_of or group.stage.best_of
            )


def _bring_back_swiss(group: Group, data: dict[str, Any]) -> None:
    if group.rounds.exists():  # it has not been taken down
        return
    change_plan(group.stage, rounds_planned=data["planned"])
    group.stage.save(update_fields=("rounds_planned", "planned"))
    contenders: dict[int, Contender] = {one.entrant_id: one for one in group.contenders.all()}
    for entrant, until in data["until"]:
        contenders[entrant].until_round = until
        contenders[entrant].save(update_fields=("until_round",))
    Bye.objects.bulk_create(
        Bye(contender=contenders[entrant], round_number=number, kind=kind)
        for entrant, number, kind in data["byes"]
    )
    for round_ in data["rounds"]:
        store_again(group, round_)
