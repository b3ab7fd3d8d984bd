"""Imported files: lists of entrants, report files and whole tournaments.

Which program a file is from, `files.sources` knows. Exports are in `files`: `sheets` (CSV),
`report` (TRF) and `export` (JSON).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from matchmaking.models import Player
from tournaments.files.entrant_lines import BadLines
from tournaments.files.entrant_sheet import Sheet, SheetEntrant, parse_sheet
from tournaments.files.sources.found import Found, Source, some_of
from tournaments.files.sources.recognise import read_file
from tournaments.files.text import Text, read_text
from tournaments.models import Entrant, Member, Tournament
from tournaments.services.actors import Actor
from tournaments.services.entry.entrants import add_entrants, check_new_entrants
from tournaments.services.locking import lock_tournament
from tournaments.services.setup.creation import Created
from tournaments.storage.final_places import final_places
from tournaments.storage.tables import Placing

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


@dataclass(frozen=True, slots=True)
class Made:
    """A tournament out of a file, with its final places once it is over."""

    created: Created
    places: tuple[Placing, ...]


def import_file(
    *, data: bytes, source: Source | None = None, encoding: str = "", **made_by: Unpack[MadeBy]
) -> Created:
    """A new tournament out of a file of any program that is known; raises `BadFile`.

    `source` is found by what the file looks like, and `encoding` guessed, where they are not said.
    The warnings say what is not carried over, and whose final place is another one there.
    """
    found, said = read_source(data, source, encoding)
    return made_of(restore(document=found.document, **made_by), found, said).created


def import_tournament(*, data: bytes, **made_by: Unpack[MadeBy]) -> Created:
    """A new tournament out of a JSON document that was exported here; raises `BadFile`."""
    return import_file(data=data, source=Source.MATCHPOINT, **made_by)


def import_trf(*, data: bytes, encoding: str = "", **made_by: Unpack[MadeBy]) -> Created:
    """A new Swiss out of a report file, with the rounds in it; raises `BadFile`."""
    return import_file(data=data, source=Source.TRF, encoding=encoding, **made_by)


def read_source(data: bytes, source: Source | None, encoding: str) -> tuple[Found, list[str]]:
    """The tournament in a file, and a sentence where its encoding was guessed."""
    read = read_text(data, encoding=encoding)
    return read_file(read.text, source), read.warnings


def made_of(created: Created, found: Found, said: Sequence[str]) -> Made:
    """A tournament that was made, with everything that is to be said of it."""
    places = final_places(created.tournament) if found.places else ()
    warnings = (*created.warnings, *said, *found.left_out, *_other_places(places, found.places))
    return Made(replace(created, warnings=warnings), places)


def _other_places(places: Sequence[Placing], there: Mapping[int, int]) -> list[str]:
    """Sentences about who has another final place here than in the file."""
    other = []
    sharing = Counter(there.values())
    for place in places:
        entrant = place.contender.entrant
        rank = there.get(entrant.seed)
        if rank is not None and (place.last < rank or rank + sharing[rank] <= place.first):
            other.append(f"{entrant} has place {place.places} here, and {rank} in the file.")
    if not other:
        return []
    return [*some_of(other, "places"), "Tie-breaks differ between programs; the results are the "
            "same."]  # fmt: skip
