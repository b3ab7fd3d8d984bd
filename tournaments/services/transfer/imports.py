"""Imported files: lists of entrants, report files and whole tournaments.

Exports are in `files`: `sheets` (CSV), `report` (TRF) and `export` (JSON).
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from matchmaking.models import Player
from tournaments.files.document import parse_document
from tournaments.files.entrant_lines import BadLines
from tournaments.files.entrant_sheet import SheetEntrant, parse_sheet
from tournaments.files.report import document_of_trf
from tournaments.files.text import decode, read_text
from tournaments.models import Entrant, Member, Tournament
from tournaments.services.actors import Actor
from tournaments.services.entry.entrants import add_entrants
from tournaments.services.locking import lock_tournament
from tournaments.services.setup.creation import Created

from .restore import restore


@transaction.atomic
def import_entrants(*, tournament_id: UUID, data: bytes, actor: Actor) -> list[Entrant]:
    """Add the entrants of a CSV file to the end of the list, by their seeds in the file.

    Raises `BadFile` and `BadLines`, which name line and column, and as `add_entrants` does.
    """
    sheet = parse_sheet(decode(data))
    tournament = lock_tournament(tournament_id)
    _check_rosters(tournament, sheet)
    entrants = add_entrants(
        tournament_id=tournament_id, entrants=[one.new for one in sheet], actor=actor
    )
    Member.objects.bulk_create(
        Member(entrant=entrant, name=name, is_captain=place == 0)
        for entrant, one in zip(entrants, sheet, strict=True)
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


def import_tournament(*, data: bytes, organiser: Player | None = None) -> Created:
    """A new tournament out of a JSON document that was exported; raises `BadFile`."""
    return restore(document=parse_document(decode(data)), organiser=organiser)


def import_trf(*, data: bytes, organiser: Player | None = None, encoding: str = "") -> Created:
    """A new Swiss out of a report file, with the rounds in it; raises `BadFile`.

    A file without rounds becomes a draft. `encoding` replaces the guess where it is not in UTF-8.
    """
    read = read_text(data, encoding=encoding)
    document, warnings = document_of_trf(read.text)
    made = restore(document=document, organiser=organiser)
    return replace(made, warnings=(*read.warnings, *warnings))


def import_file(*, data: bytes, organiser: Player | None = None) -> Created:
    """A new tournament out of either kind of file: only JSON begins with a brace."""
    read = import_tournament if read_text(data).text.lstrip().startswith("{") else import_trf
    return read(data=data, organiser=organiser)
