"""A whole site on this machine: nginx with TLS, server processes, PostgreSQL and Redis.

with site(nginx, processes=3) as whole:
whole.nginx.url, whole.servers, whole.database_url
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.site import ShakenSite
from tests.server import MatchpointServer, new_database
from tests.services import PostgresServer, RedisServer, free_port

from .nginx import Nginx


@dataclass(frozen=True)
class WholeSite:
    """The parts of a site; each can be stopped, killed and started again."""

    nginx: Nginx
    servers: list[MatchpointServer]
    postgres: PostgresServer
    redis: RedisServer
    database_url: str
    #: Where each process shows its figures to Prometheus.
    metrics_ports: list[int]

    def server_at(self, upstream: str) -> MatchpointServer:
        """The process that nginx's log names, such as `127.0.0.1:18001`."""
        port = int(upstream.rpartition(":")[2])
        return next(server for server in self.servers if server.port == port)


@contextmanager
def site(
    nginx: Path,
    *,
    processes: int = 3,
    edits: Mapping[str, str] | None = None,
    shaken: bool = False,
    **settings: str,
) -> Iterator[WholeSite]:
    """A site of so many processes; capitals are their settings, `edits` are nginx's (see there).

    The processes have the limits of a public site, unless DEBUG="on", RATE_LIMITS="off" are given.
    A site that is to be shaken loses nothing when its database is killed, and may print tracebacks.
    """
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresServer(durable=shaken))
        redis = stack.enter_context(RedisServer())
        database_url = new_database(postgres)
        front = Nginx(nginx, edits=edits)
        given = {"RATE_LIMITS": "on", "PUBLIC_URL": front.url} | settings
        shared = {"database_url": database_url, "redis_url": redis.url} | given
        kind = ShakenSite if shaken else MatchpointServer
        ports = [free_port() for _ in range(processes)]
        servers = [kind(server="uvicorn", METRICS_PORT=str(port), **shared) for port in ports]
        with ThreadPoolExecutor(processes) as pool:
            list(pool.map(stack.enter_context, servers))
        front.sends_to(server.port for server in servers)
        stack.enter_context(front)
        yield WholeSite(front, servers, postgres, redis, database_url, ports)
