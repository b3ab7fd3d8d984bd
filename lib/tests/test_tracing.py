"""What a request took, counted for it alone, in whatever thread it is done."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from channels.db import database_sync_to_async
from django.db import connection

from lib.group_commit import GroupCommit
from lib.tracing.queries import count_queries
from lib.tracing.trace import Trace, context_of, current, note_player, of_nobody, request_id

pytestmark = pytest.mark.django_db(transaction=True)


def query(times: int) -> str:
    with connection.cursor() as cursor:
        for _ in range(times):
            cursor.execute("SELECT 1")
    connection.close()
    return request_id()


async def serve(trace: Trace, times: int) -> str:
    current.set(trace)
    counted: str = await database_sync_to_async(query, thread_sensitive=False)(times)
    return counted


async def test_queries_in_threads_count_for_their_request_alone() -> None:
    traces = [Trace(f"request-{number}") for number in range(8)]
    ids = await asyncio.gather(
        *(
            asyncio.create_task(serve(trace, times), context=of_nobody())
            for times, trace in enumerate(traces)
        )
    )
    assert ids == [trace.request_id for trace in traces]
    # A fresh connection asks for itself first, and so does each of these.
    own = traces[0].queries
    assert [trace.queries - own for trace in traces[1:]] == pytest.approx(range(1, 8), abs=6)
    assert sum(trace.query_seconds for trace in traces) > 0


def test_a_connection_is_counted_once() -> None:
    for _ in range(2):
        count_queries(connection=connection)
    trace = Trace("one")
    context_of(trace).run(query_open, 3)
    assert trace.queries == 3


def query_open(times: int) -> None:
    with connection.cursor() as cursor:
        for _ in range(times):
            cursor.execute("SELECT 1")


async def test_a_commit_counts_for_all_whom_it_served() -> None:
    seen: list[str] = []

    def perform(items: object) -> list[int]:
        seen.append(request_id())
        note_player("ann")
        query_open(5)
        connection.close()
        return [1, 2] if len(seen) == 1 else [3]

    with ThreadPoolExecutor(max_workers=1) as thread:
        batch: GroupCommit[int, int] = GroupCommit(perform, thread)

        async def submit(trace: Trace) -> int:
            current.set(trace)
            return await batch.submit(1)

        first, second, alone = Trace("first-one"), Trace("second-one"), Trace("third-one")
        await asyncio.gather(submit(first), submit(second))
        assert (first.batch, second.batch, first.player) == (2, 2, None)
        assert first.queries == second.queries >= 5
        await asyncio.create_task(submit(alone), context=of_nobody())
        assert (alone.batch, alone.player) == (1, "ann")
        assert seen == ["first-one,second-one", "third-one"]


async def test_what_outlives_a_request_is_not_done_for_it() -> None:
    current.set(Trace("a-request"))
    task = asyncio.create_task(named(), context=of_nobody())
    assert (await task, await named()) == ("", "a-request")


async def named() -> str:
    return request_id()


def test_a_socket_s_line_is_written_once() -> None:
    written: list[Trace] = []
    trace = Trace("a-socket")
    trace.finish = written.append
    trace.end()
    trace.end()
    assert written == [trace]
