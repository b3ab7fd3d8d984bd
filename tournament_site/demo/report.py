"""What happened in a demo, in words."""

from dataclasses import dataclass

from .cup import Cup
from .ledger import Watch
from .listener import Listener
from .player import Player
from .tally import Stage

_PROBLEMS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, and what the demo's sockets heard of it."""

    stage: Stage
    cup: Cup
    lobby: Listener
    players: list[Player]

    @property
    def listeners(self) -> list[Listener]:
        """The demo's sockets on the lobby."""
        return [self.lobby, *(p.listener for p in self.players if p.listener is not None)]

    @property
    def watches(self) -> list[Watch]:
        """Every socket's place in its stream."""
        return [*(listener.watch for listener in self.listeners), self.cup.watch]

    def total(self, what: str) -> int:
        """Events, holes, doubles or resyncs over all sockets."""
        return sum(getattr(watch, what) for watch in self.watches)

    @property
    def missed(self) -> list[str]:
        """What went wrong, a sentence each; empty when all was told, once and in order."""
        missing = self.stage.ledger.missing + self.cup.ledger.missing
        wrong = [f"{sum(missing.values())} things were done and never told."] if missing else []
        wrong += [
            f"{count} {what} in the numbers of the events."
            for what in ("holes", "doubles", "resyncs")
            if (count := self.total(what))
        ]
        if twice := self.stage.ledger.told_twice + self.cup.ledger.told_twice:
            wrong.append(f"{twice} things were told twice.")
        if not self.cup.winner:
            wrong.append("The tournament has no winner.")
        if not self.stage.ledger.count("matched"):
            wrong.append("Nobody was matched.")
        return wrong + self.stage.problems[:_PROBLEMS_SHOWN]

    def summary(self) -> str:
        """The counts, one a line."""
        stage, cup, lobby = self.stage, self.cup, self.lobby.watch
        heard = stage.ledger
        bracket_matches = cup.ledger.count("match_finished")
        finished = heard.count("match_finished") - bracket_matches
        return "\n".join(
            (
                "",
                f"Players        {len(stage.cast)}",
                f"Queue          {stage.joins_by_http} joins over HTTP, "
                f"{stage.joins_by_socket} by socket; {stage.left_queue} left again",
                f"Matches        {heard.count('matched')} made, {finished} conceded",
                f"Chat           {heard.count('chat')} lines",
                f"Tournament     {cup.entrants} entrants, {bracket_matches} results; "
                f"the winner is {cup.winner or 'not known'}",
                f"Lobby socket   {lobby.events} events, the last is number {lobby.seq}",
                f"All sockets    {self.total('events')} events on {len(self.watches)} sockets: "
                f"{self.total('holes')} holes, {self.total('doubles')} doubles",
            )
        )
