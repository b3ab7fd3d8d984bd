"""What follows from a match's end: ratings, and reports that have nothing more to say."""

from typing import Any

from django.dispatch import receiver

from matchmaking.services.ratings import rate_match, unrate_match
from matchmaking.services.reports import close_reports

from .models import Match
from .signals import match_closed, match_reopened


@receiver(match_closed)
def move_ratings(match: Match, **kwargs: Any) -> None:
    """A match ended: it is rated, in the same transaction."""
    rate_match(match=match)


@receiver(match_closed)
def forget_reports(match: Match, **kwargs: Any) -> None:
    """A match ended: what was still open of its reports is overtaken."""
    close_reports(match=match)


@receiver(match_reopened)
def put_ratings_back(match: Match, **kwargs: Any) -> None:
    """A result was taken back, and with it what it did to ratings."""
    unrate_match(match=match)
