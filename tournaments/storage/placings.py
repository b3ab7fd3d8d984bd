"""Places of a finished stage, written down."""

from tournaments.models import Contender, Group, Stage

from .tables import bracket_places, group_standings


def settle_places(*, stage: Stage) -> list[list[Contender]]:
    """Write who holds which places; returns each group's contenders, best first.

    Who is tied shares `first` and `last`, and stands here in the order of the seeds.
    """
    orders = []
    for group in stage.groups.order_by("number"):
        order = []
        for contender, first, last in _places(stage, group):
            contender.first, contender.last = first, last
            order.append(contender)
        Contender.objects.bulk_update(order, ("first", "last"), batch_size=200)
        orders.append(order)
    return orders


def _places(stage: Stage, group: Group) -> list[tuple[Contender, int, int]]:
    if stage.is_elimination:
        return [(one.contender, one.first, one.last) for one in bracket_places(group)]
    return [(one.contender, one.rank, one.last_rank) for one in group_standings(group)]
