"""A throwaway Redis."""

import contextlib
import signal

import redis

from .programs import find_redis
from .service import Service


class RedisServer(Service):
    """A Redis that forgets everything when it ends, unless it is `durable`."""

    name = "redis"
    stop_signal = signal.SIGTERM
    quit_signal = signal.SIGKILL

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__()
        self._durable = durable

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def _prepare(self) -> None:
        self.program = find_redis()
        (self.folder / "redis.conf").write_text(
            "bind 127.0.0.1\n"
            f"port {self.port}\n"
            f"requirepass {self.password}\n"
            'save ""\n'
            f"appendonly {'yes' if self._durable else 'no'}\n"
            "appendfsync always\n"
        )

    def _command(self) -> list[str]:
        return [str(self.program), "redis.conf"]

    def _answers(self) -> bool:
        with (
            contextlib.suppress(redis.exceptions.ConnectionError),
            redis.Redis.from_url(self.url, socket_timeout=2) as client,
        ):
            return bool(client.ping())
        return False
