"""What happened in a demo, in words."""

from dataclasses import dataclass

from .cup import Cup
from .demo_run import DemoRun
from .expected_events import Watch
from .games import Games
from .listener import Listener
from .player import Player

_PROBLEMS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, and which of its events the demo's sockets received."""

    run: DemoRun
    cup: Cup
    games: Games | None
    lobby: Listener
    players: list[Player]

    @property
    def watches(self) -> list[Watch]:
        """Every socket's place in its stream."""
        players = (player.listener for player in self.players)
        lobbies = (listener.watch for listener in (self.lobby, *players) if listener)
        return [*lobbies, self.cup.watch]

    def total(self, what: str) -> int:
        """Events, holes, doubles or resyncs over all sockets."""
        return sum(getattr(watch, what) for watch in self.watches)

    @property
    def missed(self) -> list[str]:
        """What went wrong, a sentence each; empty when every event arrived once and in order."""
        missing = self.run.events.missing + self.cup.events.missing
        wrong = [f"{sum(missing.values())} expected events never arrived."] if missing else []
        wrong += [
            f"{count} {what} in the numbers of the events."
            for what in ("holes", "doubles", "resyncs")
            if (count := self.total(what))
        ]
        if twice := self.run.events.repeated + self.cup.events.repeated:
            wrong.append(f"{twice} events arrived twice.")
        if not self.cup.winner:
            wrong.append("The tournament has no winner.")
        if not self.run.events.count("matched"):
            wrong.append("Nobody was matched.")
        return wrong + self.run.problems[:_PROBLEMS_SHOWN]

    def summary(self) -> str:
        """The counts, one a line."""
        run, cup, lobby = self.run, self.cup, self.lobby.watch
        received = run.events
        bracket_matches = cup.events.count("match_finished")
        finished = received.count("match_finished") - bracket_matches
        played = (
            f"Pong           {games.bots} bots, {games.in_pool} matches of the pool and "
            f"{games.in_cup} of a tournament; the winner is {games.winner}"
            if (games := self.games)
            else "Pong           was not played"
        )
        return "\n".join(
            (
                "",
                played,
                f"Players        {len(run.cast)}",
                f"Queue          {run.joins_by_http} joins over HTTP, "
                f"{run.joins_by_socket} by socket; {run.left_queue} left again",
                f"Matches        {received.count('matched')} made, {finished} conceded",
                f"Chat           {received.count('chat')} lines",
                f"Tournament     {cup.entrants} entrants, {bracket_matches} results; "
                f"the winner is {cup.winner or 'not known'}",
                f"Lobby socket   {lobby.events} events, the last is number {lobby.seq}",
                f"All sockets    {self.total('events')} events on {len(self.watches)} sockets: "
                f"{self.total('holes')} holes, {self.total('doubles')} doubles",
            )
        )
