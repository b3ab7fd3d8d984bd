"""The names of streams."""

from uuid import UUID

LOBBY = "lobby"


def tournament_stream(tournament_id: UUID | str) -> str:
    """The stream of one tournament's events."""
    return f"tournament:{tournament_id}"
