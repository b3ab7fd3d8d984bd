"""Moments, numbers and texts as the APIs of other sites write them."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation


def points_of(value: str | float | None, otherwise: str) -> Decimal:
    """Points with two decimals, as a table can have them."""
    try:
        points = Decimal(str(otherwise if value in {None, ""} else value))
    except InvalidOperation:
        return Decimal(otherwise)
    return round(min(max(points, Decimal(0)), Decimal(100)), 2).normalize() + 0


def plain_text(html: str) -> str:
    """A description without its tags."""
    text = re.sub(r"<[^>]*>", "", re.sub(r"<br\s*/?>|</(?:p|div|li|h\d)>", "\n", html))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:4000]


def moment(text: str | None) -> datetime | None:
    """A moment as APIs write it; none where it cannot be read, or is out of the usual years."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo and 1970 <= found.year < 2200 else None
