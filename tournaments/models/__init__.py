"""Tournaments, entrants, stages and pairings; what must never be twice is a constraint here."""

from .actions import Action
from .entrants import UNLISTED, Entrant, EntryStatus, Member
from .pairings import Pairing, PairingState, Slot
from .stage_settings import CommonStageSettings, Format, StageSettings
from .stages import Bye, ByeKind, Colour, Contender, Group, Part, Round, Stage, StageState
from .tournament import TOURNAMENT_NAME_MAX_CHARS, ShortAddress, Tournament, TournamentState
from .tournament_settings import Entry, KeepApart, Reporting, Seeding, TournamentSettings
from .venue import Judge, Station
