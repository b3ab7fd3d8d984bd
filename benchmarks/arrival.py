"""From arrival to match: a player waits on a socket, and a suitable opponent joins by POST."""

import http.client
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import quantiles

from websockets.sync.client import connect

from .servers import ROOT, Kind, Running, running

ARRIVALS = 300
_WARM_UP = 20

#: A pool with windows, so that the whole engine runs; new players have equal ratings and fit.
_MAKE_POOL = (
    "from matchmaking.models import Pool; "
    "Pool.objects.create(slug='rated', name='Rated', window_start=100, window_growth=5)"
)


@dataclass(frozen=True)
class Figures:
    """Milliseconds until the newcomer has the response, and until the other is notified."""

    name: str
    response_p50: float
    response_p99: float
    notified_p50: float
    notified_p99: float


def _make_pool(server: Running) -> None:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", _MAKE_POOL]
    subprocess.run(command, cwd=ROOT, env=os.environ | server.environ(), check=True)


def measure(kind: Kind, pool: str) -> Figures:
    """Let pairs of new players arrive, one after the other, on an idle server."""
    responses, notifications = [], []
    with running(kind) as server:
        if pool != "default":
            _make_pool(server)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for number in range(_WARM_UP + ARRIVALS):
            address = f"ws://127.0.0.1:{server.port}/matchmaking?username=W{number}&pool={pool}"
            with connect(address) as waiting:
                while json.loads(waiting.recv())["type"] != "waiting":
                    pass
                body = json.dumps({"username": f"C{number}", "pool": pool})
                start = time.perf_counter()
                headers = {"Content-Type": "application/json"}
                connection.request("POST", "/matchmaking", body, headers)
                answer = json.loads(connection.getresponse().read())
                responses.append((time.perf_counter() - start) * 1e3)
                assert answer["status"] == "Matched", answer
                while json.loads(waiting.recv())["type"] != "matched":
                    pass
                notifications.append((time.perf_counter() - start) * 1e3)
        connection.close()
    cuts = [quantiles(values[_WARM_UP:], n=100) for values in (responses, notifications)]
    return Figures(f"{kind.name}, {pool} pool", *(cut[at] for cut in cuts for at in (49, 98)))
