"""The variables of the environment, read with a sentence about each that cannot be read."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_BOOLEANS = {"true", "on", "ok", "y", "yes", "1", "false", "off", "n", "no", "0"}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_MAX_PORT = 65_535
_MIN_TOKEN_CHARS = 24
#: A million days ago there was no year 1, and no date.
_MAX_DAYS = 36_500


class Environment(environ.Env):
    """Variables with a type; raises `ImproperlyConfigured` where one cannot be read."""

    def get_value(
        self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **more: Any
    ) -> Any:
        """A variable's value; a switch that is neither on nor off is not taken for off."""
        text = self.ENVIRON.get(var, "")
        if cast is bool and text and text.lower() not in _BOOLEANS:
            raise ImproperlyConfigured(f"{var} must be on or off, not {text!r}.")
        try:
            value = super().get_value(var, cast, default, **more)
        except ValueError as error:
            raise ImproperlyConfigured(f"{var} must be a whole number, not {text!r}.") from error
        if cast is int and value < 0:
            raise ImproperlyConfigured(f"{var} must not be negative, and is {value}.")
        if cast is int and var.endswith("_DAYS") and value > _MAX_DAYS:
            raise ImproperlyConfigured(
                f"{var} must be at most {_MAX_DAYS}, which is a century, and is {value}."
            )
        return value

    def secret(self, var: str, *, default: str = "") -> str:
        """A text that may stand in a file instead, whose path is in `<var>_FILE`."""
        path = self.ENVIRON.get(f"{var}_FILE", "")
        if not path:
            return str(self.str(var, default=default))
        if self.ENVIRON.get(var):
            raise ImproperlyConfigured(f"Both {var} and {var}_FILE are set: leave one of them out.")
        try:
            text = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ImproperlyConfigured(
                f"{var}_FILE is {path!r}, which cannot be read: {reason}."
            ) from error
        if not text:
            raise ImproperlyConfigured(f"{var}_FILE is {path!r}, which is empty.")
        return text

    def days_kept(self, var: str, *, default: int) -> timedelta:
        """For how long something is kept; 0, or nothing after the `=`, keeps it for ever."""
        is_empty = self.ENVIRON.get(var) == ""
        return timedelta(days=0 if is_empty else self.int(var, default=default))


def checked_port(port: int, variable: str = "PORT") -> int:
    """A port that can be listened on."""
    if not 0 < port <= _MAX_PORT:
        raise ImproperlyConfigured(f"{variable} must be from 1 to {_MAX_PORT}, not {port}.")
    return port


def checked_token(token: str) -> str:
    """The token that opens /metrics, or nothing."""
    if token and len(token) < _MIN_TOKEN_CHARS:
        raise ImproperlyConfigured(
            f"METRICS_TOKEN must have at least {_MIN_TOKEN_CHARS} characters, since everybody may "
            "guess at it. `openssl rand -hex 32` makes one."
        )
    return token


def checked_level(level: str) -> str:
    """A level of the log."""
    if level.upper() not in _LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL must be one of {', '.join(_LEVELS)}, not {level!r}.")
    return level.upper()


def one_of(words: tuple[str, ...], variable: str, word: str) -> str:
    """A word of those that a variable may be."""
    if word not in words:
        raise ImproperlyConfigured(f"{variable} must be {' or '.join(words)}, not {word!r}.")
    return word


def all_or_none(**values: str) -> None:
    """Refuse variables that mean something together only, where some are set and some are not."""
    missing = [name for name, value in values.items() if not value]
    if 0 < len(missing) < len(values):
        present = ", ".join(name for name in values if name not in missing)
        raise ImproperlyConfigured(f"{present} needs {' and '.join(missing)} too.")


def checked_origins(origins: list[str], variable: str) -> list[str]:
    """Origins as browsers write them: scheme, host, and the port where it is not the usual one."""
    for origin in origins:
        parts = urlsplit(origin)
        exact = f"{parts.scheme}://{parts.netloc}".lower()
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or origin != exact
            or "*" in origin
        ):
            raise ImproperlyConfigured(
                f"{variable} lists origins such as https://game.example.org, exactly, with no path "
                f"and no *; {origin!r} is none."
            )
    return origins


def checked_redis(url: str) -> str:
    """The address of a Redis, or nothing."""
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(f"REDIS_URL must look like redis://host:6379/0, not {url!r}.")
    return url


def made_folder(folder: Path, variable: str) -> Path:
    """A folder that is there from now on; the variable says which one it is."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{variable} needs the folder {folder}, which cannot be made: {error.strerror}."
        ) from error
    return folder
