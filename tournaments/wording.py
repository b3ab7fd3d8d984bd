"""Pairings in words, for the record and the events."""

from matchmaking.results import Result
from matchmaking.wording import result_as_news

from .models import Pairing


def pairing_result(pairing: Pairing) -> str:
    """The result of a decided pairing; needs its entrants and its match."""
    assert pairing.match is not None
    names = (str(pairing.top), str(pairing.bottom))
    return result_as_news(Result.of(pairing.match), names)


def pairing_result_in_round(pairing: Pairing) -> str:
    """The same, with the round."""
    return f"{pairing_result(pairing)} ({pairing.round})"
