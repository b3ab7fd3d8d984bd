"""New tournaments with their names and entrants."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from lib import tokens
from lib.errors import Refusal
from lib.names import BadName, Name, parse_name
from matchmaking.models import Player
from matchmaking.ports.game_host import checked_game
from tournaments.files.entrant_lines import NewEntrant
from tournaments.models import (
    TOURNAMENT_NAME_MAX_CHARS,
    Entrant,
    Entry,
    Seeding,
    StageSettings,
    Tournament,
)
from tournaments.services.actors import Actor
from tournaments.services.permissions import owner_actor

from .quotas import check_quota
from .short_addresses import assign_slug
from .stage_plans import set_stages

MIN_PLAYERS = 2


class BadEntrants(Refusal):
    """A list of entrants that no tournament can have."""

    code = "bad_entrants"


@dataclass(frozen=True, slots=True)
class Created:
    """A new tournament, and the organiser's token that is shown this once.

    `warnings` are sentences about the file that it was made of.
    """

    tournament: Tournament
    token: str
    warnings: tuple[str, ...] = ()


def parse_entrants(raw: Sequence[str], *, least: int = MIN_PLAYERS) -> list[Name]:
    """Check a list of names; raises `BadEntrants` naming the line (from 1) that is wrong."""
    most = settings.MATCHPOINT_TOURNAMENT_MAX_PLAYERS
    if len(raw) < least:
        raise BadEntrants("A tournament needs at least two players.")
    if len(raw) > most:
        raise BadEntrants(f"{len(raw)} players are too many: at most {most:,} are allowed.")
    names = [_parse_line(line, text) for line, text in enumerate(raw, start=1)]
    for key, times in Counter(name.name_key for name in names).most_common(1):
        if times == 1:
            break
        twice = next(name.display for name in names if name.name_key == key)
        raise BadEntrants(
            f"{twice!r} is entered {times} times. Each player needs a different name."
        )
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
def create_tournament(  # noqa: PLR0913 - what a tournament is made of
    *,
    name: str,
    players: Sequence[str | NewEntrant],
    seeding: Seeding = Seeding.GIVEN,
    byes: bool = False,
    organiser: Player | None = None,
    entry: Entry = Entry.ORGANISER,
    entry_code: str = "",
    stages: Sequence[StageSettings] = (),
    origin: str = "",
    actor: Actor | None = None,
    plays: str = "",
    play_settings: Mapping[str, Any] | None = None,
) -> Created:
    """Store a draft with its entrants in the order given; raises `Refusal`.

    Without `stages` it is a single elimination. Where players register themselves, `players`
    may be empty, and an odd number is allowed. `actor` is by default the organiser.
    """
    check_quota(organiser, origin)
    open_to_players = entry != Entry.ORGANISER
    new = [NewEntrant(one) if isinstance(one, str) else one for one in players]
    names = parse_entrants([one.name for one in new], least=0 if open_to_players else MIN_PLAYERS)
    if entry == Entry.CODE and not entry_code.strip():
        raise Refusal("Give the code that players need.", code="bad_code")
    if not open_to_players and (not stages or stages[0].format.is_elimination):
        check_even(len(names), byes=byes)
    token = tokens.new_token()
    tournament = Tournament.objects.create(
        name=parse_tournament_name(name),
        seeding=seeding,
        byes=byes,
        organiser=organiser,
        entry=entry,
        entry_code=entry_code.strip(),
        token_sha256=tokens.digest(token),
        origin=origin,
        plays=plays,
        play_settings=checked_game(plays, dict(play_settings or {})),
    )
    assign_slug(tournament)
    Entrant.objects.bulk_create(
        one.row(tournament, seed, name)
        for seed, (one, name) in enumerate(zip(new, names, strict=True), start=1)
    )
    if stages:
        actor = actor or owner_actor(organiser)
        set_stages(tournament_id=tournament.pk, stages=stages, actor=actor)
    return Created(tournament, token)
