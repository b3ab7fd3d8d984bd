"""The draw made again, as long as no result is in, and entrants added to it late."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from random import SystemRandom

from django.db import transaction

from lib.errors import Conflict, Refusal
from matchmaking.models import Match, MatchState
from tournaments.engine.seeding import listed_again
from tournaments.models import (
    Contender,
    Entrant,
    Format,
    Group,
    Seeding,
    Stage,
    StageState,
    Tournament,
    TournamentState,
)
from tournaments.services.actors import Actor
from tournaments.services.locking import wrong_state
from tournaments.services.undoable import RoundLength

from .stage_replay import round_lengths, set_round_lengths
from .stages import tear_down
from .start import draw, number_seeds, pair_swiss
from .swiss_rounds import swiss_group

#: The lengths of rounds, by the number of their group.
Lengths = Mapping[int, Sequence[RoundLength]]


def check_can_redraw(tournament: Tournament) -> None:
    """Raise `Conflict` unless the tournament runs and nothing has been played in it."""
    if tournament.state != TournamentState.RUNNING:
        raise wrong_state(tournament, "nobody is seeded any more.")
    if has_results(tournament):
        raise Conflict(
            "A result is in: the draw stands. To draw again, reopen every result first.",
            code="too_late",
        )


@transaction.atomic
def redraw(tournament: Tournament, actor: Actor) -> None:
    """Throw the draw away and start again, with the entrants and seeds there are now.

    The tournament is locked, and `check_can_redraw` has been asked. A Swiss is paired once this is
    committed, with nothing locked, as at any start.
    """
    groups = Group.objects.filter(stage__tournament=tournament)
    lengths = {group.number: round_lengths(group) for group in groups}
    if tournament.seeding == Seeding.LISTED:
        _list_again(tournament)
    tear_down(list(tournament.stages.all()))
    tournament.change(state=TournamentState.DRAFT, started_at=None)
    stage, _, _ = draw(tournament, SystemRandom())
    if stage.format == Format.SWISS:
        transaction.on_commit(lambda: _pair_again(stage, lengths, actor), robust=True)
    else:
        _set_lengths(stage, lengths)


def _set_lengths(stage: Stage, lengths: Lengths) -> None:
    for group in stage.groups.all():
        set_round_lengths(group, lengths.get(group.number, ()))


def _list_again(tournament: Tournament) -> None:
    """Undo what the first draw made of the list, or the next would shuffle it once more."""
    rows = list(tournament.entrants.taking_part())
    drawn = set(Contender.objects.filter(entrant__in=rows).values_list("entrant", flat=True))
    listed = listed_again([one for one in rows if one.pk in drawn])
    number_seeds(tournament, [*listed, *(one for one in rows if one.pk not in drawn)])


def _pair_again(stage: Stage, lengths: Lengths, actor: Actor) -> None:
    """Pair the first round; if that fails, the organiser does it."""
    with suppress(Refusal):
        pair_swiss(stage, actor)
        _set_lengths(stage, lengths)


def has_results(tournament: Tournament) -> bool:
    """Whether a match of a tournament has been played."""
    return Match.objects.filter(
        pairing__group__stage__tournament=tournament, state=MatchState.FINISHED
    ).exists()


def admit_late(tournament: Tournament, entrant: Entrant, actor: Actor) -> str:
    """Add an entrant to a draw that has been made; returns how, in words for the record.

    A Swiss with results takes the entrant from its next round on; any other draw is made again,
    unless a result is in. Raises `Conflict`.
    """
    if tournament.is_before_start:
        return ""
    first = tournament.stages.filter(number=1, format=Format.SWISS, state=StageState.RUNNING)
    if first.exists() and has_results(tournament):
        group = swiss_group(tournament, stage=1)
        number = group.last_round + 1
        group.add(entrant, from_round=number)
        return f" from round {number}"
    try:
        check_can_redraw(tournament)
    except Conflict as refusal:
        raise Conflict(
            f"{entrant} cannot be added any more: results are in, and only a Swiss stage takes "
            "late entries. You can let them replace another entrant.",
            code="too_late",
        ) from refusal
    redraw(tournament, actor)
    return ", and drew again"
