"""Many small writes, few commits: who waits for what, and who is harmed by whom."""

import asyncio
import threading
from collections.abc import Sequence
from itertools import chain

import pytest
from django.db import OperationalError

from lib import group_commit
from lib.errors import Overloaded, Refusal
from lib.group_commit import GroupCommit

# The writer's thread looks after its connection to the database.
pytestmark = pytest.mark.django_db(transaction=True)

Item = int | Exception
PATIENCE_SECONDS = 5


class Store:
    """What would be a database: keeps batches, one at a time, and can be made to wait."""

    def __init__(self) -> None:
        self.batches: list[list[Item]] = []
        self.begun, self.may_commit = threading.Event(), threading.Event()
        self.may_commit.set()
        self.error: Exception | None = None

    def perform(self, items: Sequence[Item]) -> list[int | Exception]:
        self.batches.append(list(items))
        self.begun.set()
        assert self.may_commit.wait(PATIENCE_SECONDS)
        if self.error is not None:
            raise self.error
        return [item if isinstance(item, Exception) else 10 * item for item in items]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def commits(store: Store) -> GroupCommit[Item, int]:
    return GroupCommit(store.perform)


async def submit_all(
    commits: GroupCommit[Item, int], items: Sequence[Item]
) -> list[int | BaseException]:
    return await asyncio.gather(*map(commits.submit, items), return_exceptions=True)


async def begun(store: Store) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.to_thread(store.begun.wait)


async def test_an_idle_server_commits_at_once(
    store: Store, commits: GroupCommit[Item, int]
) -> None:
    assert await commits.submit(1) == 10
    assert await commits.submit(2) == 20
    assert store.batches == [[1], [2]]


async def test_what_arrives_while_one_batch_commits_makes_up_the_next(
    store: Store, commits: GroupCommit[Item, int]
) -> None:
    store.may_commit.clear()
    first = asyncio.ensure_future(commits.submit(1))
    await begun(store)
    rest = asyncio.ensure_future(submit_all(commits, [2, 3, 4]))
    await asyncio.sleep(0.01)
    assert store.batches == [[1]] and not first.done() and not rest.done()
    store.may_commit.set()
    assert await first == 10 and await rest == [20, 30, 40]
    assert store.batches == [[1], [2, 3, 4]]


async def one_a_turn(commits: GroupCommit[Item, int], count: int) -> list[int]:
    """Submit two items at once, then one in each turn of the loop."""
    asked = [commits.submit(1), commits.submit(2)]
    for item in range(3, count + 1):
        await asyncio.sleep(0)
        asked.append(commits.submit(item))
    return await asyncio.gather(*asked)


async def test_a_batch_takes_what_goes_on_coming(
    store: Store, commits: GroupCommit[Item, int]
) -> None:
    assert await one_a_turn(commits, 40) == list(range(10, 410, 10))
    assert store.batches == [list(range(1, 41))]


async def test_a_batch_does_not_wait_for_ever_for_what_goes_on_coming(
    store: Store, commits: GroupCommit[Item, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "GATHER_SECONDS", 0.0)
    await one_a_turn(commits, 40)
    assert len(store.batches[0]) < 5 and [*chain.from_iterable(store.batches)] == list(range(1, 41))


async def test_a_batch_is_bounded_and_order_kept(
    store: Store, commits: GroupCommit[Item, int]
) -> None:
    items = list(range(3 * group_commit.MAX_BATCH))
    assert await submit_all(commits, items) == [10 * item for item in items]
    assert [item for batch in store.batches for item in batch] == items
    assert max(map(len, store.batches)) == group_commit.MAX_BATCH


async def test_a_refused_item_does_not_harm_its_neighbours(
    commits: GroupCommit[Item, int],
) -> None:
    refusal = Refusal("no")
    assert await submit_all(commits, [1, refusal, 3]) == [10, refusal, 30]


async def test_an_error_of_the_whole_batch_goes_to_each_and_the_next_batch_is_served(
    store: Store, commits: GroupCommit[Item, int]
) -> None:
    store.error = OSError("the disk is full")
    answers = await submit_all(commits, [1, 2])
    assert [type(answer) for answer in answers] == [OSError, OSError]
    store.error = None
    assert await commits.submit(3) == 30


async def test_a_caller_who_gives_up_harms_nobody(
    store: Store, commits: GroupCommit[Item, int]
) -> None:
    store.may_commit.clear()
    under_way = asyncio.ensure_future(commits.submit(1))
    await begun(store)
    waiting, patient = (asyncio.ensure_future(commits.submit(item)) for item in (2, 3))
    await asyncio.sleep(0)
    under_way.cancel()
    waiting.cancel()
    await asyncio.sleep(0)
    store.may_commit.set()
    assert await patient == 30
    assert store.batches == [[1], [2, 3]]  # what was handed in is stored all the same


async def test_a_swamped_desk_says_so(
    store: Store, commits: GroupCommit[Item, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "MAX_WAITING", 3)
    store.may_commit.clear()
    first = asyncio.ensure_future(commits.submit(0))
    await begun(store)
    waiting = asyncio.ensure_future(submit_all(commits, [1, 2, 3]))
    await asyncio.sleep(0.01)
    with pytest.raises(Overloaded):
        await commits.submit(4)
    store.may_commit.set()
    assert await first == 0 and await waiting == [10, 20, 30]
    assert await commits.submit(4) == 40


async def test_who_waited_while_the_database_was_found_gone_need_not_wait_again(
    store: Store, commits: GroupCommit[Item, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "LONG_SECONDS", 0.05)
    store.may_commit.clear()
    store.error = OperationalError("connection refused")
    first = asyncio.ensure_future(commits.submit(1))
    await begun(store)
    behind = asyncio.ensure_future(submit_all(commits, [2, 3]))
    await asyncio.sleep(0.1)
    store.may_commit.set()
    with pytest.raises(OperationalError):
        await first
    assert [type(answer) for answer in await behind] == [OperationalError] * 2
    assert store.batches == [[1]]
    store.error = None
    assert await commits.submit(4) == 40
