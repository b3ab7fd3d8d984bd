"""What the rounds of a bracket are called."""

from .bracket import Bracket, Pairing, Part


def round_name(bracket: Bracket, pairing: Pairing) -> str:
    """The name of the round that a pairing belongs to, as it stands above the column."""
    match pairing.part:
        case Part.THIRD_PLACE:
            return "Third-place match"
        case Part.FINAL:
            return "Bracket reset" if pairing.is_reset else "Grand final"
        case Part.LOSERS:
            names = {0: "Losers' final", 1: "Losers' semi-final"}
            to_go = bracket.losers_rounds - pairing.round
            return names.get(to_go, f"Losers' round {pairing.round}")
        case Part.WINNERS:
            names = {0: "Final", 1: "Semi-finals", 2: "Quarter-finals"}
            to_go = bracket.winners_rounds - pairing.round
            name = names.get(to_go, f"Round of {2 << to_go}")
            return f"Winners' {name[0].lower()}{name[1:]}" if bracket.is_double else name
