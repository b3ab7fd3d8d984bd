"""About how long the next round of a Swiss takes to pair."""

from django.conf import settings

#: Up to so many players a round takes about a second, and up to so many it took 4 s at most.
#: Beyond, on one core, most rounds take 2 to 10 s, and one in ten longer than the limit.
A_MOMENT, A_FEW_SECONDS = 128, 250


def pairing_words(players: int) -> str:
    """What the organiser of so many players reads before a round is paired; nothing for few."""
    limit: int = settings.MATCHPOINT_SWISS_SECONDS
    if players <= A_MOMENT:
        return ""
    if players <= A_FEW_SECONDS:
        return f"With {players} players it takes a few seconds, at most {limit}."
    return (
        f"With {players} players it takes from 2 to {limit} seconds, and sometimes that is not "
        "enough; then nothing has changed, and you can pair it quickly: by the absolute rules."
    )
