"""The text of an uploaded file, or a refusal that names the error in its bytes."""

import codecs
from dataclasses import dataclass

from django.conf import settings

from lib.errors import Refusal

from .encodings import ENCODINGS, guess_encoding

MEBIBYTE = 1024 * 1024
#: Longest marks first: that of UTF-32 begins as that of UTF-16 does.
_MARKS = (
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: How the files of spreadsheet programs begin: a zip archive, and the older compound file.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class BadFile(Refusal):
    """A file that cannot be read; the words name the line or the field."""

    code = "bad_file"


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file, and the encoding in which it was read."""

    text: str
    encoding: str
    is_guess: bool = False

    @property
    def encoding_name(self) -> str:
        """The encoding as a person calls it."""
        return ENCODINGS.get(self.encoding, self.encoding)

    @property
    def warnings(self) -> list[str]:
        """A sentence where the encoding was guessed."""
        if not self.is_guess:
            return []
        return [f"The file is not in UTF-8. It was read as {self.encoding_name}, a best guess."]


def read_text(raw: bytes, *, encoding: str = "") -> Text:
    """The file as text: as its byte order mark says, in UTF-8, or in a guessed encoding.

    `encoding`, a name as in `Content-Type`, takes the place of the guess. Raises `BadFile`.
    """
    named = _known(encoding) if encoding else ""
    marked, body = _without_mark(raw)
    if marked or named:
        return Text(_decoded(body, marked or named), marked or named)
    try:
        return Text(_decoded(body, "utf-8"), "utf-8")
    except BadFile:
        if b"\0" in body or _is_broken_utf8(body):
            raise
    guessed = guess_encoding(body)
    return Text(_decoded(body, guessed), guessed, is_guess=True)


def decode(raw: bytes, *, otherwise: str = "") -> str:
    """The file as text: UTF-8, or as its byte order mark says; raises `BadFile`.

    Text that is not in UTF-8 is refused, or read in the encoding that is named.
    """
    marked, body = _without_mark(raw)
    try:
        return _decoded(body, marked or "utf-8")
    except BadFile:
        if marked or not otherwise or b"\0" in body:
            raise
        return body.decode(otherwise)


def _known(name: str) -> str:
    """An encoding that may be chosen, by any of its names."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        found = ""
    found = {"utf-16": "utf-16-le", "iso8859-1": "cp1252"}.get(found, found)
    if found not in ENCODINGS:
        raise BadFile(
            f"There is no encoding {name[:40]!r} here. There are: {', '.join(ENCODINGS)}.",
            code="bad_encoding",
        )
    return found


def _without_mark(raw: bytes) -> tuple[str, bytes]:
    """The encoding that the byte order mark names, if there is one, and the bytes after it."""
    most: int = settings.MATCHPOINT_FILE_MAX_BYTES
    if len(raw) > most:
        raise BadFile(
            f"The file is larger than {most / MEBIBYTE:g} MB, which is the most.",
            code="too_large",
        )
    if raw.startswith(_WORKBOOKS):
        raise BadFile(
            "This is a workbook, not text. In the spreadsheet, save it as CSV.", code="bad_encoding"
        )
    mark, encoding = next(((m, e) for m, e in _MARKS if raw.startswith(m)), (b"", ""))
    if mark and not encoding:
        raise BadFile("The file is text in UTF-32. Save it as UTF-8.", code="bad_encoding")
    return encoding, raw[len(mark) :]


def _decoded(body: bytes, encoding: str) -> str:
    if not encoding.startswith("utf-16") and b"\0" in body:
        raise BadFile(
            f"Line {_line(body, body.index(0))} has a zero byte: this is not text in "
            f"{encoding.upper()}. Save the file as UTF-8, or as UTF-16 with its byte order mark.",
            code="bad_encoding",
        )
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadFile(
            f"Line {_line(body, error.start)} is not text in {encoding.upper()} (byte "
            f"0x{body[error.start]:02X}). Save the file as UTF-8.",
            code="bad_encoding",
        ) from error


def _is_broken_utf8(body: bytes) -> bool:
    """Whether most of what is beyond ASCII is UTF-8 all the same: no encoding of one byte is so."""
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) - wrong > wrong


def _line(body: bytes, place: int) -> int:
    return body.count(b"\n", 0, place) + 1
