"""Joining a pool. Joins come in batches: one transaction serves all that wait."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from lib.database.faults import outage_of
from lib.database.prepared import PreparedRead
from lib.errors import Conflict, NotFound, Outage, Refusal
from lib.group_commit import GroupCommit
from lib.idempotency import Replay
from matchmaking.models import Pool
from service_keys.access import keys_by_digest
from service_keys.models import ServiceKey

from .backfill.places import tell_of_fillings
from .join_batch import JoinBatch
from .join_checks import check_and_count
from .joins import Join, Joined, JoinResult
from .new_matches import ClaimLost, count_matches, send_signals

__all__ = ["ClaimLost", "Join", "JoinResult", "Joined", "join_batcher", "join_pool", "join_pools"]

log = logging.getLogger(__name__)

_ATTEMPTS = 3


def join_pool(join: Join) -> Joined | Replay:
    """Queue one player, or the party that the player leads; raises `Refusal`."""
    [result] = join_pools([join])
    if isinstance(result, Refusal):
        raise result
    return result


def join_pools(joins: Sequence[Join]) -> list[JoinResult]:
    """Queue players in the order given, in one transaction; a refusal affects no other join.

    When the transaction fails as a whole, each join gets one of its own. Raises `DatabaseError`
    only when the database cannot be used; then nothing is stored.
    """
    for _ in range(_ATTEMPTS):
        try:
            return _join_together(joins)
        except ClaimLost:
            continue  # the ticket that was lost is now gone from the queue
        except IntegrityError:
            if len(joins) > 1:
                break
            # Another process has just stored what the constraint guards: try again.
        except Exception as error:
            if outage_of(error) is not None:
                raise
            log.exception("A batch of %d joins failed.", len(joins))
            if len(joins) == 1:
                return [Outage("The join could not be stored. Try again in a moment.")]
            break
    if len(joins) == 1:
        return [Conflict("Others did the same at the same moment. Try again.")]
    return [join_pools([join])[0] for join in joins]


@transaction.atomic
def _join_together(joins: Sequence[Join]) -> list[JoinResult]:
    by_pool: dict[str, list[int]] = defaultdict(list)
    for place, join in enumerate(joins):
        by_pool[join.pool].append(place)
    pools = _locked_pools(by_pool)
    results: dict[int, JoinResult] = {}
    batches: list[JoinBatch] = []
    for slug, places in sorted(by_pool.items()):
        served = _join_one_pool(slug, pools.get(slug), [joins[place] for place in places], batches)
        results |= zip(places, served, strict=True)
    tell_of_fillings([filling for batch in batches for filling in batch.fillings])
    send_signals(batch.pairing for batch in batches)
    count_matches([match for batch in batches for match in batch.pairing.matches])
    return [results[place] for place in range(len(joins))]


def _locked_pools(slugs: Iterable[str]) -> dict[str, Pool]:
    """The existing pools of these, locked: batches of one pool follow one another.

    All of them before anything is stored, and in one order, so that no two batches wait for each
    other.
    """
    known = [slug for slug in slugs if slug.isprintable()]  # PostgreSQL takes no NUL
    return {pool.slug: pool for slug in sorted(known) for pool in _locked_pool(slug)}


_locked_pool = PreparedRead(
    lambda slug: Pool.objects.select_for_update(no_key=True).filter(slug=slug), str
)
"""The pool of a slug, or none."""


def _join_one_pool(
    slug: str, pool: Pool | None, joins: Sequence[Join], batches: list[JoinBatch]
) -> list[JoinResult]:
    if pool is None:
        keys = keys_by_digest({join.key_sha256 for join in joins if join.key_sha256})
        return [_no_pool(slug, join, keys) for join in joins]
    batch = JoinBatch(pool, joins, timezone.now())
    batches.append(batch)
    return batch.serve()


def _no_pool(slug: str, join: Join, keys: Mapping[str, ServiceKey]) -> Refusal:
    """What is wrong with a join without a pool: its key first, where it shows one."""
    try:
        if join.key_sha256:
            check_and_count(keys.get(join.key_sha256))
    except Refusal as refusal:
        return refusal
    return NotFound(f"There is no pool {slug!r}.", code="unknown_pool")


join_batcher: GroupCommit[Join, Joined | Replay] = GroupCommit(join_pools)
"""Joins of all requests and sockets, stored together."""
