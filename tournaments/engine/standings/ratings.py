"""Tie-breaks on the opponents' ratings (FIDE C.07 10)."""

from fractions import Fraction
from math import floor

from tournaments.engine.history import Kind, Line, Result

from .field import Field
from .values import Term, Value, shown

# Rating difference for a score of 50 %, 51 %, … 100 % (FIDE Rating Regulations B.02, 8.1.1).
RATING_DIFFERENCE = (
    *(0, 7, 14, 21, 29, 36, 43, 50, 57, 65),
    *(72, 80, 87, 95, 102, 110, 117, 125, 133, 141),
    *(149, 158, 166, 175, 184, 193, 202, 211, 220, 230),
    *(240, 251, 262, 273, 284, 296, 309, 322, 336, 351),
    *(366, 383, 401, 422, 444, 470, 501, 538, 589, 677),
    800,
)


def average_rating_of_opponents(field: Field, player: int) -> Value:
    """The average rating of the opponents played over the board, to a whole number (10.1)."""
    lines = _rated_lines(field, player)
    if not lines:
        return Value(Fraction(0), "no rated opponents")
    terms = tuple(
        Term(Fraction(field.players[line.opponent].rating), field.name(line.opponent))
        for line in lines
        if line.opponent is not None
    )
    average = Fraction(sum(term.amount for term in terms), len(terms))
    ratings = " + ".join(f"{shown(term.amount)} ({term.text})" for term in terms)
    words = f"({ratings}) ÷ {len(terms)} = {shown(average)}"
    rounded = Fraction(floor(average + Fraction(1, 2)))
    if rounded != average:
        words = f"{words}, rounded {shown(rounded)}"
    return Value(rounded, words, terms)


def performance_rating(field: Field, player: int) -> Value:
    """The average rating of the opponents, plus the difference for the score made (10.2)."""
    lines = _rated_lines(field, player)
    if not lines:
        return Value(Fraction(0), "no rated opponents")
    average = average_rating_of_opponents(field, player)
    # One, a half or nothing, whatever it is worth in the tournament.
    worth = {Result.WIN: Fraction(1), Result.DRAW: Fraction(1, 2), Result.LOSS: Fraction(0)}
    made = sum((worth[line.result] for line in lines), Fraction(0))
    per_cent = floor(100 * made / len(lines) + Fraction(1, 2))
    difference = (
        RATING_DIFFERENCE[per_cent - 50] if per_cent >= 50 else -RATING_DIFFERENCE[50 - per_cent]
    )
    amount = average.amount + difference
    words = (
        f"average rating of the opponents {average}, {shown(made)} out of {len(lines)} is "
        f"{per_cent} %, worth {difference:+d}: {shown(amount)}"
    )
    return Value(amount, words, average.terms)


def _rated_lines(field: Field, player: int) -> list[Line]:
    """The matches played against opponents who have a rating."""
    return [
        line
        for line in field.finished_lines(player)
        if line.kind is Kind.PLAYED
        and line.opponent is not None
        and field.players[line.opponent].rating
    ]
