"""A reader's own entry in a tournament, and how texts of matches are shown."""

from typing import Any

from django import template

from matchmaking.wording import points_in_words, scoreline
from tournaments.display.next_match import next_match
from tournaments.models import Entrant, EntryStatus, Tournament, TournamentState
from tournaments.services.capacity import places_left
from tournaments.services.entry.registration import entry_of, is_open_to_players

register = template.Library()
register.filter("points_in_words", points_in_words)
register.filter("scoreline", scoreline)


@register.inclusion_tag("tournaments/_own_entry.html", takes_context=True)
def own_entry(context: Any, tournament: Tournament) -> dict[str, Any]:
    """The player's entry with its buttons, or the way to register."""
    you = context.get("you")
    entry: Entrant | None = entry_of(tournament, you) if you else None
    before_start = tournament.is_before_start
    return {
        "tournament": tournament,
        "next_match": next_match(tournament, entry) if entry else None,
        "entry": entry,
        "csrf_token": context.get("csrf_token"),
        "may_register": entry is None and is_open_to_players(tournament),
        "places": places_left(tournament) if before_start and tournament.capacity else None,
        "may_leave": entry and before_start and you and entry.player_id == you.pk,
        "may_check_in": entry
        and tournament.state == TournamentState.CHECK_IN
        and entry.checked_in_at is None
        and entry.status in {EntryStatus.ENTERED, EntryStatus.WAITING},
    }
