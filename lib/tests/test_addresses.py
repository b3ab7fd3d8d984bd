"""Addresses: what counts as one client, and whose word about others is believed."""

import pytest

from lib.addresses import TrustedProxies, client_network


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_one_client_is_an_address_or_a_64_of_ipv6(address: str, network: str) -> None:
    assert client_network(address) == network


PROXIES = TrustedProxies(["127.0.0.1", "10.0.0.0/8", "2001:db8:aa::/48"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        # Nobody else's word counts.
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        # What the client itself claimed stands left of what the proxy appended.
        ("127.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
        # Several proxies in a row.
        ("127.0.0.1", ["1.1.1.1, 198.51.100.1, 10.1.2.3"], "198.51.100.1"),
        ("2001:db8:aa::7", ["2001:db8:bb::1"], "2001:db8:bb::1"),
        ("::ffff:127.0.0.1", ["[2001:db8:bb::1]:4711"], "2001:db8:bb::1"),
        ("127.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        # What is no address ends the chain.
        ("127.0.0.1", ["198.51.100.1, unknown"], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1, unknown, 10.1.2.3"], "10.1.2.3"),
        ("127.0.0.1", ["x" * 10_000], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_the_client_is_read_from_the_right(peer: str, forwarded: list[str], client: str) -> None:
    assert PROXIES.client(peer, forwarded) == client


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        TrustedProxies(["everybody"])
