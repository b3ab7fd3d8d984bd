"""The names of all streams."""

from uuid import UUID

LOBBY = "lobby"


def tournament_stream(tournament_id: UUID | str) -> str:
    """The stream of one tournament's events."""
    return f"tournament:{tournament_id}"


def match_stream(match_id: UUID | str) -> str:
    """The stream of what becomes of one match."""
    return f"match:{match_id}"
