"""Connections of webhooks: to the very address that was checked, and to no private one."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import httpcore
from django.conf import settings

from lib.addresses import Address

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

# A name server that does not answer keeps nothing else from its thread.
_resolvers = ThreadPoolExecutor(max_workers=16, thread_name_prefix="resolver")


class AddressRefused(httpcore.ConnectError):
    """A host has no address that webhooks may be sent to."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, in the order in which to try them."""
    found = await asyncio.get_running_loop().run_in_executor(
        _resolvers, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedBackend(httpcore.AnyIOBackend):
    """Resolves a host once, checks what it found, and connects to that.

    So it makes no difference what the name leads to a moment later.
    """

    def __init__(self, resolve: Resolve = resolve) -> None:
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that is allowed and answers; raises `ConnectError`."""
        failure: Exception = AddressRefused(
            "The address is private, or for special use: an operator has to list it in "
            "WEBHOOK_ALLOWED_ADDRESSES."
        )
        for address in await self._allowed(host, port):
            try:
                return await super().connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _allowed(self, host: str, port: int) -> list[Address]:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"The name cannot be resolved: {error}.") from error
        allowed = settings.MATCHPOINT_WEBHOOK_ADDRESSES
        addresses = [ip_address(one) for one in found]
        return [one for one in addresses if allowed.allows(one, host=host, port=port)]
