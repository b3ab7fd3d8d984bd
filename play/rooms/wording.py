"""What a room says in words."""

from collections.abc import Sequence

from play.engine.game import GameOutcome, Reason


def how_it_ended(game: str, outcome: GameOutcome, names: Sequence[str]) -> str:
    """How a game ended, called such as "Game 2", between these sides."""
    if outcome.winner is None:
        return f"{game} is drawn."
    winner, loser = names[outcome.winner], names[1 - outcome.winner]
    match outcome.reason:
        case Reason.RESIGNED:
            return f"{game}: {loser} resigned, {winner} wins."
        case Reason.TIME:
            return f"{game}: {loser} ran out of time, {winner} wins."
        case _:
            how = f", {outcome.text}" if outcome.text else ""
            return f"{game}: {winner} wins{how}, {outcome.scores[0]}:{outcome.scores[1]}."
