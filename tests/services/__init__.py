"""Throwaway PostgreSQL and Redis servers for tests: real, owned, and gone afterwards.

As a context manager, or around a command that finds them in DATABASE_URL and REDIS_URL:

    python -m tests.services -- pytest
"""

from .postgres_server import PostgresServer
from .programs import ServiceMissing
from .redis_server import RedisServer
from .service import ServiceFailed, free_port
