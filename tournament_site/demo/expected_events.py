"""What must arrive on a stream, what has arrived, and whether in order."""

from collections import Counter
from dataclasses import dataclass, field

from tournament_site.clients.site import Json

#: What an event reports, without its number: its kind, and the ids that make it this one.
Fact = tuple[str, ...]


def fact_of(event: Json) -> Fact:
    """The fact that an event reports."""
    data = event["data"]
    match event["type"]:
        case "chat" if "player" in data:  # else a moderator has emptied it
            return ("chat", data["player"]["id"] or "", data["text"])
        case "matched":
            return ("matched", data["match"]["id"])
        case "match_finished":
            match = data["match"] if "match" in data else data["matches"][0]
            return ("match_finished", match["id"])
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

    def receive(self, frame: Json) -> bool:
        """Count a frame; returns whether it is an event that was not received before."""
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
class ExpectedEvents:
    """The events that must arrive on a stream, and those that have."""

    expected: Counter[Fact] = field(default_factory=Counter)
    received: Counter[Fact] = field(default_factory=Counter)

    def expect(self, *fact: str) -> None:
        """Expect the event of something done; calling it again changes nothing."""
        self.expected[fact] = 1

    def expect_chat(self, player_id: str, text: str) -> None:
        """Expect a line of chat; the same line may be sent twice."""
        self.expected["chat", player_id, text] += 1

    def take_back(self, player_id: str, text: str) -> None:
        """Expect a refused line no longer."""
        self.expected["chat", player_id, text] -= 1

    def receive(self, fact: Fact) -> None:
        """Count an event that arrived."""
        self.received[fact] += 1

    @property
    def missing(self) -> Counter[Fact]:
        """The expected events that have not arrived."""
        return self.expected - self.received

    @property
    def repeated(self) -> int:
        """How many expected events arrived again, although each happens once."""
        return sum(
            times - 1
            for fact, times in self.received.items()
            if fact[0] != "chat" and fact in self.expected
        )

    def count(self, kind: str) -> int:
        """How many expected events of a kind have arrived."""
        arrived = self.expected & self.received
        return sum(times for fact, times in arrived.items() if fact[0] == kind)
