"""Which sites may open a socket here: this one, exactly; programs send no Origin at all."""

import pytest
from pytest_django import Settings

from streams.origins import origin_is_good


def good(origin: str | None, host: str = "testserver", *, scheme: str = "ws") -> bool:
    headers = {b"host": host.encode()} | ({} if origin is None else {b"origin": origin.encode()})
    return origin_is_good(headers, scheme=scheme)


@pytest.mark.parametrize("host", ["testserver", "testserver:8000"])
def test_this_site_and_no_other(host: str) -> None:
    assert good(f"http://{host}", host)
    assert good(f"https://{host}", host, scheme="wss")
    assert good(f"HTTP://{host.upper()}", host)


def test_a_program_sends_none() -> None:
    assert good(None) and good(None, "")


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "testserver",
        "http://evil.example",
        "http://testserver.evil.example",
        "http://eviltestserver",
        "http://testserver:8001",
        "http://testserver@evil.example",
        "http://testserver/",
        "http://testserver/path",
        "https://testserver",
        "ws://testserver",
        "file://",
        "http://testserver http://evil.example",
    ],
)
def test_others_are_refused(origin: str) -> None:
    assert not good(origin)


def test_the_host_itself_must_be_one_of_this_sites() -> None:
    assert not good("http://evil.example", "evil.example")
    assert not good("http://", "")


def test_the_scheme_is_compared() -> None:
    assert not good("http://testserver", scheme="wss")
    assert not good("https://testserver", scheme="ws")


def test_behind_a_proxy_the_public_address_counts(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://play.example.org"
    assert good("https://play.example.org", "127.0.0.1:8000")
    assert not good("http://play.example.org", "127.0.0.1:8000")
    assert not good("https://play.example.org:444", "127.0.0.1:8000")
    assert not good("https://play.example.org.evil.example", "127.0.0.1:8000")
