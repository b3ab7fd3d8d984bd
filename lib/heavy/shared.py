"""Answers that several ask for at the same time, made once for all of them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Value = TypeVar("Value")
Version = Hashable | None

#: How long an answer is kept of which only the passing of time changes anything.
KEPT_SECONDS = 1.0
_MOST_KEPT = 256


async def _unknown() -> Version:
    return None


@dataclass(eq=False, slots=True)
class _Asked(Generic[Value]):
    """Those who wait for one answer: how it is made, in whose context, and of which version.

    `version` was read before the answer begins, so that the answer may be newer than it says.
    """

    make: Callable[[], Awaitable[Value]]
    context: Context
    version: Version
    answer: "asyncio.Future[Value]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Value]):
    """An answer, the version of the data that it was made of at the latest, and until when."""

    value: Value
    version: Version
    until: float


class SharedAnswers(Generic[Value]):
    """Answers by key, none of which is older than the request for it, but for the time in it.

    `version` says by a value whether the data is still the same, or None when it cannot. While the
    data is the same, who asks shares the answer that is being made, and one that `may_keep` allows
    is kept for `KEPT_SECONDS`. Others who ask while an answer is being made get the one after it:
    what is being made may have been read before a change that they know of. So however many ask,
    one answer of a key is made at a time. An answer that `is_failure`, such as that the database is
    away, goes to them too: they need not find out one after another. On one event loop.
    """

    def __init__(
        self,
        *,
        version: Callable[[], Awaitable[Version]] = _unknown,
        may_keep: Callable[[Value], bool] = lambda value: True,
        is_failure: Callable[[Value], bool] = lambda value: False,
    ) -> None:
        self._version, self._may_keep, self._is_failure = version, may_keep, is_failure
        self._making: dict[Hashable, _Asked[Value]] = {}
        self._next: dict[Hashable, _Asked[Value]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept: dict[Hashable, _Kept[Value]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Value]]) -> Value:
        """The answer; raises what `make` raises. One who stops waiting disturbs nobody else."""
        version = await self._version()
        kept = self._kept.get(key)
        if kept is not None:
            if kept.version == version and kept.until > time.monotonic():
                return kept.value
            del self._kept[key]
        return await asyncio.shield(self._ask(key, make, version).answer)

    def _ask(
        self, key: Hashable, make: Callable[[], Awaitable[Value]], version: Version
    ) -> _Asked[Value]:
        making = self._making.get(key)
        if making is None:
            asked = _Asked(make, copy_context(), version)
            self._begin(key, asked)
            return asked
        if version is not None and making.version == version:
            return making
        following = self._next.get(key)
        if following is None:
            following = self._next[key] = _Asked(make, copy_context(), version)
        following.version = version
        return following

    def _begin(self, key: Hashable, asked: _Asked[Value]) -> None:
        self._making[key] = asked
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._make(key, asked), context=asked.context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _make(self, key: Hashable, asked: _Asked[Value]) -> None:
        try:
            value = await asked.make()
        except Exception as error:
            asked.answer.set_exception(error)
        except asyncio.CancelledError:
            asked.answer.cancel()
            raise
        else:
            asked.answer.set_result(value)
            if self._is_failure(value) and key in self._next:
                self._next.pop(key).answer.set_result(value)
            if asked.version is not None and self._may_keep(value):
                self._keep(key, _Kept(value, asked.version, time.monotonic() + KEPT_SECONDS))
        finally:
            del self._making[key]
            following = self._next.pop(key, None)
            if following is not None:
                self._begin(key, following)

    def _keep(self, key: Hashable, kept: _Kept[Value]) -> None:
        self._kept.pop(key, None)
        self._kept[key] = kept
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
