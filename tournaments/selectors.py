"""Reads that are more than a lookup."""

from uuid import UUID

from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, When

from .models import Pairing, Tournament, TournamentState


def listed_tournaments() -> QuerySet[Tournament]:
    """Every tournament, the newest first, with `entrant_count` and, when finished, `champion`."""
    final = Pairing.objects.filter(
        stage__tournament=OuterRef("pk"), winner_to__isnull=True, winner__isnull=False
    )
    champion = Case(When(winner=0, then=F("top__name")), default=F("bottom__name"))
    return Tournament.objects.annotate(
        entrant_count=Count("entrants"), champion=Subquery(final.values_list(champion)[:1])
    ).order_by("-created_at", "pk")


def running_tournaments(*, limit: int) -> QuerySet[Tournament]:
    """The tournaments that are played now, the last started first, with `entrant_count`."""
    running = Tournament.objects.filter(state=TournamentState.RUNNING)
    return running.annotate(entrant_count=Count("entrants")).order_by("-started_at")[:limit]


def bracket_pairings(tournament_id: UUID) -> list[Pairing]:
    """A tournament's pairings in order, with their rounds, entrants and matches."""
    return list(
        Pairing.objects.filter(stage__tournament=tournament_id)
        .select_related("round", "top", "bottom", "match")
        .order_by("stage__number", "round__number", "number")
    )
