"""The planned stages of a tournament, and their checks."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from django.db import transaction

from lib.errors import Conflict, Refusal
from tournaments.engine.standings import TieBreak
from tournaments.models import Format, Stage, StageSettings
from tournaments.models.stage_settings import BEST_OF_MAX
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.locking import lock_tournament

STAGES_MAX = 8
GROUPS_MAX = 256
#: A round robin of so many has 8,385 matches.
TABLE_MAX = 130
ROUNDS_MAX = 99
ADVANCE_MAX = 32_767
POINTS_DECIMALS = 2
POINTS_MAX = Decimal(100)


class BadStages(Refusal):
    """Stages that cannot be played as planned."""

    code = "bad_stages"


@transaction.atomic
def set_stages(
    *, tournament_id: UUID, stages: Sequence[StageSettings], actor: Actor
) -> list[Stage]:
    """Replace the stages of a tournament that has not started.

    Raises `BadStages` naming the wrong stage, `Conflict` when it is too late, `NotFound`.
    """
    check_plans(stages)
    tournament = lock_tournament(tournament_id)
    if not tournament.is_before_start:
        raise Conflict(
            f"{tournament.name} has started: its stages can no longer be changed.",
            code="already_started",
        )
    tournament.stages.all().delete()
    rows = Stage.objects.bulk_create(
        Stage.of(settings, tournament=tournament, number=number)
        for number, settings in enumerate(stages, start=1)
    )
    text = "Stages: " + ", then ".join(row.get_format_display() for row in rows)
    audit_log.record(tournament, actor, "stages", text)
    return rows


def check_plans(stages: Sequence[StageSettings]) -> None:
    """Raise `BadStages` when these stages are impossible for any entrants."""
    if not 1 <= len(stages) <= STAGES_MAX:
        raise BadStages(f"A tournament has 1 to {STAGES_MAX} stages.")
    for number, plan in enumerate(stages, start=1):
        is_last = number == len(stages)
        for fault in (_fault(plan), _advance_fault(plan, is_last=is_last)):
            if fault:
                raise BadStages(_named(fault, number, len(stages)))
    for number, (before, following) in enumerate(pairwise(stages), start=2):
        count = before.group_count * (before.advance or 0)
        if fault := size_fault(following, count):
            raise BadStages(_named(fault, number, len(stages)))


def _named(fault: str, number: int, stages: int) -> str:
    return f"Stage {number}: {fault}" if stages > 1 else fault


def _fault(plan: StageSettings) -> str:
    """The error of one stage by itself, in words; empty without one."""
    if len(plan.name.strip()) > 40 or not plan.name.isprintable():
        return "Its name has at most 40 characters, all of them printable."
    if not all(1 <= length <= BEST_OF_MAX for length in plan.lengths):
        return f"A match is best of 1 to {BEST_OF_MAX}."
    if not all(points.is_finite() and 0 <= points <= POINTS_MAX for points in plan.points):
        return f"Points are from 0 to {POINTS_MAX}."
    if any(points != round(points, POINTS_DECIMALS) for points in plan.points):
        return f"Points have at most {POINTS_DECIMALS} decimals."
    if Format(plan.format).is_elimination:
        return _elimination_fault(plan)
    return _table_fault(plan) or _tie_break_fault(plan.tie_breaks)


def _elimination_fault(plan: StageSettings) -> str:
    even = next((length for length in plan.lengths if length % 2 == 0), None)
    return _first(
        (plan.draws, "An elimination has no draws: somebody must go on."),
        (even is not None, f"Best of {even} may end level. Take an odd number in an elimination."),
        (plan.group_count != 1, "Only a round robin is played in groups."),
        (plan.legs != 1, "Only a round robin is played in two legs."),
        (
            plan.rounds_planned is not None,
            "The rounds of an elimination follow from the number of players.",
        ),
        (
            plan.third_place and plan.format == Format.DOUBLE_ELIMINATION,
            "A double elimination needs no third-place match: the losers' final decides it.",
        ),
    )


def _table_fault(plan: StageSettings) -> str:
    is_swiss = plan.format == Format.SWISS
    rounds = plan.rounds_planned
    return _first(
        (plan.third_place, "Only a single elimination has a third-place match."),
        (
            len(plan.lengths) > 1,
            "Only an elimination has a final and semi-finals, which may be longer.",
        ),
        (
            plan.best_of % 2 == 0 and not plan.draws,
            f"Best of {plan.best_of} may end level. Allow draws, or take an odd number.",
        ),
        (
            is_swiss and (plan.group_count, plan.legs) != (1, 1),
            "A Swiss is played in one group and one leg.",
        ),
        (
            not is_swiss and rounds is not None,
            "The rounds of a round robin follow from the number of players.",
        ),
        (
            rounds is not None and not 1 <= rounds <= ROUNDS_MAX,
            f"A Swiss has 1 to {ROUNDS_MAX} rounds.",
        ),
        (not 1 <= plan.group_count <= GROUPS_MAX, f"There are 1 to {GROUPS_MAX} groups."),
        (plan.legs not in {1, 2}, "A round robin has 1 or 2 legs."),
    )


def _first(*faults: tuple[bool, str]) -> str:
    """The words of the first fault that applies; empty if none does."""
    return next((words for is_there, words in faults if is_there), "")


def _tie_break_fault(names: Sequence[str]) -> str:
    known = [tie_break.name for tie_break in TieBreak]
    for name in names:
        if name not in known:
            return f"There is no tie-break {name!r}. There are: {', '.join(known)}."
    return "A tie-break is named twice." if len(set(names)) < len(names) else ""


def _advance_fault(plan: StageSettings, *, is_last: bool) -> str:
    if is_last:
        return "" if plan.advance is None else "Nobody goes on from the last stage."
    if plan.advance is None:
        return "Say how many go on to the next stage."
    if plan.advance > ADVANCE_MAX:
        return f"At most {ADVANCE_MAX:,} go on to the next stage."
    return "" if plan.advance >= 1 else "At least one goes on to the next stage."


def size_fault(stage: Stage | StageSettings, count: int) -> str:
    """Why so many players cannot play this stage, in words; empty if they can."""
    smallest, rest = divmod(count, stage.group_count)
    largest = smallest + bool(rest)
    if smallest < 2:
        if stage.group_count == 1:
            return f"It needs at least two players, and has {count}."
        return f"{count} players cannot fill {stage.group_count} groups of at least two."
    if stage.advance is not None and stage.advance > smallest:
        return f"{stage.advance} shall go on, of only {smallest}."
    if stage.format == Format.ROUND_ROBIN and largest > TABLE_MAX:
        return f"{largest} players are too many for one table: make more groups, or play a Swiss."
    if stage.format == Format.SWISS and (stage.rounds_planned or 1) > most_rounds(count):
        return (
            f"{stage.rounds_planned} rounds are too many: each of {count} players has only "
            f"{count - 1} opponents{' and one bye' if count % 2 else ''}."
        )
    return ""


def most_rounds(count: int) -> int:
    """How many rounds a Swiss can have: everybody meets everybody, with a bye each if odd."""
    return count - 1 + count % 2


def swiss_warning(stage: Stage | StageSettings, count: int) -> str:
    """What to know before a Swiss of so many rounds starts, in words; mostly nothing.

    As long as at most half of the others have been met there is a pairing in which nobody meets
    again (Dirac's theorem on the graph of those who have not met); after that there may be none.
    """
    rounds = stage.rounds_planned or 0
    if stage.format != Format.SWISS or rounds <= count // 2:
        return ""
    return (
        f"{rounds} rounds are many for {count} players: from round {count // 2 + 1} on there may "
        "be no pairing left in which nobody meets twice. A round robin lets all meet all."
    )


def check_size(stage: Stage | StageSettings, count: int) -> None:
    """Raise `BadStages` when so many players cannot play this stage."""
    if fault := size_fault(stage, count):
        raise BadStages(fault)
