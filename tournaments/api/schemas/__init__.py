"""What routes answer around the nouns of `tournaments.schemas`; the description is made of both.

A test holds the answers to these structs. Clients ignore fields that they do not know.
"""

from tournaments.schemas import Tournament

from .base import Confirmation, Responses, errors, found, found_errors
from .entrants import (
    AddedList,
    Arrived,
    ChangedEntrants,
    Day,
    Entrants,
    Late,
    OneEntrant,
    ReadList,
)
from .tables import ChangedRound, EndedStage, GivenBye, Paired, Standings
from .tournaments import (
    Called,
    Created,
    Ended,
    Entered,
    Imported,
    Listed,
    Reinstated,
    Reopened,
    Started,
)
from .venue import (
    Actions,
    ChangedStations,
    Judges,
    NewJudge,
    OneJudge,
    OneStation,
    Schedule,
    Stations,
    Undone,
)
