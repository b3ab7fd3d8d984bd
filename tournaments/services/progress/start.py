"""The start of a tournament, by which entrants are seeded and drawn; and its cancellation."""

from collections.abc import Sequence
from random import Random, SystemRandom
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lib.errors import Conflict
from tournaments.engine.seeding import keep_apart, seed_as_listed, seed_at_random, seed_by_rating
from tournaments.models import (
    Entrant,
    Format,
    Group,
    KeepApart,
    Pairing,
    Round,
    Seeding,
    Stage,
    Tournament,
    TournamentState,
)
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.locking import lock_tournament
from tournaments.services.pool_ratings import fill_ratings
from tournaments.services.setup.creation import MIN_PLAYERS, BadEntrants, check_even
from tournaments.services.setup.stage_plans import check_size
from tournaments.services.undoable import TournamentStarted
from tournaments.signals import bracket_created, tournament_closed
from tournaments.storage.matches import cancel_open_matches

from .attendance import drop_absent, short_teams
from .stages import begin_stage
from .swiss_rounds import pair_next_round

SHUFFLE_SEED_BITS = 48
#: Above every seed: where seeds wait while others take their numbers.
_ASIDE = 1_000_000


def start_tournament(
    *, tournament_id: UUID, actor: Actor, chance: Random | None = None
) -> list[list[str]]:
    """Seed and draw a tournament; returns the first round's pairs, a bye as a pair of one.

    Without stages it is a single elimination. A Swiss is paired after the start is committed;
    when that fails it has started all the same, and its first round is still to be paired.
    Raises `Conflict` when it has started before, `BadEntrants` and `BadStages` when it cannot.
    """
    with transaction.atomic():
        tournament = lock_tournament(tournament_id)
        stage, pairs = begin(tournament, actor, chance or SystemRandom())
    if stage.format == Format.SWISS:
        pairs = pair_swiss(stage, actor)
    return pairs


def begin(tournament: Tournament, actor: Actor, chance: Random) -> tuple[Stage, list[list[str]]]:
    """Start a tournament that is locked; a Swiss is left to `pair_swiss`, with nothing locked."""
    if not tournament.is_before_start:
        raise Conflict(
            f"{tournament.name} is already {tournament.get_state_display()}.",
            code="already_started",
        )
    state, is_planned = tournament.state, tournament.stages.exists()
    rows = list(tournament.entrants.values_list("pk", "status", "rating"))
    fills_ratings = tournament.seeding == Seeding.RATING
    stage, seeded, pairs = draw(tournament, chance)
    short = short_teams(tournament, seeded)
    now = dict(tournament.entrants.values_list("pk", "status"))
    text = f"Started with {len(seeded)} entrants" + (f"; {short}" if short else "")
    undo = TournamentStarted(
        state=state,
        is_planned=is_planned,
        order=[pk for pk, *_ in rows],
        statuses=[(pk, status) for pk, status, _ in rows if now[pk] != status],
        unrated=[pk for pk, _, rating in rows if fills_ratings and rating is None],
    )
    audit_log.record(tournament, actor, "start", text, undo=undo)
    return stage, pairs


def draw(tournament: Tournament, chance: Random) -> tuple[Stage, list[Entrant], list[list[str]]]:
    """Seed and draw a tournament that has not started, and let it run."""
    drop_absent(tournament)
    stage = tournament.stages.first() or Stage.objects.create(tournament=tournament)
    entrants = list(tournament.entrants.taking_part())
    check_entrants(stage, len(entrants))
    seeded = draw_seeds(tournament, stage, entrants, chance)
    tournament.change(state=TournamentState.RUNNING, started_at=timezone.now())
    pairs = begin_stage(stage, seeded)
    if stage.format != Format.SWISS:
        bracket_created.send(sender=Tournament, tournament=tournament, stage=stage, brackets=pairs)
    return stage, seeded, pairs


def check_entrants(stage: Stage, count: int) -> None:
    """Raise a `Refusal` when so many entrants cannot play this stage as the first."""
    if count < MIN_PLAYERS:
        raise BadEntrants("A tournament needs at least two players.")
    if stage.is_elimination:
        check_even(count, byes=stage.tournament.byes)
    check_size(stage, count)


def draw_seeds(
    tournament: Tournament, stage: Stage, entrants: Sequence[Entrant], chance: Random
) -> list[Entrant]:
    """Assign the seeds as the tournament wants them; stored, so that the draw can be read back."""
    if tournament.seeding == Seeding.RATING:
        fill_ratings(tournament, entrants)
    if tournament.seeding == Seeding.RANDOM and tournament.shuffle_seed is None:
        tournament.change(shuffle_seed=chance.getrandbits(SHUFFLE_SEED_BITS))
    seeded = order_by_seed(tournament, stage, entrants)
    number_seeds(tournament, seeded)
    return seeded


def order_by_seed(
    tournament: Tournament, stage: Stage, entrants: Sequence[Entrant]
) -> list[Entrant]:
    """Entrants in the order of the seeds that they get; nothing is stored.

    Club or region mates are kept apart in the first round of an elimination.
    """
    seeded = _in_order(tournament, entrants)
    if stage.is_elimination and tournament.keep_apart:
        by_club = tournament.keep_apart == KeepApart.CLUB
        return keep_apart(seeded, lambda one: (one.club if by_club else one.region) or None)
    return seeded


def _in_order(tournament: Tournament, entrants: Sequence[Entrant]) -> list[Entrant]:
    match Seeding(tournament.seeding):
        case Seeding.RANDOM:
            as_entered = sorted(entrants, key=lambda entrant: entrant.pk)
            return seed_at_random(as_entered, Random(tournament.shuffle_seed))
        case Seeding.LISTED:
            return seed_as_listed(entrants)
        case Seeding.RATING:
            return seed_by_rating(entrants, lambda entrant: entrant.rating or 0)
        case _:
            return list(entrants)


def number_seeds(tournament: Tournament, seeded: Sequence[Entrant]) -> None:
    """Number these from 1 in order, and all other entrants after them."""
    taking_part = {entrant.pk for entrant in seeded}
    others = [e for e in tournament.entrants.all() if e.pk not in taking_part]
    wrong = [
        (entrant, seed)
        for seed, entrant in enumerate([*seeded, *others], start=1)
        if entrant.seed != seed
    ]
    if not wrong:
        return
    # Two steps, because seeds are unique at every moment.
    moving = [entrant for entrant, _ in wrong]
    tournament.entrants.filter(pk__in=[e.pk for e in moving]).update(seed=F("seed") + _ASIDE)
    for entrant, seed in wrong:
        entrant.seed = seed
    Entrant.objects.bulk_update(moving, ("seed",), batch_size=500)


def pair_swiss(stage: Stage, actor: Actor) -> list[list[str]]:
    """Pair the first round of a Swiss that has begun; returns it as `start_tournament` does."""
    group = Group.objects.in_full().get(stage=stage)
    pair_next_round(group=group, actor=actor, follows=True)
    with transaction.atomic():
        pairs = _first_pairs(group)
        bracket_created.send(
            sender=Tournament, tournament=stage.tournament, stage=stage, brackets=pairs
        )
    return pairs


def _first_pairs(group: Group) -> list[list[str]]:
    """The names of a table's first round; a bye as a pair of one."""
    round_ = Round.objects.get(group=group, number=1)
    rows = Pairing.objects.filter(round=round_).select_related("top", "bottom")
    byes = group.contenders.filter(byes__round_number=1).select_related("entrant")
    return [[str(row.top), str(row.bottom)] for row in rows.order_by("number")] + [
        [str(contender.entrant)] for contender in byes
    ]


@transaction.atomic
def cancel_tournament(*, tournament_id: UUID, actor: Actor, why: str = "") -> Tournament:
    """Cancel a tournament, and with it the matches not yet played."""
    tournament = lock_tournament(tournament_id)
    if tournament.is_over:
        raise Conflict(f"{tournament.name} is already {tournament.get_state_display()}.")
    cancel_open_matches(tournament)
    tournament.change(state=TournamentState.CANCELLED)
    audit_log.record(tournament, actor, "cancel", "Called off", why=why)
    tournament_closed.send(sender=Tournament, tournament=tournament, winner=None)
    return tournament
