"""The final places of a whole tournament, over all of its stages."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, groupby

from tournaments.engine.standings.across import made_per_match
from tournaments.models import Contender, Group, Stage, StageState, Tournament, TournamentState

from .tables import Placing, read_table, tie_breaks_of


def final_places(tournament: Tournament) -> tuple[Placing, ...]:
    """Everybody's places in a tournament that is over, best first; nobody's before.

    Those of the last stage come first, then those who went no further than the one before it, and
    so on backwards. Nobody has any where the last stage had several groups, which never met.
    """
    if tournament.state != TournamentState.FINISHED:
        return ()
    begun = list(tournament.stages.exclude(state=StageState.PENDING).order_by("-number"))
    if not begun or begun[0].groups.count() > 1:
        return ()
    places: list[Placing] = []
    placed: set[int] = set()
    for stage in begun:
        for level in _levels(stage, placed):
            first, last = len(places) + 1, len(places) + len(level)
            places += [Placing(contender, first, last, settled=True) for contender in level]
        placed = {place.contender.entrant_id for place in places}
    return tuple(places)


def _levels(stage: Stage, gone_on: set[int]) -> list[list[Contender]]:
    """Those who went no further than a stage, best first, the equal together.

    Players of different groups are compared by what they made in a match; where the equal are all
    of one group, its table decides.
    """
    rows = Contender.objects.filter(group__stage=stage).select_related("entrant")
    stayed = [one for one in rows.order_by("first", "seed") if one.entrant_id not in gone_on]
    groups = list(stage.groups.all())
    if len(groups) == 1:
        return _as_placed(stayed)
    made = {one.pk: each for group in groups for one, each in _made(stage, group, stayed)}
    stayed.sort(key=lambda one: made[one.pk], reverse=True)
    levels = []
    for _, level in groupby(stayed, key=lambda one: made[one.pk]):
        equal = list(level)
        of_one_group = len({contender.group_id for contender in equal}) == 1
        levels += _as_placed(equal) if of_one_group else [sorted(equal, key=_by_seed)]
    return levels


def _by_seed(contender: Contender) -> int:
    return contender.entrant.seed


def _as_placed(contenders: Sequence[Contender]) -> list[list[Contender]]:
    """Contenders of one group, in order, as its table or bracket has them."""
    return [list(level) for _, level in groupby(contenders, key=lambda one: one.first)]


def _made(
    stage: Stage, group: Group, stayed: Sequence[Contender]
) -> list[tuple[Contender, tuple[Fraction, ...]]]:
    """What each made in a match, and at least what those made whom the own table has behind."""
    group.stage = stage
    made = made_per_match(read_table(group).history(), tie_breaks_of(stage))
    mine = [contender for contender in stayed if contender.group_id == group.pk]
    mine.sort(key=lambda one: (one.first or 0, made[one.seed]))
    upwards = mine[::-1]  # from the last place; those who share one all have what the best has
    best = accumulate((made[contender.seed] for contender in upwards), max)
    return list(zip(upwards, best, strict=True))
