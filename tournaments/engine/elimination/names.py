"""What the rounds of a bracket are called."""

from __future__ import annotations

from .bracket import Bracket, Pairing, Part


def round_name(bracket: Bracket, pairing: Pairing) -> str:
    """The name of the round that a pairing belongs to, as it stands above the column."""
    match pairing.part:
        case Part.THIRD_PLACE:
            return "Third-place match"
        case Part.FINAL:
            return "Bracket reset" if pairing.is_reset else "Grand final"
        case Part.LOSERS:
            return _losers_round_name(bracket.losers_rounds - pairing.round, pairing.round)
        case Part.WINNERS:
            return _winners_round_name(bracket, bracket.winners_rounds - pairing.round)


def _losers_round_name(rounds_to_go: int, number: int) -> str:
    return {0: "Losers' final", 1: "Losers' semi-final"}.get(
        rounds_to_go, f"Losers' round {number}"
    )


def _winners_round_name(bracket: Bracket, rounds_to_go: int) -> str:
    name = {0: "Final", 1: "Semi-finals", 2: "Quarter-finals"}.get(
        rounds_to_go, f"Round of {2 << rounds_to_go}"
    )
    if not bracket.is_double:
        return name
    return f"Winners' {name[0].lower()}{name[1:]}"
