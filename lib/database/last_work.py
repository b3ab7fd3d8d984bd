"""Work that a transaction does right before it commits.

A row that many transactions lock is locked last and for the commit alone: no transaction waits for
another that has still much to do, and whatever they have locked before, none waits in a ring.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper as Wrapper
else:
    Wrapper = object

#: What is done of all the items that one transaction left for it, in order.
Work = Callable[[Sequence[Any]], None]


@dataclass(frozen=True, slots=True)
class _Left:
    """An item that was left for the end, among what is called after the commit.

    So it goes with the savepoint in which it was left. Called, as by tests, it does its work alone.
    """

    work: Work
    item: Any

    def __call__(self) -> None:
        with transaction.atomic():
            self.work([self.item])


def leave_for_the_end(work: Work, item: Any) -> None:
    """Have `work` done right before the current transaction commits, with all items left for it."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("What is left for the end needs one.")
    transaction.on_commit(_Left(work, item))


class DoesLastWork(Wrapper):
    """A connection that does what was left for the end of a transaction, and then commits."""

    def commit(self) -> None:
        """Do what was left, and commit; an error undoes the transaction."""
        left = [work for one in self.run_on_commit if isinstance(work := one[1], _Left)]
        if left:
            rest = [one for one in self.run_on_commit if not isinstance(one[1], _Left)]
            self.run_on_commit = rest
            try:
                self._do(left)
            except BaseException:
                self.rollback()
                raise
        super().commit()

    def _do(self, left: Sequence[_Left]) -> None:
        self.in_atomic_block = True  # as it was until a moment ago
        try:
            for work in dict.fromkeys(one.work for one in left):
                work([one.item for one in left if one.work == work])
        finally:
            self.in_atomic_block = False
