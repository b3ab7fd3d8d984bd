"""What the reader of a tournament's page asked to see."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks to see; None where it is left to the page.

    `why` is the number of the entrant whose standing is to be explained.
    """

    stage: int | None = None
    group: int | None = None
    round: int | None = None
    follow: str = ""
    why: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Choice":
        """Read from an address. Non-numeric values are ignored."""
        names = ("stage", "group", "round", "why")
        stage, group, number, why = (_number(asked.get(name, "")) for name in names)
        return cls(stage, group, number, asked.get("follow", "")[:80], why)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
