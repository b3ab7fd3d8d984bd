"""What people say, as one line of plain text."""

import unicodedata

from .errors import Refusal
from .names import INVISIBLE

#: Direction overrides and the like could rearrange the text around a line.
_ALLOWED_FORMAT = frozenset({"\u200c", "\u200d"})  # joiners, which scripts and emoji need


def clean_line(raw: str, *, most_chars: int) -> str:
    """A message as one line of plain text; raises `Refusal`."""
    shown = "".join(filter(_is_shown, " ".join(raw.split())))
    text = " ".join(unicodedata.normalize("NFC", shown).split())
    if not any(map(_is_seen, text)):
        raise Refusal("There is nothing in this message.", code="empty")
    if len(text) > most_chars:
        raise Refusal(
            f"{len(text)} characters are too many: at most {most_chars}.", code="too_long"
        )
    return text


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"} or char in _ALLOWED_FORMAT


def _is_seen(char: str) -> bool:
    """Whether the character leaves something on the page by itself."""
    return not (
        unicodedata.category(char)[0] in "MZ" or char in INVISIBLE or char in _ALLOWED_FORMAT
    )
