"""Why the players of a Swiss round were paired, from what is stored of it."""

from lib.errors import NotFound
from tournaments.engine.swiss import RoundReasons, reasons_for
from tournaments.models import Format, Part, Round, Tournament

from .swiss_tasks import task_before
from .tables import Table, is_decided


def swiss_round(tournament: Tournament, number: int, *, stage: int | None = None) -> Round:
    """A published round of a Swiss, of the last that has any or of that stage; or `NotFound`."""
    rounds = Round.objects.filter(
        group__stage__tournament=tournament,
        group__stage__format=Format.SWISS,
        part=Part.TABLE,
        published_at__isnull=False,
    ).select_related("group__stage__tournament")
    if stage is not None:
        rounds = rounds.filter(group__stage__number=stage)
    last = rounds.order_by("group__stage__number").last()
    found = rounds.filter(group=last.group_id, number=number).first() if last else None
    if found is None:
        raise NotFound("There is no such round of a Swiss in this tournament.")
    return found


def reasons_refused(table: Table, round_: Round) -> str:
    """What keeps a round from being explained, in words; empty if nothing does."""
    if round_.note:
        return (
            f"{round_} was not paired by the Dutch system, so there are no reasons by it. "
            f"{round_.note}"
        )
    waiting = [
        row for row in table.pairings if row.round.number < round_.number and not is_decided(row)
    ]
    if waiting:
        return (
            f"{waiting[0].round} has an open match, and {round_} goes by its results. The reasons "
            "are here again when it is decided."
        )
    return ""


def round_reasons(table: Table, round_: Round) -> RoundReasons:
    """Why a round is as it is, by the results as they are now; players are their seeds."""
    return reasons_for(*task_before(table, round_.number))
