"""What the tests of webhooks share."""

from collections.abc import AsyncIterator

import pytest
from pytest_django import Settings

from lib.addresses import AllowedAddresses
from streams.relay import Relay, local_relay, stop_local_relay


@pytest.fixture(autouse=True)
def this_machine_is_listed(settings: Settings) -> None:
    settings.MATCHPOINT_WEBHOOK_ADDRESSES = AllowedAddresses(["127.0.0.1/32"])


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    """This test's relay."""
    yield await local_relay()
    await stop_local_relay()
