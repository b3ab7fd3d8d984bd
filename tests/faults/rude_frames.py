"""Frames that break RFC 6455, and messages that break the protocol on top of it."""

from collections.abc import Collection
from dataclasses import dataclass

from .wire import BINARY, CLOSE, FIN, PING, RSV1, TEXT, frame

CONTINUATION = 0
#: Over what a server takes; under it, over what the lobby reads.
_TOO_LARGE, _LARGE = 64 * 1024 + 1, 16 * 1024 + 1


@dataclass(frozen=True, slots=True)
class RudeFrame:
    """Bytes, and with which codes a server may close the socket over them."""

    name: str
    data: bytes
    codes: Collection[int]


def _text(payload: bytes, *, flags: int = FIN) -> bytes:
    return frame(payload, TEXT, flags=flags)


_VIOLATIONS = {
    "unmasked frame": frame(b"hello", masked=False),
    "RSV bit": frame(b"hello", flags=FIN | RSV1),
    "reserved opcode": frame(b"hello", 3),
    "reserved control opcode": frame(b"hello", 11),
    "fragmented ping": frame(b"hello", PING, flags=0),
    "ping of 126 bytes": frame(b"x" * 126, PING),
    "continuation of nothing": frame(b"hello", CONTINUATION),
    "text within a fragmented text": _text(b"a", flags=0) + _text(b"b"),
    "close of one byte": frame(b"\x03", CLOSE),
    "close with code 999": frame((999).to_bytes(2, "big"), CLOSE),
    "binary rubbish": bytes(range(255, -1, -1)) * 16,
}
_NOT_UTF8 = {
    "bad UTF-8": _text(b"\xff\xfe\xfd"),
    "half a character": _text("é".encode()[:1]),
    "surrogate in UTF-8": _text(b"\xed\xa0\x80"),
    "bad UTF-8 over two fragments": _text(b"\xc3", flags=0) + frame(b"\x28", CONTINUATION),
    "close with bad UTF-8": frame((1000).to_bytes(2, "big") + b"\xff", CLOSE),
}
_LARGE_FRAMES = {
    "frame of 64 KiB and one": _text(b"x" * _TOO_LARGE),
    "frame that claims 1 TiB": frame(b"x" * 100, claimed=1 << 40),
    "fragments of 128 KiB": _text(b"x" * 40_000, flags=0)
    + b"".join(frame(b"x" * 40_000, CONTINUATION, flags=0) for _ in range(2)),
}
#: Each of these ends its socket.
FATAL = [
    *(RudeFrame(name, data, {1002}) for name, data in _VIOLATIONS.items()),
    *(RudeFrame(name, data, {1007}) for name, data in _NOT_UTF8.items()),
    *(RudeFrame(name, data, {1009}) for name, data in _LARGE_FRAMES.items()),
]

#: Each of these is answered with an error of this code, and the socket lives.
REFUSED = {
    "binary frame": (frame(b'{"type":"ping"}', BINARY), "malformed"),
    "more than 16 KiB": (_text(b"x" * _LARGE), "too_large"),
    "deep JSON object": (_text(b'{"type":"chat","text":' * 700), "malformed"),
    "deep JSON array": (_text(b"[" * 10_000), "too_long"),
    "deep JSON in a field": (
        _text(b'{"type":"chat","text":' + b"[" * 8000 + b"]" * 8000 + b"}"),
        "malformed",
    ),
    "NaN": (_text(b'{"type":"chat","text":NaN}'), "malformed"),
    "Infinity": (_text(b'{"type":"resume","epoch":"x","seq":Infinity}'), "malformed"),
    "number beyond floats": (_text(b'{"type":"resume","epoch":"x","seq":1e999}'), "malformed"),
    "lone surrogate": (_text(b'{"type":"chat","text":"\\ud800"}'), "malformed"),
    "unknown type": (_text(b'{"type":"nonsense"}'), "malformed"),
    "no type": (_text(b'{"text":"hello"}'), "malformed"),
    "wrong field": (_text(b'{"type":"chat","text":5}'), "malformed"),
    "nothing said": (_text(b""), "empty"),
    "only control characters": (_text(b'{"type":"chat","text":"\\u0000\\u001b"}'), "empty"),
}
