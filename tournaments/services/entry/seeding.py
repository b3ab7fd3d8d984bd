"""Seeds: the order of the draw, by hand, by rating or shuffled; until the first result is in."""

from collections.abc import Sequence
from random import Random, SystemRandom
from uuid import UUID

from django.db import transaction

from lib.errors import Conflict, Refusal
from tournaments.engine.seeding import seed_at_random, seed_by_rating
from tournaments.models import Entrant, Seeding, Tournament
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.locking import lock_tournament
from tournaments.services.pool_ratings import fill_ratings
from tournaments.services.progress.redraw import check_can_redraw, redraw
from tournaments.services.progress.start import number_seeds
from tournaments.services.undoable import SeedsChanged
from tournaments.signals import list_changed

SHUFFLE_SEED_BITS = 31


@transaction.atomic
def set_seeds(*, tournament_id: UUID, order: Sequence[int], actor: Actor) -> list[Entrant]:
    """Seed the entrants in this order of their ids, the strongest first.

    Raises `Refusal` unless each is named once.
    """
    tournament, entrants = _begin(tournament_id)
    by_id = {entrant.pk: entrant for entrant in entrants}
    if sorted(order) != sorted(by_id):
        raise Refusal(
            "The order must name everybody who takes part, once. The list has changed: look at it "
            "again.",
            code="bad_order",
        )
    return _seed(tournament, [by_id[pk] for pk in order], actor, "seeded by hand")


@transaction.atomic
def shuffle_seeds(
    *, tournament_id: UUID, actor: Actor, shuffle_seed: int | None = None
) -> list[Entrant]:
    """Shuffle; the same number, from the same list of names, leads to the same order again."""
    tournament, entrants = _begin(tournament_id)
    if shuffle_seed is None:
        shuffle_seed = SystemRandom().getrandbits(SHUFFLE_SEED_BITS)
    by_name = sorted(entrants, key=lambda entrant: entrant.name_key)
    shuffled = seed_at_random(by_name, Random(shuffle_seed))
    text = f"shuffled the seeds with the number {shuffle_seed}"
    return _seed(tournament, shuffled, actor, text, shuffle_seed)


@transaction.atomic
def sort_by_rating(*, tournament_id: UUID, actor: Actor) -> list[Entrant]:
    """Seed by rating, the highest first; unrated entrants come last, in their present order."""
    tournament, entrants = _begin(tournament_id)
    fill_ratings(tournament, entrants)
    if all(entrant.rating is None for entrant in entrants):
        raise Conflict("Nobody has a rating. Enter ratings first.", code="no_ratings")
    seeded = seed_by_rating(entrants, lambda entrant: -1 if entrant.rating is None
                            else entrant.rating)  # fmt: skip
    return _seed(tournament, seeded, actor, "seeded by rating")


def _begin(tournament_id: UUID) -> tuple[Tournament, list[Entrant]]:
    tournament = lock_tournament(tournament_id)
    if not tournament.is_before_start:
        check_can_redraw(tournament)
    return tournament, list(tournament.entrants.taking_part())


def _seed(
    tournament: Tournament,
    seeded: list[Entrant],
    actor: Actor,
    text: str,
    shuffle_seed: int | None = None,
) -> list[Entrant]:
    """Store an order for the draw; a draw that has been made is made again."""
    undo = SeedsChanged(
        order=[e.pk for e in sorted(seeded, key=lambda entrant: entrant.seed)],
        seeding=tournament.seeding,
        shuffle_seed=tournament.shuffle_seed,
    )
    number_seeds(tournament, seeded)
    tournament.change(seeding=Seeding.GIVEN, shuffle_seed=shuffle_seed)
    started = not tournament.is_before_start
    audit_log.record(
        tournament, actor, "seeds", text + (", and drew again" if started else ""), undo=undo
    )
    if started:
        redraw(tournament, actor)
    list_changed.send(sender=Tournament, tournament=tournament)
    return seeded
