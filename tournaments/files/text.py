"""The text of an uploaded file, or a refusal that names the error in its bytes."""

import codecs

from django.conf import settings

from lib.errors import Refusal

MEBIBYTE = 1024 * 1024
#: Longest marks first: that of UTF-32 begins as that of UTF-16 does.
_MARKS = (
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class BadFile(Refusal):
    """A file that cannot be read; the words name the line or the field."""

    code = "bad_file"


def decode(raw: bytes, *, otherwise: str = "") -> str:
    """The file as text: UTF-8, or as its byte order mark says; raises `BadFile`.

    Text that is not in UTF-8 is refused, or read in the encoding that is named.
    """
    most: int = settings.MATCHPOINT_FILE_MAX_BYTES
    if len(raw) > most:
        raise BadFile(
            f"The file is larger than {most / MEBIBYTE:g} MB, which is the most.",
            code="too_large",
        )
    mark, encoding = next(((m, e) for m, e in _MARKS if raw.startswith(m)), (b"", "utf-8"))
    if not encoding:
        raise BadFile("The file is text in UTF-32. Save it as UTF-8.", code="bad_encoding")
    body = raw[len(mark) :]
    if encoding == "utf-8" and b"\0" in body:
        raise BadFile(
            f"Line {_line(body, body.index(0))} has a zero byte: this is not text in UTF-8. Save "
            "the file as UTF-8, or as UTF-16 with its byte order mark.",
            code="bad_encoding",
        )
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        if otherwise and not mark:
            return body.decode(otherwise)
        raise BadFile(
            f"Line {_line(body, error.start)} is not text in {encoding.upper()} (byte "
            f"0x{body[error.start]:02X}). Save the file as UTF-8.",
            code="bad_encoding",
        ) from error


def _line(body: bytes, place: int) -> int:
    return body.count(b"\n", 0, place) + 1
