"""What a link to a tournament shows elsewhere: addresses, a sentence, a picture."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from tournaments.models import Tournament


@dataclass(frozen=True, slots=True)
class Share:
    """A tournament in the words and addresses of a preview; all addresses are absolute."""

    url: str
    picture: str
    calendar: str
    embed: str
    text: str


def absolute(request: HttpRequest, path: str) -> str:
    """An address as others need it: at the public one where the site knows it."""
    return (
        f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
    )


def share_of(request: HttpRequest, tournament: Tournament, players: int) -> Share:
    """What may be shared of a tournament."""

    def to(name: str) -> str:
        return absolute(request, reverse(name, args=[tournament.pk]))

    return Share(
        url=to("tournament"),
        picture=to("tournament-preview"),
        calendar=to("tournament-calendar"),
        embed=to("tournament-embed"),
        text=summary(tournament, players),
    )


def summary(tournament: Tournament, players: int) -> str:
    """A tournament in one sentence."""
    noun = "team" if tournament.team_size > 1 else "player"
    count = f"{players} {noun}{'' if players == 1 else 's'}"
    return f"{count}, {tournament.get_state_display()}"
