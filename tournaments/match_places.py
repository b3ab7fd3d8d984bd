"""Where a match stands in its tournament, for those who come to it from elsewhere."""

from uuid import UUID

from django.urls import reverse

from matchmaking.ports.match_host import MatchPlace

from .models import Pairing


def place_in_tournament(match_id: UUID) -> MatchPlace | None:
    """The tournament and the round of a match, and its place on the page there."""
    related = Pairing.objects.select_related("round", "group__stage__tournament")
    pairing = related.filter(match=match_id).first()
    if pairing is None:
        return None
    tournament = pairing.group.stage.tournament
    return MatchPlace(
        id=str(tournament.pk), name=tournament.name, round=str(pairing.round), url=place_of(pairing)
    )


def place_of(pairing: Pairing) -> str:
    """The address of a pairing's place on the tournament's page; needs its group and stage."""
    group = pairing.group
    page = reverse("tournament", args=[group.stage.tournament_id])
    return f"{page}?stage={group.stage.number}&group={group.number}#{pairing.key}"
