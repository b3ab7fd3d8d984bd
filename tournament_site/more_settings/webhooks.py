"""Settings of webhooks: where they may go, and for how long a message is tried."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from lib.addresses import AllowedAddresses
from tournament_site.environment import Environment

env = Environment()

# Addresses that are not public and may be sent webhooks all the same: networks, or host:port.
WEBHOOK_ALLOWED_ADDRESSES: list[str] = env.list("WEBHOOK_ALLOWED_ADDRESSES", default=[])
try:
    MATCHPOINT_WEBHOOK_ADDRESSES = AllowedAddresses(WEBHOOK_ALLOWED_ADDRESSES)
except ValueError as _error:
    raise ImproperlyConfigured(
        "WEBHOOK_ALLOWED_ADDRESSES must be networks or host:port, such as "
        f"10.0.0.0/8,hooks.internal:8080: {_error}."
    ) from _error
# A message is tried for so long; then its endpoint is parked.
MATCHPOINT_WEBHOOK_RETRY = timedelta(days=2)
# What became of a message is known for so long.
MATCHPOINT_WEBHOOK_KEEP = env.days_kept("WEBHOOK_LOG_DAYS", default=14)
