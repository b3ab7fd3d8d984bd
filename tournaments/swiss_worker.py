"""The Dutch system in a process of its own: `python -m tournaments.swiss_worker SECONDS`.

The site starts it for one round and kills it when its time is up. It reads a `PairingTask` in JSON
from standard input and writes an `Answer`; no Django, no database.
"""

import signal
import subprocess
import sys
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from tournaments.engine.errors import EngineError
from tournaments.engine.swiss import NoPairingPossible, PairingFailed, PairingTask, SwissPairing

PROJECT = Path(__file__).resolve().parent.parent
#: The worker ends by itself so long after its time, should the site be gone by then.
GRACE_SECONDS = 5


class PairingTimeout(PairingFailed):
    """The time was up before the round was paired."""


class Fault(StrEnum):
    """What kept the worker from pairing."""

    NONE = ""
    IMPOSSIBLE = "impossible"
    FAILED = "failed"


class Answer(msgspec.Struct, frozen=True):
    """A round's pairing, or why there is none."""

    pairing: SwissPairing | None = None
    fault: Fault = Fault.NONE
    words: str = ""


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


def pair_apart(task: PairingTask, *, seconds: float) -> SwissPairing:
    """The next round by the Dutch system, from a process that has so many seconds.

    Raises `PairingTimeout`, `NoPairingPossible`, and `PairingFailed` when the process broke.
    """
    command = [sys.executable, "-m", "tournaments.swiss_worker", str(int(seconds) + GRACE_SECONDS)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and a number
            command,
            input=encode_task(task),
            capture_output=True,
            timeout=max(0, seconds),
            cwd=PROJECT,
            check=True,
        )
        answer = msgspec.json.decode(done.stdout, type=Answer)
    except subprocess.TimeoutExpired as error:
        raise PairingTimeout(f"The round was not paired within {seconds:g} seconds.") from error
    except (OSError, subprocess.CalledProcessError, msgspec.MsgspecError) as error:
        raise PairingFailed(f"The pairing program broke: {type(error).__name__}.") from error
    return _opened(answer)


def _opened(answer: Answer) -> SwissPairing:
    if answer.fault is Fault.IMPOSSIBLE:
        raise NoPairingPossible(answer.words)
    if answer.pairing is None:
        raise PairingFailed(answer.words)
    return answer.pairing


def solve(raw: bytes) -> Answer:
    """What the worker answers to a task."""
    # Here, so that the site never loads it.
    from tournaments.engine.swiss.gacrux_engine import DutchEngine  # noqa: PLC0415

    try:
        return Answer(DutchEngine().pair(decode_task(raw)))
    except NoPairingPossible as error:
        return Answer(fault=Fault.IMPOSSIBLE, words=str(error))
    except (EngineError, msgspec.MsgspecError) as error:
        return Answer(fault=Fault.FAILED, words=str(error))


def main(seconds: int) -> None:
    """Answer the one task on standard input."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)
    answer = solve(sys.stdin.buffer.read())
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    main(int(sys.argv[1]))
