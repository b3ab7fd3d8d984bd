"""Error reports by Sentry's protocol, where `SENTRY_DSN` names a receiver; else never imported.

A report is what the log has at the level ERROR, and nothing else: no request, no headers, no
cookies, no bodies, no addresses, no values of variables. A thread sends it.
"""

import logging
from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.logging import EventHandler

from lib.tracing.trace import current

from .scrubbing import scrubbed

#: The parts of an event that are kept.
_KEPT = {
    "event_id", "timestamp", "level", "logger", "logentry", "exception", "tags", "release",
    "environment", "platform", "sdk", "server_name", "threads", "type", "transaction",
}  # fmt: skip


def handler(dsn: str) -> logging.Handler:
    """Start the reports, and return the log's way to them."""
    sentry_sdk.init(
        dsn=dsn,
        release=f"matchpoint@{settings.VERSION}",
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[DedupeIntegration()],
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        before_send=scrubbed_event,
    )
    return EventHandler()


def scrubbed_event(event: Any, hint: dict[str, Any]) -> Any:
    """What is sent of an event."""
    kept = {name: value for name, value in event.items() if name in _KEPT}
    _scrub_entry(kept)
    for one in kept.get("exception", {}).get("values", ()):
        if one.get("value"):
            one["value"] = scrubbed(one["value"])
    trace = current.get()
    if trace is not None:
        kept["tags"] = {"request_id": trace.request_id, "route": trace.route or trace.kind}
    return kept


def _scrub_entry(event: dict[str, Any]) -> None:
    """Keep the message as it was written, without what stood in its place holders."""
    entry = event.get("logentry")
    if entry is not None:
        text = entry.get("message") or ""
        event["logentry"] = {"message": scrubbed(text)}
