"""An answer that several ask for is made once, and is never older than the request for it."""

import asyncio

import pytest

from lib.heavy import shared
from lib.heavy.shared import SharedAnswers


class Data:
    """Something that can be read slowly, with a version that grows with each change."""

    def __init__(self) -> None:
        self.version: int | None = 1
        self.value = "old"
        self.reads = 0
        self.may_end = asyncio.Event()

    async def now(self) -> int | None:
        return self.version

    async def read(self) -> str:
        self.reads += 1
        value = self.value
        await self.may_end.wait()
        return value

    def change(self, value: str) -> None:
        self.value = value
        if self.version is not None:
            self.version += 1


async def started(*asked: "asyncio.Task[str]") -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_who_asks_meanwhile_gets_the_next_answer_all_together() -> None:
    data, answers = Data(), SharedAnswers[str]()
    first = asyncio.create_task(answers.get("a", data.read))
    await started()
    data.change("new")
    later = [asyncio.create_task(answers.get("a", data.read)) for _ in range(30)]
    other = asyncio.create_task(answers.get("b", data.read))
    await started()
    data.may_end.set()
    assert await first == "old"
    assert set(await asyncio.gather(*later, other)) == {"new"}
    assert data.reads == 3


async def test_who_asks_before_a_change_shares_the_answer_that_is_being_made() -> None:
    data = Data()
    answers = SharedAnswers[str](version=data.now)
    before = [asyncio.create_task(answers.get("a", data.read)) for _ in range(30)]
    await started()
    data.change("new")
    after = [asyncio.create_task(answers.get("a", data.read)) for _ in range(30)]
    await started()
    data.change("newest")
    latest = [asyncio.create_task(answers.get("a", data.read)) for _ in range(30)]
    await started()
    data.may_end.set()
    assert set(await asyncio.gather(*before)) == {"old"}
    assert set(await asyncio.gather(*after, *latest)) == {"newest"}
    assert data.reads == 2
    assert await answers.get("a", data.read) == "newest"
    assert data.reads == 2  # it is kept, as of the version that was asked for last


async def test_one_who_leaves_takes_the_answer_from_nobody() -> None:
    data, answers = Data(), SharedAnswers[str]()
    leaves = asyncio.create_task(answers.get("a", data.read))
    await started()
    stays = asyncio.create_task(answers.get("a", data.read))
    await started()
    leaves.cancel()
    data.may_end.set()
    assert await stays == "old"


async def test_an_error_is_for_all_who_asked_and_for_no_one_after() -> None:
    data, answers = Data(), SharedAnswers[str]()

    async def fail() -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await answers.get("a", fail)
    data.may_end.set()
    assert await answers.get("a", data.read) == "old"


async def test_an_answer_is_kept_while_the_data_is_the_same() -> None:
    data = Data()
    answers = SharedAnswers[str](version=data.now)
    data.may_end.set()
    for _ in range(3):
        assert await answers.get("a", data.read) == "old"
    assert data.reads == 1
    data.change("new")
    assert await answers.get("a", data.read) == "new"
    data.version = None  # it cannot be known
    data.change("newest")
    assert await answers.get("a", data.read) == "newest"


async def test_an_answer_that_a_change_overtook_is_not_kept() -> None:
    data = Data()
    answers = SharedAnswers[str](version=data.now)
    first = asyncio.create_task(answers.get("a", data.read))
    await started()
    data.change("new")
    data.may_end.set()
    assert await first == "old"
    assert await answers.get("a", data.read) == "new"


async def test_an_answer_is_kept_for_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "KEPT_SECONDS", -1.0)
    data = Data()
    answers = SharedAnswers[str](version=data.now)
    data.may_end.set()
    for _ in range(3):
        await answers.get("a", data.read)
    assert data.reads == 3


async def test_of_many_answers_the_oldest_go() -> None:
    data = Data()
    answers = SharedAnswers[str](version=data.now)
    data.may_end.set()
    for number in range(2 * shared._MOST_KEPT):
        await answers.get(number, data.read)
    assert len(answers._kept) == shared._MOST_KEPT


async def test_a_failure_goes_to_all_who_asked_before_it_was_known() -> None:
    data, answers = Data(), SharedAnswers[str](is_failure=lambda answer: answer == "away")
    data.value = "away"
    first = asyncio.create_task(answers.get("a", data.read))
    await started()
    later = [asyncio.create_task(answers.get("a", data.read)) for _ in range(3)]
    await started()
    data.may_end.set()
    assert set(await asyncio.gather(first, *later)) == {"away"}
    assert data.reads == 1
    data.change("back")
    assert await answers.get("a", data.read) == "back"
