"""How lines look: columns on a terminal, a plain line for each, or JSON for machines.

`structlog` renders what the standard library's loggers are given. The line of a request is written
thousands of times a second: `JsonLines` and `PlainLines` write it themselves, in the same form.
"""

import logging
import sys
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, format_exc_info
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name

from lib.limits import Bucket
from lib.tracing.trace import current, request_id

from .lines import Line
from .scrubbing import on_one_line, scrubbed

Event = Any  # structlog's own, a mutable mapping


class NotBusy(logging.Filter):
    """Leaves out Django's lines about answers that a busy server gives."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        return getattr(record, "status_code", None) != 503


class BoundedRefusals(logging.Filter):
    """Lets through some of Django's lines about forged and suspicious requests: anybody sends them.

    What is let through to one handler is let through to all.
    """

    _bucket = Bucket(burst=10, per_second=1 / 10)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if not record.name.startswith("django.security"):
            return True
        marks = record.__dict__
        if "is_let_through" not in marks:
            marks["is_let_through"] = self._bucket.take()
        return bool(marks["is_let_through"])


def add_request_id(_: Any, __: str, event: Event) -> Event:
    """Name the request or socket that the line belongs to."""
    line = event["_record"].msg
    found = line.request_id if isinstance(line, Line) else request_id()
    if found:
        event["request_id"] = found
    return event


def add_fields(_: Any, __: str, event: Event) -> Event:
    """Add what a request's line says."""
    line = event["_record"].msg
    if isinstance(line, Line):
        event.update(line.fields)
    return event


def name_route(_: Any, __: str, event: Event) -> Event:
    """Put the route where Django writes the path, which may hold a code."""
    record = event["_record"]
    if record.name in {"django.request", "django.security.csrf"}:
        trace = current.get()
        route = trace.route if trace is not None else ""
        event["event"] = f"{event['event'].rpartition(': ')[0]}: {route or 'no route'}"
    return event


def scrub(_: Any, __: str, event: Event) -> Event:
    """Take out what must not stand in a log."""
    event["event"] = scrubbed(event["event"])
    if "exception" in event:
        event["exception"] = scrubbed(event["exception"])
    return event


def plain_text(_: Any, __: str, event: Event) -> Event:
    """Let no text begin another line."""
    event["event"] = on_one_line(event["event"])
    return event


def stamp(_: Any, __: str, event: Event) -> Event:
    """The time of the record, as JSON has it."""
    event["timestamp"] = _utc(event["_record"].created)
    return event


def stamp_locally(_: Any, __: str, event: Event) -> Event:
    """The time of the record, as people read it."""
    event["timestamp"] = _local(event["_record"].created)
    return event


def _utc(at: float) -> str:
    whole = int(at)
    return f"{_utc_second(whole)}.{int((at - whole) * 1000):03d}Z"


def _local(at: float) -> str:
    whole = int(at)
    return f"{_local_second(whole)},{int((at - whole) * 1000):03d}"


@lru_cache(maxsize=4)
def _utc_second(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))


@lru_cache(maxsize=4)
def _local_second(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


_COMMON = (add_log_level, add_logger_name, add_request_id, add_fields, name_route, format_exc_info)


def _json(event: Event, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


class JsonLines(ProcessorFormatter):
    """An object of JSON for each line."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[stamp, *_COMMON, scrub],
            processors=[self.remove_processors_meta, JSONRenderer(serializer=_json)],
        )

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: Any = record.msg
        if not isinstance(line, Line):
            return super().format(record)
        head = f'{{"timestamp":"{_utc(record.created)}","level":"info","logger":"{record.name}",'
        return head + msgspec.json.encode(line).decode()[1:]


class PlainLines(ProcessorFormatter):
    """`time LEVEL logger: message key=value`, and a traceback below."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[stamp_locally, *_COMMON, scrub, plain_text],
            processors=[self.remove_processors_meta, _plain],
        )

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: Any = record.msg
        if not isinstance(line, Line):
            return super().format(record)
        head = f"{_local(record.created)} {record.levelname} {record.name}: {line}"
        return head + _pairs(line.fields)


def _plain(_: Any, __: str, event: Event) -> str:
    exception = event.pop("exception", "")
    head = f"{event.pop('timestamp')} {event.pop('level').upper()} {event.pop('logger')}"
    line = f"{head}: {event.pop('event')}{_pairs(event.items())}"
    return f"{line}\n{exception}" if exception else line


def _pairs(fields: Iterable[tuple[str, Any]]) -> str:
    return "".join([f" {name}={value}" for name, value in fields])


class Columns(ProcessorFormatter):
    """Aligned columns for people, in colours where a terminal shows them."""

    def __init__(self) -> None:
        # A traceback with the values of variables would show tokens and names.
        renderer = ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=plain_traceback, sort_keys=False
        )
        super().__init__(
            foreign_pre_chain=[stamp_locally, *_COMMON, scrub, plain_text],
            processors=[self.remove_processors_meta, renderer],
        )
