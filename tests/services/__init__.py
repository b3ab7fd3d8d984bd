"""Throwaway PostgreSQL and Redis servers for tests: real, owned, and gone afterwards.

As a context manager, or around a command that finds them in DATABASE_URL and REDIS_URL:

    python -m tests.services -- pytest
"""

from tests.services.postgres_server import PostgresServer
from tests.services.programs import ServiceMissing
from tests.services.redis_server import RedisServer
from tests.services.service import ServiceFailed, free_port

__all__ = ["PostgresServer", "RedisServer", "ServiceFailed", "ServiceMissing", "free_port"]
