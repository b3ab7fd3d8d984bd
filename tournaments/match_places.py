"""Where a match stands in its tournament, for those who come to it from elsewhere."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse

from matchmaking.ports.match_host import MatchPlace

from .models import Pairing, Tournament


def places_in_tournaments(match_ids: Collection[UUID]) -> dict[UUID, MatchPlace]:
    """The tournament and the round of each of these matches, and its place on the page there."""
    related = Pairing.objects.select_related("round", "group__stage__tournament").defer(
        "group__draw"
    )
    return {
        pairing.pk: _match_place(pairing, pairing.group.stage.tournament)
        for pairing in related.filter(match__in=match_ids)
    }


def _match_place(pairing: Pairing, tournament: Tournament) -> MatchPlace:
    return MatchPlace(
        id=str(tournament.pk), name=tournament.name, round=str(pairing.round), url=place_of(pairing)
    )


def place_of(pairing: Pairing) -> str:
    """The address of a pairing's place on the tournament's page; needs its group and stage."""
    group = pairing.group
    page = reverse("tournament", args=[group.stage.tournament_id])
    return f"{page}?stage={group.stage.number}&group={group.number}#{pairing.key}"
