"""Later stages, recorded before a change takes them down, and restored when they begin again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchmaking.models import Match, MatchState
from tournaments.models import Bye, ByeKind, Contender, Format, Group, Stage, StageState, Tournament
from tournaments.services.locking import later_stages
from tournaments.services.undoable import RecordedGroup, RoundLength
from tournaments.storage.table_rounds import recorded_round, restore_round


@dataclass(frozen=True, slots=True)
class Replay:
    """Results are entered again as they were.

    Nobody is walked over meanwhile, since what was played comes back first. A stage that begins has
    the entrants that it had: `withdrawn_before` are those left out of it, by the stage's number.
    """

    withdrawn_before: Mapping[int, frozenset[int]]

    @classmethod
    def of(cls, groups: Sequence[RecordedGroup]) -> "Replay":
        """A replay in which these groups begin as they were recorded."""
        return cls({group.at[0]: frozenset(group.gone) for group in groups})


def withdrawn_before_stage(stage: Stage) -> frozenset[int]:
    """The ids of the entrants that had withdrawn when a stage began, the last time."""
    begun = stage.tournament.actions.filter(verb="stage", data__stage=stage.number).first()
    return frozenset(begun.data["gone"]) if begun is not None else frozenset()


def record_later_stages(stage: Stage) -> list[RecordedGroup]:
    """What `restore_group` needs of the stages after this one that have begun."""
    groups = Group.objects.in_full().filter(stage__in=later_stages(stage))
    return [
        _recorded(group)
        for group in groups.order_by("stage__number", "number")
        if group.stage.state != StageState.PENDING
    ]


def _recorded(group: Group) -> RecordedGroup:
    is_swiss = group.stage.format == Format.SWISS
    byes = Bye.objects.filter(contender__group=group).exclude(kind=ByeKind.PAIRING_ALLOCATED)
    until = group.contenders.filter(until_round__isnull=False)
    return RecordedGroup(
        at=(group.stage.number, group.number),
        entrants=_entrants(group),
        gone=sorted(withdrawn_before_stage(group.stage)),
        lengths=round_lengths(group),
        planned=group.stage.rounds_planned if is_swiss else None,
        rounds=[recorded_round(one) for one in group.rounds.order_by("number")] if is_swiss else [],
        byes=list(byes.values_list("contender__entrant", "round_number", "kind")),
        until=[(one.entrant_id, one.until_round or 0) for one in until],
    )


def _entrants(group: Group) -> list[int]:
    return list(group.contenders.order_by("seed").values_list("entrant", flat=True))


def restore_group(tournament: Tournament, recorded: RecordedGroup) -> bool:
    """Restore a group's rounds; false when it has not begun, or with other contenders."""
    number, group_number = recorded.at
    stage = tournament.stages.filter(number=number).first()
    group = stage.groups.filter(number=group_number).first() if stage else None
    if group is None or _entrants(group) != recorded.entrants:
        return False
    if group.stage.format == Format.SWISS:
        _restore_swiss(group, recorded)
    else:
        set_round_lengths(group, recorded.lengths)
    return True


def round_lengths(group: Group) -> list[RoundLength]:
    """The length of each round of a group."""
    return list(group.rounds.order_by("part", "number").values_list("part", "number", "best_of"))


def set_round_lengths(group: Group, lengths: Sequence[RoundLength]) -> None:
    """Set the lengths of a group's rounds, if it has just these rounds."""
    rounds = {(round_.part, round_.number): round_ for round_ in group.rounds.all()}
    if rounds.keys() != {(part, number) for part, number, _ in lengths}:
        return
    for part, number, best_of in lengths:
        round_ = rounds[part, number]
        if round_.best_of != best_of:
            round_.change(best_of=best_of)
            Match.objects.filter(pairing__round=round_, state=MatchState.OPEN).update(
                best_of=best_of or group.stage.best_of
            )


def _restore_swiss(group: Group, recorded: RecordedGroup) -> None:
    if group.rounds.exists():  # it has not been taken down
        return
    group.stage.override_plan(rounds_planned=recorded.planned)
    contenders: dict[int, Contender] = {one.entrant_id: one for one in group.contenders.all()}
    for entrant, until in recorded.until:
        contenders[entrant].change(until_round=until)
    Bye.objects.bulk_create(
        Bye(contender=contenders[entrant], round_number=number, kind=kind)
        for entrant, number, kind in recorded.byes
    )
    for round_ in recorded.rounds:
        restore_round(group, round_)
