"""Pools and the present season's rules, set from outside the admin."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, Model, ProtectedError, QuerySet

from lib.errors import Conflict, Malformed, NotFound
from matchmaking.models import Pool, Season
from matchmaking.ports.game_host import checked_game

from .queue.tickets import close_pool
from .ratings import RANK_RULES, refresh_ranks

Changes = Mapping[str, Any]


@transaction.atomic
def create_pool(*, changes: Changes) -> Pool:
    """Make a pool; raises `Malformed` (`bad_pool`) for bad rules, `Conflict` for a slug in use."""
    pool = Pool()
    _set(pool, changes)
    try:
        with transaction.atomic():
            pool.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"There is a pool {pool.slug!r} already.", code="pool_exists") from error
    return pool


@transaction.atomic
def change_pool(*, slug: str, changes: Changes) -> Pool:
    """Change a pool's rules as the admin does: who waits in one that closes is notified."""
    pool = _one(Pool.objects.select_for_update(no_key=True), slug)
    before = {name: getattr(pool, name) for name in changes}
    _set(pool, changes)
    changed = {name for name in changes if getattr(pool, name) != before[name]}
    closes = "is_open" in changed and not pool.is_open
    pool.is_open = pool.is_open or closes
    pool.save()
    if RANK_RULES & changed:
        refresh_ranks(pool=pool)
    if closes:
        close_pool(pool=pool)
        pool.is_open = False
    return pool


@transaction.atomic
def delete_pool(*, slug: str) -> Pool:
    """Delete a pool that nobody has used; raises `Conflict` with the code `pool_in_use`."""
    pool = _one(Pool.objects.select_for_update(), slug)
    uses: tuple[QuerySet[Any], ...] = (
        pool.tickets.all(), pool.matches.all(), pool.rated_matches.all(),
        pool.rating_history.all(), pool.parties.all(), pool.tournaments.all(),
    )  # fmt: skip
    if pool.slug == Pool.DEFAULT or any(rows.exists() for rows in uses):
        raise _in_use(pool)
    key = pool.pk
    try:
        pool.delete()
    except ProtectedError as error:
        raise _in_use(pool) from error
    pool.pk = key
    return pool


@transaction.atomic
def begin_season(*, slug: str, changes: Changes) -> Season:
    """Begin the season of a pool that has none now; raises `Conflict` where one runs."""
    pool = _one(Pool.objects.select_for_update(no_key=True), slug)
    last = pool.seasons.aggregate(last=Max("number"))["last"] or 0
    season = Season(pool=pool, number=last + 1)
    _apply(season, changes)
    try:
        with transaction.atomic():
            season.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            f"A season of {pool} runs: change it, or end it.", code="season_runs"
        ) from error
    return season


@transaction.atomic
def change_season(*, slug: str, number: int, changes: Changes) -> Season:
    """Change the rules of the present season; a past one is history (`season_over`)."""
    rows = Season.objects.select_for_update(no_key=True, of=("self",)).select_related("pool")
    season = rows.filter(pool=_one(Pool.objects.all(), slug), number=number).first()
    if season is None:
        raise NotFound(f"The pool {slug!r} has no season {number}.")
    if season.ended_at is not None:
        raise Conflict(f"Season {number} of {season.pool} is over.", code="season_over")
    _apply(season, changes)
    season.save()
    return season


def _one(pools: QuerySet[Pool], slug: str) -> Pool:
    pool = pools.filter(slug=slug).first()
    if pool is None:
        raise NotFound(f"There is no pool {slug!r}.", code="unknown_pool")
    return pool


def _in_use(pool: Pool) -> Conflict:
    why = "is always needed" if pool.slug == Pool.DEFAULT else "has been used"
    return Conflict(
        f"The pool {pool.slug!r} {why}, so it stays: close it with `is_open` false.",
        code="pool_in_use",
    )


def _set(pool: Pool, changes: Changes) -> None:
    """Set the rules and check them, the game's too: another game begins with its own settings."""
    is_other = changes.get("plays", pool.plays) != pool.plays
    if is_other or "play_settings" in changes:
        settings = changes.get("play_settings", {} if is_other else pool.play_settings)
        plays = changes.get("plays", pool.plays)
        changes = {**changes, "play_settings": checked_game(plays, settings)}
    _apply(pool, changes)


def _apply(row: Model, changes: Changes) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    try:
        row.full_clean(validate_unique=False, exclude={"pool"})
    except ValidationError as error:
        faults = [
            " ".join(texts) if name == NON_FIELD_ERRORS else f"`{name}`: {' '.join(texts)}"
            for name, texts in error.message_dict.items()
        ]
        raise Malformed(" ".join(faults), code="bad_pool") from error
