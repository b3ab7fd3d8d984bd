"""About how long the next round of a Swiss takes to pair."""

from django.conf import settings

#: Up to so many players a round takes a second at most; 10,000 take about three.
A_MOMENT = 3000


def pairing_words(players: int) -> str:
    """What the organiser of so many players reads before a round is paired; nothing for few."""
    limit: int = settings.MATCHPOINT_SWISS_SECONDS
    if players <= A_MOMENT:
        return ""
    return (
        f"With {players} players it takes some seconds, at most {limit}. Should that not be "
        "enough, nothing has changed, and you can pair it quickly: by the absolute rules."
    )
