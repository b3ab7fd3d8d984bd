"""Which sites may open a socket here: this one, exactly; programs send no Origin at all."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

_HTTP = {"ws": "http", "wss": "https"}


def origin_is_good(headers: dict[bytes, bytes], *, scheme: str) -> bool:
    """Whether a socket's Origin is absent, or this site's own scheme, host and port (RFC 6454)."""
    origin = headers.get(b"origin")
    if origin is None:
        return True
    claimed = origin.decode("latin-1").lower()
    public = urlsplit(settings.PUBLIC_URL)
    if settings.PUBLIC_URL and claimed == f"{public.scheme}://{public.netloc}".lower():
        return True
    host = headers.get(b"host", b"").decode("latin-1").lower()
    if claimed != f"{_HTTP.get(scheme, scheme)}://{host}":
        return False
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
