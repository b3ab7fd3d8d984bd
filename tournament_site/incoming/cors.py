"""What lets a page of another origin read an answer (CORS), where the application does not say it.

Answers that are made in front of the application would else be network errors to a web game, which
could not tell a full server from a broken line.
"""

from collections.abc import Iterable

from django.conf import settings

Headers = list[tuple[bytes, bytes]]

#: What a page may read of an answer besides what every page may.
SHOWN = ("ETag", "Link", "Location", "Retry-After", "X-Request-ID")
_VARY = (b"vary", b"Origin")
_EXPOSED = (b"access-control-expose-headers", ", ".join(SHOWN).encode())


def headers_for(request: Iterable[tuple[bytes, bytes]]) -> Headers:
    """What an answer says to a request with these headers; nothing where no origin is listed."""
    if not settings.WEB_ORIGINS:
        return []
    origin = next((value for name, value in request if name == b"origin"), b"")
    if origin.decode("latin-1") not in settings.WEB_ORIGINS:
        return [_VARY]
    return [_VARY, (b"access-control-allow-origin", origin), _EXPOSED]


def headers_for_all() -> Headers:
    """What an answer says that is made before the origin is known: it has nothing of anybody."""
    return [(b"access-control-allow-origin", b"*"), _EXPOSED] if settings.WEB_ORIGINS else []
