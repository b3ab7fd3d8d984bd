"""The command line: run a command beside a fresh PostgreSQL and Redis."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from . import PostgresServer, RedisServer, ServiceFailed, ServiceMissing


def _raise_exit(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def run(command: Sequence[str]) -> int:
    """Run a command beside a fresh PostgreSQL and Redis; returns its exit code."""
    with PostgresServer() as postgres, RedisServer() as redis_server:
        services = {"DATABASE_URL": postgres.url, "REDIS_URL": redis_server.url}
        with subprocess.Popen(command, env=os.environ | services) as process:
            try:
                code = process.wait()
            except KeyboardInterrupt:  # The command had it too, from the same terminal.
                code = process.wait()
            except BaseException:
                process.terminate()
                raise
    return code if code >= 0 else 128 - code


def main(arguments: Sequence[str]) -> int:
    """The command line: `-- COMMAND …`."""
    if len(arguments) < 2 or arguments[0] != "--":
        print("usage: python -m tests.services -- COMMAND [ARGUMENT ...]", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _raise_exit)
    try:
        return run(arguments[1:])
    except (ServiceMissing, ServiceFailed) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
