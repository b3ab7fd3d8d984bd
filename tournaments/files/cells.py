"""Cells of CSV files, safe to open: no spreadsheet takes a name for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection): at the start of a
# cell, and after what may separate cells elsewhere, such as the semicolon in much of Europe.
_START = r"""(^|[,;|\t\r\n])([\s"]*?)"""
_FORMULA = re.compile(_START + r"(?=[=+\-@\t\r])")
_GUARDED = re.compile(_START + r"'(?=[=+\-@\t\r])")


def guarded(value: object) -> str:
    """A value as a cell; an apostrophe stands before what could be taken for a formula."""
    text = "" if value is None else str(value)
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub(r"\1\2'", text)


def unguarded(cell: str) -> str:
    """The text of a cell, without the apostrophes that `guarded` put into it."""
    return _GUARDED.sub(r"\1\2", cell)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file: commas, CRLF (RFC 4180), UTF-8 with the mark that spreadsheets look for."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([guarded(cell) for cell in header])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
