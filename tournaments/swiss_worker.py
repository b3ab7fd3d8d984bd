"""The Dutch system in a process of its own: `python -m tournaments.swiss_worker SECONDS`.

The site starts it for one round. It reads a `PairingTask` in JSON from standard input and writes an
`Answer`; no Django, no database. When its time is up it stops and answers how far it got; should it
hang, the site kills it.
"""

import signal
import subprocess
import sys
import time
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from tournaments.engine.errors import EngineError
from tournaments.engine.swiss import (
    DutchEngine,
    NoPairingPossible,
    PairingFailed,
    PairingTask,
    PairingUnfinished,
    Progress,
    SwissPairing,
)

PROJECT = Path(__file__).resolve().parent.parent
#: How long the site waits for the worker's answer after its time, and then kills it.
ANSWER_SECONDS = 2
#: The worker ends by itself so long after its time, should it hang and the site be gone by then.
GRACE_SECONDS = 5


class PairingTimeout(PairingFailed):
    """The time was up before the round was paired; `progress` is how far it got, if it said so."""

    def __init__(self, seconds: float, progress: Progress | None = None) -> None:
        super().__init__(
            f"The round was not paired within {seconds:g} seconds."
            + (f" {progress}" if progress else "")
        )
        self.progress = progress


class Fault(StrEnum):
    """What kept the worker from pairing."""

    NONE = ""
    IMPOSSIBLE = "impossible"
    UNFINISHED = "unfinished"
    FAILED = "failed"


class Answer(msgspec.Struct, frozen=True):
    """A round's pairing, or why there is none, and how far it got in its time."""

    pairing: SwissPairing | None = None
    fault: Fault = Fault.NONE
    words: str = ""
    progress: Progress | None = None


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(type(value))


def _rich(kind: type, value: Any) -> Any:
    if kind is Fraction:
        return Fraction(value)
    raise NotImplementedError(kind)


def encode_task(task: PairingTask) -> bytes:
    """A task as the worker reads it."""
    return msgspec.json.encode(task, enc_hook=_plain)


def decode_task(raw: bytes) -> PairingTask:
    """The task that `encode_task` wrote."""
    return msgspec.json.decode(raw, type=PairingTask, dec_hook=_rich)


def encode_answer(answer: Answer) -> bytes:
    """An answer as the site reads it."""
    return msgspec.json.encode(answer, enc_hook=_plain)


def pair_apart(task: PairingTask, *, seconds: float) -> SwissPairing:
    """The next round by the Dutch system, from a process that has so many seconds.

    Raises `PairingTimeout`, `NoPairingPossible`, and `PairingFailed` when the process broke.
    """
    command = [sys.executable, "-m", "tournaments.swiss_worker", str(seconds)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and a number
            command,
            input=encode_task(task),
            capture_output=True,
            timeout=seconds + ANSWER_SECONDS,
            cwd=PROJECT,
            check=True,
        )
        answer = msgspec.json.decode(done.stdout, type=Answer, dec_hook=_rich)
    except subprocess.TimeoutExpired as error:
        raise PairingTimeout(seconds) from error
    except (OSError, subprocess.CalledProcessError, msgspec.MsgspecError) as error:
        raise PairingFailed(f"The pairing program broke: {type(error).__name__}.") from error
    return _opened(answer, seconds)


def _opened(answer: Answer, seconds: float) -> SwissPairing:
    if answer.fault is Fault.UNFINISHED:
        raise PairingTimeout(seconds, answer.progress)
    if answer.fault is Fault.IMPOSSIBLE:
        raise NoPairingPossible(answer.words)
    if answer.pairing is None:
        raise PairingFailed(answer.words)
    return answer.pairing


def solve(raw: bytes, seconds: float) -> Answer:
    """What the worker answers to a task in so many seconds."""
    end = time.monotonic() + seconds
    try:
        return Answer(DutchEngine(lambda: time.monotonic() < end).pair(decode_task(raw)))
    except PairingUnfinished as error:
        return Answer(fault=Fault.UNFINISHED, progress=error.progress)
    except NoPairingPossible as error:
        return Answer(fault=Fault.IMPOSSIBLE, words=str(error))
    except (EngineError, msgspec.MsgspecError) as error:
        return Answer(fault=Fault.FAILED, words=str(error))


def main(seconds: float) -> None:
    """Answer the one task on standard input."""
    if hasattr(signal, "alarm"):
        signal.alarm(int(seconds) + GRACE_SECONDS)
    answer = solve(sys.stdin.buffer.read(), seconds)
    sys.stdout.buffer.write(encode_answer(answer))


if __name__ == "__main__":
    main(float(sys.argv[1]))
