"""Attendance at the start: absent entrants are left out, and incomplete teams are named."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Count

from tournaments.models import Entrant, EntryStatus, Member, Tournament, TournamentState
from tournaments.services.capacity import EntryChange, announce_all, fill_places

#: So many teams that are short of players are named.
TEAMS_NAMED = 5


def missing_players(tournament: Tournament, entrant: Entrant) -> int:
    """How many players a team is short of; single players are never."""
    if tournament.team_size == 1:
        return 0
    return max(0, tournament.team_size - entrant.members.count())


def short_teams(tournament: Tournament, entrants: Sequence[Entrant]) -> str:
    """The teams among these that are short of players, in words for the record; or nothing."""
    if tournament.team_size == 1:
        return ""
    members = Member.objects.filter(entrant__in=entrants)
    counts = Counter(dict(members.values_list("entrant").annotate(Count("pk"))))
    short = [
        f"{entrant} ({counts[entrant.pk]} of {tournament.team_size})"
        for entrant in entrants
        if counts[entrant.pk] < tournament.team_size
    ]
    if not short:
        return ""
    more = f" and {len(short) - TEAMS_NAMED} more" if len(short) > TEAMS_NAMED else ""
    return f"short of players: {', '.join(short[:TEAMS_NAMED])}{more}"


def drop_absent(tournament: Tournament) -> None:
    """Leave out the entrants who have not checked in, when check-in is open.

    Called at the start, in its transaction, before the tournament's state changes. Checked-in
    entrants of the waiting list take the free places.
    """
    if tournament.state != TournamentState.CHECK_IN:
        return
    absent = list(tournament.entrants.taking_part().filter(checked_in_at__isnull=True))
    for entrant in absent:
        entrant.status = EntryStatus.ABSENT
    Entrant.objects.bulk_update(absent, ("status",), batch_size=500)
    announce_all(tournament, absent, EntryChange.ABSENT)
    fill_places(tournament, checked_in_only=True)
