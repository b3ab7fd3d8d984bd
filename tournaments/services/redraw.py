"""A draw that has been made is made again, as long as no result is in."""

from contextlib import suppress
from random import SystemRandom

from django.db import transaction

from matchmaking.errors import Conflict, Refusal
from matchmaking.models import Match, MatchState

from ..models import Format, Stage, Tournament, TournamentState
from .actors import ORGANISER


def check_can_redraw(tournament: Tournament) -> None:
    """Raise `Conflict` unless the tournament runs and nothing has been played in it."""
    if tournament.state != TournamentState.RUNNING:
        raise Conflict(
            f"{tournament.name} is {tournament.get_state_display()}: nobody is seeded any more.",
            code="too_late",
        )
    played = Match.objects.filter(
        pairing__group__stage__tournament=tournament, state=MatchState.FINISHED
    )
    if played.exists():
        raise Conflict(
            "A result is in: the draw stands. To draw again, take back every result first.",
            code="too_late",
        )


@transaction.atomic
def redraw(tournament: Tournament) -> None:
    """Throw the draw away and start again, with the entrants and seeds there are now.

    The tournament is locked, and `check_can_redraw` has been asked. A Swiss is paired once this is
    committed, with nothing locked, as at any start.
    """
    # What starts asks `check_in` who is absent, which draws again.
    from .course import tear_down  # noqa: PLC0415
    from .starting import begin  # noqa: PLC0415

    tear_down(list(tournament.stages.all()))
    tournament.state, tournament.started_at = TournamentState.DRAFT, None
    tournament.save(update_fields=("state", "started_at"))
    stage, _ = begin(tournament, ORGANISER, SystemRandom())
    if stage.format == Format.SWISS:
        transaction.on_commit(lambda: _pair_again(stage), robust=True)


def _pair_again(stage: Stage) -> None:
    """Pair the first round; if that fails, the organiser does it."""
    from .starting import pair_swiss  # noqa: PLC0415

    with suppress(Refusal):
        pair_swiss(stage, ORGANISER)
