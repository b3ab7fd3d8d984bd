"""The part of a tournament that the address of its page asks for, and the links to the others."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    """A link to another stage, group or round."""

    label: str
    query: str
    is_current: bool
    state: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for; None where the page chooses.

    `why` is the number of the entrant whose place is to be explained; `reasons` asks why the
    round was paired so.
    """

    stage: int | None = None
    group: int | None = None
    round: int | None = None
    follow: str = ""
    why: int | None = None
    reasons: bool = False

    @property
    def followed(self) -> str:
        """The name to highlight, folded."""
        return self.follow.strip().casefold()

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Choice":
        """Read from an address. Non-numeric values are ignored."""
        names = ("stage", "group", "round", "why")
        stage, group, number, why = (number_in(asked.get(name, "")) for name in names)
        return cls(stage, group, number, asked.get("follow", "")[:80], why, "reasons" in asked)


def number_in(text: str) -> int | None:
    """A whole number of at most five digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
