"""Tournaments, entrants, stages and pairings; what must never be twice is a constraint here."""

from .day import Action, Judge, Station
from .entrants import Entrant, EntryStatus, Member
from .pairings import Pairing, PairingState, Slot
from .stages import Bye, ByeKind, Colour, Contender, Format, Group, Part, Round, Stage, StageState
from .tournament import (
    TOURNAMENT_NAME_MAX_CHARS,
    Entry,
    KeepApart,
    Reporting,
    Seeding,
    Tournament,
    TournamentState,
)

__all__ = [
    "TOURNAMENT_NAME_MAX_CHARS",
    "Action",
    "Bye",
    "ByeKind",
    "Colour",
    "Contender",
    "Entrant",
    "Entry",
    "EntryStatus",
    "Format",
    "Group",
    "Judge",
    "KeepApart",
    "Member",
    "Pairing",
    "PairingState",
    "Part",
    "Reporting",
    "Round",
    "Seeding",
    "Slot",
    "Stage",
    "StageState",
    "Station",
    "Tournament",
    "TournamentState",
]
