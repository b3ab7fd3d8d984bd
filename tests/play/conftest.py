"""Two processes for each file, started again when a test has ended them."""

from collections.abc import Iterator

import pytest

from .site import Site, two_processes


@pytest.fixture(scope="module")
def servers() -> Iterator[Site]:
    with two_processes() as site:
        yield site


@pytest.fixture
def site(servers: Site) -> Iterator[Site]:
    """Both processes, and afterwards again those that the test has ended."""
    yield servers
    for server in (servers.here, servers.there):
        if (server.folder / "pid").exists():
            server.thaw()
        else:
            server.start()
