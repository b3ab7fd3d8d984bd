"""Accounts of a stream: what must be told there, what was heard, and whether the order held."""

from collections import Counter
from dataclasses import dataclass, field

from .site import Json

#: What an event says, without its number: its kind, and the ids that make it this one.
Fact = tuple[str, ...]


def fact_of(event: Json) -> Fact:
    """The fact that an event tells."""
    data = event["data"]
    match event["type"]:
        case "chat" if "player" in data:  # else a moderator has emptied it
            return ("chat", data["player"]["id"] or "", data["text"])
        case "matched":
            return ("matched", data["match"]["id"])
        case "match_finished":
            match_id = data["match"]["id"] if "match" in data else data["matches"][0]["id"]
            return ("match_finished", match_id)
        case "bracket" | "tournament":
            return (event["type"], data["tournament"]["id"])
        case _:
            return (event["type"], str(event["seq"]))


@dataclass(slots=True)
class Watch:
    """One socket's place in a stream: every event has to follow the one before it."""

    epoch: str = ""
    seq: int = 0
    events: int = 0
    holes: int = 0
    doubles: int = 0
    resyncs: int = 0

    def hear(self, frame: Json) -> bool:
        """Take a frame; says whether it is an event that was not heard before."""
        match frame["type"]:
            case "welcome":
                if frame["epoch"] != self.epoch:  # else what was missed follows
                    self.epoch, self.seq = frame["epoch"], frame["seq"]
            case "resync":
                self.resyncs += 1
                self.epoch, self.seq = frame["epoch"], frame["seq"]
            case _ if "seq" in frame:
                return self._number(frame["seq"])
        return False

    def _number(self, seq: int) -> bool:
        if seq <= self.seq:
            self.doubles += 1
            return False
        self.holes += seq - self.seq - 1
        self.seq = seq
        self.events += 1
        return True


@dataclass(slots=True)
class Ledger:
    """What was done and must be told on a stream, against what was told."""

    expected: Counter[Fact] = field(default_factory=Counter)
    heard: Counter[Fact] = field(default_factory=Counter)

    def expect(self, *fact: str) -> None:
        """Something was done; whoever else knows of it may say so too."""
        self.expected[fact] = 1

    def expect_line(self, player_id: str, text: str) -> None:
        """A line of chat was sent; the same may be said twice."""
        self.expected["chat", player_id, text] += 1

    def take_back(self, player_id: str, text: str) -> None:
        """The line was refused."""
        self.expected["chat", player_id, text] -= 1

    def hear(self, fact: Fact) -> None:
        """Something was told."""
        self.heard[fact] += 1

    @property
    def missing(self) -> Counter[Fact]:
        """What was done, and not told."""
        return self.expected - self.heard

    @property
    def told_twice(self) -> int:
        """How often a thing that happens once was told again."""
        return sum(times - 1 for fact, times in self.heard.items() if fact[0] != "chat")

    def count(self, kind: str) -> int:
        """How many expected things of a kind were heard."""
        return sum((self.expected & self.heard)[fact] for fact in self.expected if fact[0] == kind)
