"""Where joins wait to be stored together."""

from lib.group_commit import GroupCommit
from lib.idempotency import Replay

from .joining import Join, Joined, join_pools

joins: GroupCommit[Join, Joined | Replay] = GroupCommit(join_pools)
