"""What a link to a tournament shows elsewhere: addresses, a sentence, a picture."""

from dataclasses import dataclass
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from tournaments.models import Tournament


@dataclass(frozen=True, slots=True)
class Share:
    """A sentence about a tournament, and its absolute addresses."""

    url: str
    short: str
    """The address as it is typed: without its scheme."""
    picture: str
    calendar: str
    embed: str
    text: str


def absolute(request: HttpRequest, path: str) -> str:
    """An absolute address, at the site's public one where it is set."""
    return (
        f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
    )


def share_of(request: HttpRequest, tournament: Tournament, players: int) -> Share:
    """What a link to a tournament shows."""

    def to(name: str) -> str:
        return absolute(request, reverse(name, args=[tournament.pk]))

    noun = "team" if tournament.team_size > 1 else "player"
    count = f"{players} {noun}{'' if players == 1 else 's'}"
    slug = tournament.slug
    url = absolute(request, reverse("tournament-short", args=[slug])) if slug else to("tournament")
    return Share(
        url=url,
        short=unquote(url.partition("://")[2]),
        picture=to("tournament-preview"),
        calendar=to("tournament-calendar"),
        embed=to("tournament-embed"),
        text=f"{count}, {tournament.get_state_display()}",
    )
