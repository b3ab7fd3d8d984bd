"""One request or socket while it is served: its id, whose it is, and what it took.

A context variable goes with a task, and with the threads of `database_sync_to_async`, so that all
that works for a request finds the same object.
"""

import time
from collections.abc import Callable, Sequence
from contextvars import Context, ContextVar, copy_context
from typing import TypeVar

Found = TypeVar("Found")


class Trace:
    """What the line of a request or socket says, collected while it is served.

    `batch` is the number of requests that shared the queries of a group commit; `key` the name of
    the service key that was shown. `finish` writes the line; a socket that goes on after its
    request is `is_kept` until it calls `end`.
    """

    __slots__ = (
        "address",
        "batch",
        "began",
        "close_code",
        "finish",
        "frames_in",
        "frames_out",
        "is_kept",
        "key",
        "kind",
        "player",
        "queries",
        "query_seconds",
        "request_id",
        "resumes",
        "route",
    )

    def __init__(self, request_id: str, address: str = "") -> None:
        self.request_id, self.address = request_id, address
        self.began = time.perf_counter()
        self.finish: Callable[[Trace], None] | None = None
        self.is_kept = False
        self.route = self.kind = self.key = ""
        self.player: object = None
        self.queries = self.batch = self.close_code = 0
        self.query_seconds = 0.0
        self.frames_in = self.frames_out = self.resumes = 0

    def end(self) -> None:
        """Have the line written; again is harmless."""
        finish, self.finish = self.finish, None
        if finish is not None:
            finish(self)

    def add_batch(self, shared: "Trace", size: int) -> None:
        """Add what a group commit took that served this request and others."""
        self.queries += shared.queries
        self.query_seconds += shared.query_seconds
        self.batch = size
        if size == 1:
            self.player = self.player or shared.player


current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def context_of(trace: Trace | None) -> Context:
    """The present context, in which that is served."""
    context = copy_context()
    context.run(current.set, trace)
    return context


def of_nobody() -> Context:
    """The context for a task that goes on after the request which begins it."""
    return context_of(None)


def request_id() -> str:
    """The id of the request or socket that is served; empty outside of any."""
    trace = current.get()
    return trace.request_id if trace is not None else ""


def note_player(player_id: object) -> None:
    """Note whose request or socket it is."""
    trace = current.get()
    if trace is not None:
        trace.player = player_id


def note_key(name: str) -> None:
    """Note which service key is shown."""
    trace = current.get()
    if trace is not None:
        trace.key = name


def player_noted(player: Found) -> Found:
    """The player that was found, or None; noted on the way."""
    if player is not None:
        note_player(getattr(player, "pk", None))
    return player


def trace_of_batch(traces: Sequence[Trace | None]) -> Trace:
    """The trace of work that is done for several requests at once, under all of their ids."""
    return Trace(",".join(trace.request_id for trace in traces if trace is not None))


def close_batch(shared: Trace, traces: Sequence[Trace | None]) -> None:
    """Add what the work took to each request that it was done for."""
    for trace in traces:
        if trace is not None:
            trace.add_batch(shared, len(traces))
