"""What `settings.LOGGING` is: which lines are written, and in which of the forms."""

import sys
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


class LogFormat(StrEnum):
    """How lines look: `auto` is columns on a terminal, else a plain line for each."""

    JSON = "json"
    TEXT = "text"
    AUTO = "auto"


def checked_format(form: str) -> LogFormat:
    """A form of the log; raises `ImproperlyConfigured`."""
    try:
        return LogFormat(form.lower())
    except ValueError:
        there = ", ".join(LogFormat)
        raise ImproperlyConfigured(f"LOG_FORMAT must be one of {there}, not {form!r}.") from None


def checked_dsn(dsn: str) -> str:
    """Where errors are reported, or nothing; raises `ImproperlyConfigured`."""
    parts = urlsplit(dsn)
    is_whole = parts.scheme in {"http", "https"} and parts.username and parts.hostname
    if dsn and not (is_whole and parts.path.strip("/")):
        raise ImproperlyConfigured(
            "SENTRY_DSN must look like https://key@host/project; it is not shown here."
        )
    return dsn


def logging_config(*, level: str, form: LogFormat, sentry_dsn: str) -> dict[str, Any]:
    """The standard library's configuration: one handler for all, and what is not written."""
    formats = f"{__package__}.formats"
    handlers: dict[str, dict[str, Any]] = {
        "stderr": {
            "class": f"{__package__}.handler.GatheringHandler",
            "formatter": "line",
            "filters": ["bounded"],
        }
    }
    if sentry_dsn:
        handlers["sentry"] = {
            "()": f"{__package__}.sentry.handler",
            "dsn": sentry_dsn,
            "level": "ERROR",
            "filters": ["bounded"],
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{formats}.{_kind(form)}"}},
        "filters": {
            "not_busy": {"()": f"{formats}.NotBusy"},
            "bounded": {"()": f"{formats}.BoundedRefusals"},
        },
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level},
        "loggers": {
            "django": {"level": level},
            # What is refused has its bounded line as a request.
            "django.request": {"level": "ERROR", "filters": ["not_busy"]},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "daphne": {"level": "WARNING"},
            "autobahn": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            # At DEBUG they write each variable that a page lacks, and each frame with its words.
            "django.template": {"level": "INFO" if level == "DEBUG" else level},
            "websockets": {"level": "WARNING"},
            "tournament_site.servers.open_socket": {"level": "WARNING"},
        },
    }


def _kind(form: LogFormat) -> str:
    if form is LogFormat.JSON:
        return "JsonLines"
    is_columns = form is LogFormat.TEXT or sys.stderr.isatty()
    return "Columns" if is_columns else "PlainLines"
