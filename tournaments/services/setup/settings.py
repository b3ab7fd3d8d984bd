"""What a tournament is like, changed before its start; a little of it afterwards too."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from lib.errors import Conflict, Refusal
from matchmaking.models import Pool
from tournaments.files.document import YEARS
from tournaments.models import Entry, EntryStatus, KeepApart, Reporting, Seeding, Tournament
from tournaments.models.tournament import TEAM_SIZE_MAX
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.capacity import fill_places
from tournaments.services.locking import lock_tournament
from tournaments.services.undoable import SettingsChanged

from .creation import parse_tournament_name

ABOUT_MAX_CHARS = 4000
CODE_MAX_CHARS = 40
MINUTES_MAX = 7 * 24 * 60


class Changes(TypedDict, total=False):
    """What is to change; what is not named stays."""

    name: str
    about: str
    entry: Entry
    entry_code: str
    capacity: int | None
    team_size: int
    check_in_minutes: int | None
    starts_at: datetime | None
    match_minutes: int
    reporting: Reporting
    rated_in: Pool | None
    seeding: Seeding
    byes: bool
    keep_apart: KeepApart


#: What can be changed at any time, and what while it runs; all else, only before the start.
_ALWAYS = frozenset({"name", "about"})
_WHILE_RUNNING = _ALWAYS | {"match_minutes", "reporting"}
_LABELS = {
    "entry": "who may enter", "entry_code": "the code", "capacity": "the capacity",
    "team_size": "the size of teams", "check_in_minutes": "the check-in", "starts_at": "the start",
    "match_minutes": "the length of a match", "reporting": "who reports",
    "rated_in": "the ratings", "seeding": "the seeding", "byes": "byes",
    "keep_apart": "who is kept apart", "name": "the name", "about": "the text",
}  # fmt: skip


def checked_setting(field: str, value: Any) -> Any:
    """The value as it is stored; raises a refusal for one that the field cannot have."""
    check = _CHECKS.get(field)
    return check(value) if check else value


@transaction.atomic
def change_settings(*, tournament_id: UUID, actor: Actor, changes: Changes) -> Tournament:
    """Change a tournament's settings; raises `Refusal` for what is wrong or comes too late."""
    tournament = lock_tournament(tournament_id)
    checked: dict[str, Any] = {}
    for field, value in changes.items():
        clean = checked_setting(field, value)
        if clean != getattr(tournament, field):
            checked[field] = clean
    if not checked:
        return tournament
    check_in_time(tournament, checked)
    before = {field: _kept(getattr(tournament, field)) for field in checked}
    for field, value in checked.items():
        setattr(tournament, field, value)
    _check_together(tournament, checked)
    tournament.save(update_fields=tuple(checked))
    changed = ", ".join(_LABELS[field] for field in checked)
    audit_log.record(
        tournament=tournament,
        actor=actor,
        verb="settings",
        text=f"changed {changed}",
        undo=SettingsChanged(before=before),
    )
    if "capacity" in checked:
        fill_places(tournament)
    return tournament


def _kept(value: Any) -> Any:
    """A value as the record keeps it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value.pk if isinstance(value, Pool) else value


def check_in_time(tournament: Tournament, changes: Iterable[str]) -> None:
    """Raise `Conflict` when it is too late to change one of these settings."""
    allowed = _ALWAYS if tournament.is_over else _WHILE_RUNNING
    late = [_LABELS[f] for f in changes if f not in allowed]
    if late and not tournament.is_before_start:
        raise Conflict(
            f"{tournament.name} is {tournament.get_state_display()}: it is too late to change "
            f"{', '.join(late)}.",
            code="too_late",
        )


def _check_together(tournament: Tournament, changes: dict[str, Any]) -> None:
    if tournament.entry == Entry.CODE and not tournament.entry_code:
        raise Refusal("Give the code that players need.", code="bad_code")
    if "starts_at" in changes and tournament.starts_at and tournament.starts_at < timezone.now():
        raise Refusal("The start is in the past. Give a later time.", code="bad_start")
    if "capacity" in changes and tournament.capacity is not None:
        entered = tournament.entrants.filter(status=EntryStatus.ENTERED).count()
        if entered > tournament.capacity:
            raise Conflict(
                f"{entered} take part already: remove some before there are only "
                f"{tournament.capacity} places.",
                code="bad_capacity",
            )
    if "team_size" in changes:
        _check_rosters(tournament)


def _check_rosters(tournament: Tournament) -> None:
    larger = tournament.entrants.annotate(size=Count("members")).filter(
        size__gt=0 if tournament.team_size == 1 else tournament.team_size
    )
    if team := larger.first():
        raise Conflict(
            f"{team} has {team.members.count()} players on its roster. Take some off first.",
            code="roster_full",
        )


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


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": parse_tournament_name,
    "about": _parse_about,
    "entry": Entry,
    "entry_code": _parse_code,
    "capacity": _or_none(_number(2, settings.MATCHPOINT_TOURNAMENT_MAX_PLAYERS, "The capacity")),
    "team_size": _number(1, TEAM_SIZE_MAX, "The size of a team"),
    "check_in_minutes": _or_none(_number(1, MINUTES_MAX, "The check-in, in minutes,")),
    "starts_at": _or_none(_parse_start),
    "match_minutes": _number(1, MINUTES_MAX, "The length of a match, in minutes,"),
    "reporting": Reporting,
    "seeding": Seeding,
    "keep_apart": KeepApart,
}
