"""Builders of tournaments for tests of entry and management."""

from matchmaking.models import Player
from matchmaking.services.players import create_guest
from tournaments.models import Entrant, Entry, EntryStatus, Pairing, Tournament
from tournaments.services.actors import ORGANISER, Actor
from tournaments.services.entry.registration import open_registration, register
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.services.setup.settings import change_settings

OLGA = Actor("Olga")
STAFF = Actor("Staffan", is_staff=True)
FOUR = ("Ann", "Bob", "Cem", "Dan")


def guest(name: str) -> Player:
    return create_guest(username=name).player


def draft(*names: str, byes: bool = True) -> Tournament:
    return create_tournament(name="Friday Cup", players=names or FOUR, byes=byes).tournament


def open_cup(entry: Entry = Entry.OPEN, *, code: str = "", **changes: object) -> Tournament:
    """A tournament that players come into by themselves, its registration open."""
    tournament = create_tournament(
        name="Friday Cup", players=(), entry=entry, entry_code=code, byes=True
    ).tournament
    if changes:
        change_settings(
            tournament_id=tournament.pk,
            actor=STAFF,
            changes=changes,
        )
    open_registration(tournament_id=tournament.pk, actor=ORGANISER)
    return fresh(tournament)


def running(*names: str) -> Tournament:
    tournament = draft(*names)
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    return fresh(tournament)


def fresh(tournament: Tournament) -> Tournament:
    return Tournament.objects.get(pk=tournament.pk)


def comes(tournament: Tournament, name: str) -> Entrant:
    """A new guest of that name registers."""
    return register(tournament_id=tournament.pk, player=guest(name))


def who(tournament: Tournament, *statuses: str) -> list[str]:
    """Those with these statuses, in order; who takes part when none is named."""
    wanted = statuses or (EntryStatus.ENTERED,)
    return [e.name for e in tournament.entrants.filter(status__in=wanted)]


def named(tournament: Tournament, name: str) -> Entrant:
    return tournament.entrants.get(name=name)


def pairing(tournament: Tournament, key: str) -> Pairing:
    return Pairing.objects.select_related("match", "station", "top", "bottom").get(
        group__stage__tournament=tournament, key=key
    )


def said(tournament: Tournament) -> str:
    """The last line of the record."""
    action = tournament.actions.first()
    return f"{action.actor_name} {action.text}" if action else ""
