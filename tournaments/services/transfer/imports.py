"""Imported files: lists of entrants, report files and whole tournaments.

Exports are in `files`: `sheets` (CSV), `report` (TRF) and `export` (JSON).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from matchmaking.models import Player
from tournaments.files.document import parse_document
from tournaments.files.entrant_lines import BadLines
from tournaments.files.entrant_sheet import Sheet, SheetEntrant, parse_sheet
from tournaments.files.report import document_of_trf
from tournaments.files.text import Text, decode, read_text
from tournaments.models import Entrant, Member, Tournament
from tournaments.services.actors import Actor
from tournaments.services.entry.entrants import add_entrants, check_new_entrants
from tournaments.services.locking import lock_tournament
from tournaments.services.setup.creation import Created

from .restore import restore


class MadeBy(TypedDict, total=False):
    """Who imports a tournament, and from where, as `restore` takes it."""

    organiser: Player | None
    origin: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list of entrants as it was understood, and in which encoding."""

    sheet: Sheet
    text: Text

    @property
    def warnings(self) -> list[str]:
        """A guessed encoding, and columns that were left out."""
        return self.text.warnings + self.sheet.warnings


@dataclass(frozen=True, slots=True)
class AddedList:
    """The entrants out of a file, and what is to be said of it."""

    entrants: list[Entrant]
    warnings: list[str]


def read_entrants(*, tournament: Tournament, data: bytes, encoding: str = "") -> ReadList:
    """A CSV file of entrants who can be added now; nothing is stored.

    `encoding` takes the place of a guess. Raises `BadFile` and `BadLines`, which name line and
    column, and as `add_entrants` does.
    """
    text = read_text(data, encoding=encoding)
    sheet = parse_sheet(text.text, teams=tournament.team_size > 1)
    check_list(tournament, sheet)
    return ReadList(sheet, text)


def check_list(tournament: Tournament, sheet: Sheet) -> None:
    """Raise a refusal when a list cannot be added now, as `add_list` does."""
    _check_rosters(tournament, sheet.entrants)
    check_new_entrants(tournament, [one.new for one in sheet.entrants])


@transaction.atomic
def import_entrants(
    *, tournament_id: UUID, data: bytes, actor: Actor, encoding: str = ""
) -> AddedList:
    """Add the entrants of a CSV file to the end of the list, by their seeds in the file.

    Raises as `read_entrants` does.
    """
    tournament = lock_tournament(tournament_id)
    read = read_entrants(tournament=tournament, data=data, encoding=encoding)
    entrants = add_list(tournament_id=tournament_id, sheet=read.sheet, actor=actor)
    return AddedList(entrants, read.warnings)


@transaction.atomic
def add_list(*, tournament_id: UUID, sheet: Sheet, actor: Actor) -> list[Entrant]:
    """Add the entrants of a list with their rosters; raises `BadLines`, and as `add_entrants`."""
    _check_rosters(lock_tournament(tournament_id), sheet.entrants)
    entrants = add_entrants(
        tournament_id=tournament_id, entrants=[one.new for one in sheet.entrants], actor=actor
    )
    Member.objects.bulk_create(
        Member(entrant=entrant, name=name, is_captain=place == 0)
        for entrant, one in zip(entrants, sheet.entrants, strict=True)
        for place, name in enumerate(one.members)
    )
    return entrants


def _check_rosters(tournament: Tournament, sheet: Sequence[SheetEntrant]) -> None:
    """Raise `BadLines` where a roster is not one of this tournament."""
    wrong = [
        f"Line {one.line}, members: {fault}"
        for one in sheet
        if one.members and (fault := _roster_fault(tournament.team_size, one.members))
    ]
    if wrong:
        raise BadLines(wrong)


def _roster_fault(team_size: int, members: Sequence[str]) -> str:
    if team_size == 1:
        return "this tournament is for single players."
    if len(members) > team_size:
        return f"there are {len(members)}, and a team has at most {team_size}."
    if len({member.casefold() for member in members}) < len(members):
        return "somebody is there twice."
    return ""


def import_tournament(*, data: bytes, **made_by: Unpack[MadeBy]) -> Created:
    """A new tournament out of a JSON document that was exported; raises `BadFile`."""
    return restore(document=parse_document(decode(data)), **made_by)


def import_trf(*, data: bytes, encoding: str = "", **made_by: Unpack[MadeBy]) -> Created:
    """A new Swiss out of a report file, with the rounds in it; raises `BadFile`.

    A file without rounds becomes a draft. `encoding` replaces the guess where it is not in UTF-8.
    """
    read = read_text(data, encoding=encoding)
    document, warnings = document_of_trf(read.text)
    made = restore(document=document, **made_by)
    return replace(made, warnings=(*read.warnings, *warnings))


def import_file(*, data: bytes, **made_by: Unpack[MadeBy]) -> Created:
    """A new tournament out of either kind of file: only JSON begins with a brace."""
    read = import_tournament if read_text(data).text.lstrip().startswith("{") else import_trf
    return read(data=data, **made_by)
