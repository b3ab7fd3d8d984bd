"""A tournament's settings: most change only before its start."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from lib.errors import Conflict, Refusal
from matchmaking.models import DecidedBy, Pool
from matchmaking.ports.game_host import checked_game
from service_keys.models import ServiceKey
from tournaments.files.document import YEARS
from tournaments.models import Entry, KeepApart, Reporting, Seeding, Tournament
from tournaments.models.tournament_settings import TEAM_SIZE_MAX
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.capacity import fill_places
from tournaments.services.locking import lock_tournament, wrong_state
from tournaments.services.permissions import check_may_choose_server, check_may_rate
from tournaments.services.undoable import SettingsChanged

from .creation import parse_tournament_name
from .short_addresses import claim_slug, parse_slug

ABOUT_MAX_CHARS = 4000
CODE_MAX_CHARS = 40
MINUTES_MAX = 7 * 24 * 60


def _number(least: int, most: int, what: str) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Refusal(f"{what} must be a number from {least} to {most:,}.")
        return value

    return check


def _or_none(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else check(value)


def _parse_about(value: Any) -> str:
    text = str(value).replace("\r\n", "\n").strip()
    if len(text) > ABOUT_MAX_CHARS or not all(c.isprintable() or c in "\n\t" for c in text):
        raise Refusal(
            f"The text has at most {ABOUT_MAX_CHARS:,} characters, all of them printable."
        )
    return text


def _parse_code(value: Any) -> str:
    code = str(value).strip()
    if len(code) > CODE_MAX_CHARS or not code.isprintable():
        raise Refusal(
            f"The code has at most {CODE_MAX_CHARS} characters, all of them printable.",
            code="bad_code",
        )
    return code


def _parse_start(value: datetime) -> datetime:
    if value.year not in YEARS:
        raise Refusal(f"The start is between {YEARS[0]} and {YEARS[-1]}.", code="bad_start")
    return value


@dataclass(frozen=True, slots=True)
class Setting:
    """What a setting is called in the record, how its value is checked, and until when it changes.

    `parse` returns the value as it is stored, and raises a `Refusal` for a wrong one.
    """

    label: str
    parse: Callable[[Any], Any] = lambda value: value
    while_running: bool = False
    when_over: bool = False


SETTINGS = {
    "name": Setting("the name", parse_tournament_name, while_running=True, when_over=True),
    "slug": Setting("the short address", parse_slug, while_running=True, when_over=True),
    "about": Setting("the text", _parse_about, while_running=True, when_over=True),
    "entry": Setting("who may enter", Entry),
    "entry_code": Setting("the code", _parse_code),
    "capacity": Setting(
        "the capacity",
        _or_none(_number(2, settings.MATCHPOINT_TOURNAMENT_MAX_PLAYERS, "The capacity")),
    ),
    "team_size": Setting("the size of teams", _number(1, TEAM_SIZE_MAX, "The size of a team")),
    "check_in_minutes": Setting(
        "the check-in", _or_none(_number(1, MINUTES_MAX, "The check-in, in minutes,"))
    ),
    "starts_at": Setting("the start", _or_none(_parse_start)),
    "match_minutes": Setting(
        "the length of a match",
        _number(1, MINUTES_MAX, "The length of a match, in minutes,"),
        while_running=True,
    ),
    "reporting": Setting("who reports", Reporting, while_running=True),
    "decided_by": Setting("who decides", DecidedBy, while_running=True),
    "game_server": Setting("the game server", while_running=True),
    "rated_in": Setting("the ratings"),
    "plays": Setting("the game"),
    "play_settings": Setting("the settings of the game"),
    "seeding": Setting("the seeding", Seeding),
    "byes": Setting("byes"),
    "keep_apart": Setting("who is kept apart", KeepApart),
}


@transaction.atomic
def change_settings(*, tournament_id: UUID, actor: Actor, changes: Mapping[str, Any]) -> Tournament:
    """Change settings by their names; raises a refusal for a wrong value, or when it is late.

    Only staff choose the pool of the ratings: `Forbidden` for others.
    """
    tournament = lock_tournament(tournament_id)
    checked: dict[str, Any] = {}
    for field, value in _with_game(tournament, changes).items():
        clean = SETTINGS[field].parse(value)
        if clean != getattr(tournament, field):
            checked[field] = clean
    if not checked:
        return tournament
    if "rated_in" in checked:
        check_may_rate(actor)
    if checked.get("decided_by") == DecidedBy.GAME_SERVER or checked.get("game_server"):
        check_may_choose_server(actor)
    check_in_time(tournament, checked)
    undo = SettingsChanged({field: _kept(getattr(tournament, field)) for field in checked})
    for field, value in checked.items():
        setattr(tournament, field, value)
    _check_together(tournament, checked)
    if "slug" in checked:
        claim_slug(tournament, checked["slug"])
    tournament.save(update_fields=tuple(checked))
    text = "changed " + ", ".join(SETTINGS[field].label for field in checked)
    audit_log.record(tournament, actor, "settings", text, undo=undo)
    if "capacity" in checked:
        fill_places(tournament)
    return tournament


def _with_game(tournament: Tournament, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The changes, in which a game comes with its own settings; another one with the usual ones."""
    if not {"plays", "play_settings"} & changes.keys():
        return changes
    plays = changes.get("plays", tournament.plays)
    former = tournament.play_settings if plays == tournament.plays else {}
    settings_ = checked_game(plays, changes.get("play_settings", former))
    return {**changes, "plays": plays, "play_settings": settings_}


def _kept(value: Any) -> Any:
    """A value as the record stores it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, ServiceKey):
        return str(value.pk)
    return value.pk if isinstance(value, Pool) else value


def check_in_time(tournament: Tournament, changes: Iterable[str]) -> None:
    """Raise `Conflict` when it is too late to change one of these settings."""
    if tournament.is_before_start:
        return
    changed = [SETTINGS[name] for name in changes]
    late = [
        one.label
        for one in changed
        if not (one.when_over if tournament.is_over else one.while_running)
    ]
    if late:
        raise wrong_state(tournament, f"it is too late to change {', '.join(late)}.")


def _check_together(tournament: Tournament, changes: dict[str, Any]) -> None:
    if tournament.entry == Entry.CODE and not tournament.entry_code:
        raise Refusal("Give the code that players need.", code="bad_code")
    if tournament.decided_by == DecidedBy.GAME_SERVER and tournament.game_server is None:
        raise Refusal(
            "Say which game server decides: name its key as `game_server`.", code="no_game_server"
        )
    if "starts_at" in changes and tournament.starts_at and tournament.starts_at < timezone.now():
        raise Refusal("The start is in the past. Give a later time.", code="bad_start")
    if "capacity" in changes and tournament.capacity is not None:
        entered = tournament.entrants.taking_part().count()
        if entered > tournament.capacity:
            raise Conflict(
                f"{entered} take part already: remove some before there are only "
                f"{tournament.capacity} places.",
                code="bad_capacity",
            )
    if "team_size" in changes:
        _check_rosters(tournament)
    if {"plays", "play_settings"} & changes.keys():
        tournament.play_settings = checked_game(tournament.plays, tournament.play_settings)


def _check_rosters(tournament: Tournament) -> None:
    larger = tournament.entrants.annotate(size=Count("members")).filter(
        size__gt=0 if tournament.team_size == 1 else tournament.team_size
    )
    if team := larger.first():
        raise Conflict(
            f"{team} has {team.members.count()} players on its roster. Take some off first.",
            code="roster_full",
        )
