"""One request: what answers badly costs no more than its time, and nothing private is reached."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings

from lib.addresses import AllowedAddresses, is_public
from webhooks.delivery import sender as sender_module
from webhooks.delivery.sender import ANSWER_MAX_BYTES, Message, Outcome, Sender

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def listed(settings: Settings) -> None:
    settings.MATCHPOINT_WEBHOOK_ADDRESSES = AllowedAddresses(["127.0.0.1/32"])


@asynccontextmanager
async def receiver(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on a port, which answers each request so."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def says(head: str, body: bytes = b"") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        lines = f"HTTP/1.1 {head}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(lines.encode() + body)
        await writer.drain()

    return answer


async def sent(url: str, **how: object) -> Outcome:
    sender = Sender(**how)  # type: ignore[arg-type]
    try:
        return await sender.send(Message(url, {"content-type": "application/json"}, b"{}"))
    finally:
        await sender.close()


@pytest.mark.parametrize(
    ("head", "status", "is_delivered", "pause"),
    [
        ("204 No Content", 204, True, None),
        ("500 Oops", 500, False, None),
        ("410 Gone", 410, False, None),
        ("302 Found\r\nlocation: http://127.0.0.1:1/", 302, False, None),
        ("429 Slow down\r\nretry-after: 7.5", 429, False, 7.5),
        (f"503 Busy\r\nretry-after: Mon, 01 Jan {'9' * 20} 00:00:00 GMT", 503, False, None),
    ],
)
async def test_an_answer_counts_by_its_status(
    head: str, status: int, is_delivered: bool, pause: float | None
) -> None:
    async with receiver(says(head, b"<why>")) as port:
        outcome = await sent(f"http://127.0.0.1:{port}/")
    assert (outcome.status, outcome.is_delivered) == (status, is_delivered)
    assert outcome.retry_after == pause and outcome.is_gone == (status == 410)
    assert outcome.error == "" and outcome.answer == ("" if status == 204 else "<why>")


async def test_of_a_gigabyte_no_more_is_read_than_is_shown() -> None:
    written = 0

    async def answer(writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n")
        while written < 2**30:
            writer.write(b"x" * 65536)
            await writer.drain()
            written += 65536

    async with receiver(answer) as port:
        outcome = await sent(f"http://127.0.0.1:{port}/")
        await asyncio.sleep(0.05)
    assert outcome.is_delivered and outcome.answer == "x" * 1024
    assert ANSWER_MAX_BYTES <= written < 32 * 2**20  # what the kernel holds was on its way


async def test_who_answers_slowly_has_so_much_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "TOTAL_SECONDS", 0.3)

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"x-slow: yes\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with receiver(answer) as port:
        outcome = await sent(f"http://127.0.0.1:{port}/")
    assert outcome.status is None and "0.3 s" in outcome.error
    assert 250 <= outcome.milliseconds < 2000


async def test_a_dead_port_and_a_name_that_is_none_are_errors() -> None:
    async with receiver(says("200 OK")) as port:
        pass
    assert (await sent(f"http://127.0.0.1:{port}/")).error
    assert "resolved" in (await sent("http://nobody.invalid/")).error


def certificate(folder: Path, *, days: int) -> ssl.SSLContext:
    """A certificate of 127.0.0.1 that is good for so many days; and `ca.pem`, which vouches."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize(("days", "is_delivered"), [(9, True), (-1, False)])
async def test_a_certificate_that_has_expired_is_refused(
    tmp_path: Path, days: int, is_delivered: bool
) -> None:
    server = certificate(tmp_path, days=days)
    client = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    async with receiver(says("200 OK"), server) as port:
        outcome = await sent(f"https://127.0.0.1:{port}/", tls=client)
        stranger = await sent(f"https://127.0.0.1:{port}/")
    assert outcome.is_delivered == is_delivered
    assert is_delivered or "expired" in outcome.error
    assert not stranger.is_delivered and "certificate" in stranger.error.lower()


async def test_a_name_that_leads_elsewhere_a_moment_later_makes_no_difference(
    settings: Settings,
) -> None:
    """The address that was checked is the one that is connected to; a private one is refused."""
    asked: list[str] = []

    async def changing(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    async with receiver(says("200 OK")) as port:
        url = f"http://rebinding.example:{port}/"
        first = await sent(url, resolve=changing)
        second = await sent(url, resolve=changing)
    assert first.is_delivered and asked == ["rebinding.example"] * 2
    assert second.status is None and "WEBHOOK_ALLOWED_ADDRESSES" in second.error


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
        *("::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    ],
)
async def test_no_request_leaves_for_a_private_address(settings: Settings, address: str) -> None:
    settings.MATCHPOINT_WEBHOOK_ADDRESSES = AllowedAddresses([])
    host = f"[{address}]" if ":" in address else address
    outcome = await sent(f"http://{host}:9/")
    assert outcome.status is None and "WEBHOOK_ALLOWED_ADDRESSES" in outcome.error
    assert not is_public(ip_address(address))


def test_what_an_operator_lists_is_a_network_or_a_place() -> None:
    allowed = AllowedAddresses(["10.0.0.0/8", "hooks.internal:8080", "[::1]:90"])
    inner = ip_address("192.168.0.9")
    assert allowed.allows(ip_address("10.9.9.9"), host="a.example", port=443)
    assert allowed.allows(inner, host="hooks.internal", port=8080)
    assert not allowed.allows(inner, host="hooks.internal", port=8081)
    assert allowed.allows(ip_address("::1"), host="::1", port=90)
    assert allowed.allows(ip_address("1.1.1.1"), host="one.example", port=443)
    with pytest.raises(ValueError, match="neither"):
        AllowedAddresses(["hooks.internal"])
