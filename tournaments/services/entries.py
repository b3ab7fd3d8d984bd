"""Making a tournament: its name, its entrants and who may run it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from matchmaking import tokens
from matchmaking.errors import Refusal
from matchmaking.models import Player
from matchmaking.names import BadName, Name, parse_name

from ..models import TOURNAMENT_NAME_MAX_CHARS, Entrant, Seeding, Tournament

MIN_PLAYERS = 2


class BadEntrants(Refusal):
    """A list of entrants that makes no tournament."""

    code = "bad_entrants"


@dataclass(frozen=True, slots=True)
class Created:
    """A new tournament, and the organiser's token that is shown this once."""

    tournament: Tournament
    token: str


def parse_entrants(raw: Sequence[str]) -> list[Name]:
    """Check a list of names; raises `BadEntrants` naming the line (from 1) that is wrong."""
    most = settings.MATCHPOINT_TOURNAMENT_MAX_PLAYERS
    if len(raw) < MIN_PLAYERS:
        raise BadEntrants("A tournament needs at least two players.")
    if len(raw) > most:
        raise BadEntrants(f"{len(raw)} players are too many: at most {most:,} are allowed.")
    names = [_parse_line(line, text) for line, text in enumerate(raw, start=1)]
    [(key, times)] = Counter(name.name_key for name in names).most_common(1)
    if times > 1:
        twice = next(name.display for name in names if name.name_key == key)
        raise BadEntrants(f"{twice!r} is entered {times} times. Every player needs another name.")
    return names


def _parse_line(line: int, text: str) -> Name:
    try:
        return parse_name(text)
    except BadName as refusal:
        raise BadEntrants(f"Player {line}: {refusal.message}") from refusal


def parse_tournament_name(raw: str) -> str:
    """Check a tournament's name, 1 to 80 printable characters; raises `Refusal`."""
    name = " ".join(raw.split())
    if not name:
        raise Refusal("The tournament's name is empty.", code="bad_name")
    if len(name) > TOURNAMENT_NAME_MAX_CHARS or not name.isprintable():
        raise Refusal(
            "The tournament's name must have 1 to 80 characters, all of them printable.",
            code="bad_name",
        )
    return name


def check_even(count: int, *, byes: bool) -> None:
    """Raise `BadEntrants` when an odd number would need a bye that was not asked for."""
    if count % 2 and not byes:
        raise BadEntrants("Number of players must be even.", code="odd_players")


@transaction.atomic
def create_tournament(
    *,
    name: str,
    players: Sequence[str],
    seeding: Seeding = Seeding.GIVEN,
    byes: bool = False,
    organiser: Player | None = None,
) -> Created:
    """Store a draft with its entrants in the order given; raises `Refusal`."""
    names = parse_entrants(players)
    check_even(len(names), byes=byes)
    token = tokens.new_token()
    tournament = Tournament.objects.create(
        name=parse_tournament_name(name),
        seeding=seeding,
        byes=byes,
        organiser=organiser,
        token_sha256=tokens.digest(token),
    )
    Entrant.objects.bulk_create(
        Entrant(tournament=tournament, seed=seed, name=entrant.display, name_key=entrant.name_key)
        for seed, entrant in enumerate(names, start=1)
    )
    return Created(tournament, token)
