"""The settings: what makes a public site unsafe, or unreachable."""

from collections.abc import Iterator
from ipaddress import ip_network
from urllib.parse import urlsplit

from django.conf import settings

from .findings import Finding, fault, ok, warning

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_MIN_SECRET, _MIN_DIFFERENT = 50, 5
_NEW_KEY = (
    "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'. Everybody has to"
    " sign in again."
)


def is_public() -> bool:
    """Whether others than this machine are meant to reach the site."""
    return bool(settings.PUBLIC_URL) or settings.HOST not in _LOOPBACK


def check_settings() -> Iterator[Finding]:
    """Everything that the settings alone say."""
    yield from _debugging()
    yield _secret_key()
    yield _public_url()
    yield from _hosts()
    yield _proxies()


def _debugging() -> Iterator[Finding]:
    if settings.DEBUG:
        found = fault if is_public() else warning
        yield found("debug", "DEBUG is on: whoever meets an error reads settings.", "Unset DEBUG.")
    if not settings.RATE_LIMITS:
        fix = "Unset RATE_LIMITS."
        yield warning("limits", "RATE_LIMITS is off: floods are not stopped.", fix)


def _secret_key() -> Finding:
    key = settings.SECRET_KEY
    if key.startswith("only-for-") and is_public():
        return fault("secret", "SECRET_KEY is the one for debugging, known to all.", _NEW_KEY)
    if len(key) < _MIN_SECRET or len(set(key)) < _MIN_DIFFERENT:
        found = fault if is_public() else warning
        return found("secret", f"SECRET_KEY is weak: {len(key)} characters.", _NEW_KEY)
    return ok("secret", "SECRET_KEY is long enough.")


def _public_url() -> Finding:
    public = urlsplit(settings.PUBLIC_URL)
    if not settings.PUBLIC_URL:
        if not is_public():
            return ok("address", "Only this machine reaches the site.")
        return warning(
            "address",
            f"PUBLIC_URL is not set and HOST is {settings.HOST}: passwords go over plain HTTP.",
            "Put nginx with TLS before it (deploy/nginx), and set PUBLIC_URL=https://… and"
            " HOST=127.0.0.1.",
        )
    if public.scheme == "http" and public.hostname not in _LOOPBACK:
        return warning(
            "address",
            f"PUBLIC_URL is {settings.PUBLIC_URL}: passwords go over plain HTTP.",
            "Let the proxy speak TLS, and set PUBLIC_URL to https://….",
        )
    if public.path:
        return fault(
            "address",
            f"PUBLIC_URL has the path {public.path}, and the site serves only a whole host.",
            "Give it a host name of its own, and take the path away.",
        )
    return ok("address", f"People reach the site at {settings.PUBLIC_URL}.")


def _hosts() -> Iterator[Finding]:
    hosts = settings.ALLOWED_HOSTS
    if "*" in hosts:
        yield warning(
            "hosts",
            "ALLOWED_HOSTS has `*`: links in answers may lead wherever a client says.",
            "Name the hosts that people type.",
        )
    wrong = [host for host in hosts if "/" in host or (":" in host and not host.startswith("["))]
    if wrong:
        fix = f"Write the host alone, such as {urlsplit(wrong[0]).hostname or 'play.example.org'}."
        yield fault("hosts", f"ALLOWED_HOSTS has {wrong[0]!r}, which matches no host.", fix)
    if settings.HOST in {"0.0.0.0", "::"} and not settings.PUBLIC_URL and _is_local(hosts):  # noqa: S104
        yield fault(
            "hosts",
            f"HOST is {settings.HOST}, and ALLOWED_HOSTS has no name by which others reach it.",
            "Set ALLOWED_HOSTS to what people type into the address bar.",
        )


def _is_local(hosts: list[str]) -> bool:
    return {host.strip("[]") for host in hosts} <= _LOOPBACK


def _proxies() -> Finding:
    wide = [one for one in settings.TRUSTED_PROXIES if ip_network(one.strip()).prefixlen == 0]
    if wide:
        return fault(
            "proxies",
            f"TRUSTED_PROXIES has {wide[0]}: everybody may claim any address.",
            "Name the proxy's own address.",
        )
    if settings.PUBLIC_URL and not settings.TRUSTED_PROXIES:
        return fault(
            "proxies",
            "TRUSTED_PROXIES is empty: the proxy is not believed, and everybody is one client.",
            "Name the proxy's address, such as TRUSTED_PROXIES=127.0.0.1,::1.",
        )
    return ok("proxies", f"Believed proxies: {', '.join(settings.TRUSTED_PROXIES) or 'none'}.")
