"""The value of a tie-break, and how it came about in words that anyone can add up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Term:
    """One addend and its description; a `cut` one is left out of the sum."""

    amount: Fraction
    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """The value of one tie-break for one participant; `words` reproduce it by hand."""

    amount: Fraction
    words: str
    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return shown(self.amount)


def shown(amount: Fraction) -> str:
    """A number as people write it: whole, or with up to two decimals."""
    if amount.denominator == 1:
        return str(amount.numerator)
    return f"{float(amount):.2f}".rstrip("0")


def best_first(tied: Iterable[int], amount: Callable[[int], Fraction]) -> list[list[int]]:
    """Players by their amounts, the highest first, in groups of the equal."""
    ordered = sorted(tied, key=amount, reverse=True)
    return [list(equal) for _, equal in groupby(ordered, key=amount)]


def total(terms: Iterable[Term], nothing: str) -> Value:
    """The sum of the terms that are not cut; `nothing` are the words if there are no terms."""
    every = tuple(terms)
    kept = [term for term in every if not term.cut]
    amount = sum((term.amount for term in kept), Fraction(0))
    if not every:
        return Value(amount, nothing)
    words = " + ".join(f"{shown(term.amount)} ({term.text})" for term in kept) or "0"
    words = f"{words} = {shown(amount)}"
    if cut := [term for term in every if term.cut]:
        left_out = ", ".join(f"{shown(term.amount)} ({term.text})" for term in cut)
        words = f"{words}; left out: {left_out}"
    return Value(amount, words, every)
