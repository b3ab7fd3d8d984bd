"""Where joins wait to be stored together."""

from .group_commit import GroupCommit
from .idempotency import Replay
from .services.queue import Join, Joined, join_pools

joins: GroupCommit[Join, Joined | Replay] = GroupCommit(join_pools)
