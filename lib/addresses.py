"""Addresses of peers: who counts as one client, and whom a trusted proxy speaks for."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: What one household or server has of IPv6; it can use every address in it.
_CLIENT_BITS = 64
#: The longest way to write an address with a port and a zone; anything longer is none.
_MAX_CHARS = 80


def parse_address(text: str) -> Address | None:
    """The address in `1.2.3.4`, `1.2.3.4:80`, `2001:db8::1` or `[2001:db8::1]:80`, if it is one.

    An IPv4 address written as IPv6 (`::ffff:1.2.3.4`) is the IPv4 address.
    """
    text = text.strip()
    return _parsed(text) if len(text) <= _MAX_CHARS else None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Address | None:
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=4096)
def client_network(address: str) -> str:
    """What limits are counted by: the address itself, and of IPv6 its /64."""
    parsed = parse_address(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _CLIENT_BITS), strict=False))
    return address if parsed is None else str(parsed)


class TrustedProxies:
    """The networks of the proxies whose `X-Forwarded-For` is believed.

    Raises `ValueError` for what is no network.
    """

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks: tuple[Network, ...] = tuple(ip_network(each.strip()) for each in networks)

    def __contains__(self, address: str) -> bool:
        parsed = parse_address(address)
        return parsed is not None and any(parsed in network for network in self._networks)

    def client(self, peer: str, forwarded: Iterable[str]) -> str:
        """Who asks: read from the right, the first that is no trusted proxy.

        Each proxy appends whom it serves, so what is left of an address that is not trusted is
        that client's own claim. An entry that is no address ends the chain at the proxy that
        passed it on.
        """
        client = peer
        for entry in reversed([each for line in forwarded for each in line.split(",")]):
            if client not in self:
                break
            address = parse_address(entry)
            if address is None:
                break
            client = str(address)
        return client


def is_public(address: Address) -> bool:
    """Whether an address is of the open internet: not private, of this machine, or for special use.

    An IPv6 address that leads to an IPv4 address is what that is.
    """
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _behind_nat64(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or address.teredo is not None:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


_NAT64 = ip_network("64:ff9b::/96")


def _behind_nat64(address: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


class AllowedAddresses:
    """Where the site may send requests that others ask for: to what is public, and what is listed.

    Listed are networks, and hosts with a port. Raises `ValueError` for what is neither.
    """

    def __init__(self, listed: Iterable[str]) -> None:
        self._networks: list[Network] = []
        self._places: set[tuple[str, int]] = set()
        for one in filter(None, map(str.strip, listed)):
            try:
                self._networks.append(ip_network(one))
            except ValueError:
                self._places.add(_host_and_port(one))

    def lists(self, host: str, port: int) -> bool:
        """Whether an operator has listed this place, by name or by address."""
        if (host.lower(), port) in self._places:
            return True
        address = parse_address(host if ":" not in host else f"[{host}]")
        return address is not None and any(address in network for network in self._networks)

    def allows(self, address: Address, *, host: str, port: int) -> bool:
        """Whether to connect to an address, which is one of this host's."""
        return is_public(address) or self.lists(host, port) or self.lists(str(address), port)


def _host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal():
        raise ValueError(f"{text!r} is neither a network nor host:port")
    return host.strip("[]").lower(), int(port)
