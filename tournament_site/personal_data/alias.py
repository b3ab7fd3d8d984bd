"""A former player's names, and the one that stands in their place."""

import re
import secrets
from typing import Any

from lib.names import Name, parse_name

#: Words of the wire, which may happen to be somebody's name.
_TECHNICAL = frozenset(
    [
        "type",
        "state",
        "status",
        "kind",
        "outcome",
        "format",
        "slot",
        "stream",
        "id",
        "url",
        "key",
        "tag",
        "verb",
        "entry",
        "seeding",
        "change",
        "pool",
        "slug",
        "plays",
        "region",
        "epoch",
        "format",
        "reason",
        "part",
    ]
)


class Alias:
    """Puts `Former player 3f2a9c` in the place of some names, and leaves all else as it is."""

    def __init__(self, names: set[str], keys: set[str]) -> None:
        self.name: Name = parse_name(f"Former player {secrets.token_hex(3)}")
        self._whole = dict.fromkeys(names, self.name.display)
        self._whole |= dict.fromkeys(keys - names, self.name.name_key)
        longest_first = sorted(names, key=len, reverse=True)
        self._word = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    def in_text(self, text: str) -> str:
        """A sentence without the names."""
        return self._word.sub(self.name.display, text)

    def in_value(self, value: Any, key: str = "") -> Any:
        """JSON without the names: whole values, and words in what is a sentence."""
        if isinstance(value, dict):
            return {name: self.in_value(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.in_value(inner, key) for inner in value]
        if not isinstance(value, str) or key in _TECHNICAL:
            return value
        return self.in_text(value) if key == "text" else self._whole.get(value, value)
