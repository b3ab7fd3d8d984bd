"""A draw that has been made is made again, as long as no result is in."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from random import SystemRandom
from typing import Any

from django.db import transaction

from lib.errors import Conflict, Refusal
from matchmaking.models import Match, MatchState
from tournaments.engine.seeding import listed_again
from tournaments.models import (
    Contender,
    EntryStatus,
    Format,
    Group,
    Seeding,
    Stage,
    Tournament,
    TournamentState,
)
from tournaments.services.actors import ORGANISER

from .stage_replay import lengths_of, set_lengths

#: The rounds' lengths by the number of their group.
Lengths = Mapping[int, Sequence[Sequence[Any]]]


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
    from .stages import tear_down  # noqa: PLC0415
    from .start import draw  # noqa: PLC0415

    lengths = _lengths(tournament)
    if tournament.seeding == Seeding.LISTED:
        _list_again(tournament)
    tear_down(list(tournament.stages.all()))
    tournament.state, tournament.started_at = TournamentState.DRAFT, None
    tournament.save(update_fields=("state", "started_at"))
    stage, _, _ = draw(tournament, SystemRandom())
    if stage.format == Format.SWISS:
        transaction.on_commit(lambda: _pair_again(stage, lengths), robust=True)
    else:
        _set_lengths(stage, lengths)


def _lengths(tournament: Tournament) -> Lengths:
    """How long the rounds are, group by group."""
    groups = Group.objects.filter(stage__tournament=tournament)
    return {group.number: lengths_of(group) for group in groups}


def _set_lengths(stage: Stage, lengths: Lengths) -> None:
    for group in stage.groups.all():
        group.stage = stage
        set_lengths(group, lengths.get(group.number, ()))


def _list_again(tournament: Tournament) -> None:
    """Undo what the first draw made of the list, or the next would shuffle it once more."""
    # What starts asks `check_in` who is absent, which draws again.
    from .start import number_seeds  # noqa: PLC0415

    rows = list(tournament.entrants.filter(status=EntryStatus.ENTERED))
    drawn = set(Contender.objects.filter(entrant__in=rows).values_list("entrant", flat=True))
    listed = listed_again([one for one in rows if one.pk in drawn])
    number_seeds(tournament, [*listed, *(one for one in rows if one.pk not in drawn)])


def _pair_again(stage: Stage, lengths: Lengths) -> None:
    """Pair the first round; if that fails, the organiser does it."""
    from .start import pair_swiss  # noqa: PLC0415

    with suppress(Refusal):
        pair_swiss(stage, ORGANISER)
        _set_lengths(stage, lengths)
