"""What routes answer around the nouns of `tournaments.schemas`, each built from its rows.

Clients ignore fields that they do not know.
"""

from tournaments.schemas import Brief, Bye, Match, StageBrief, Tournament, whole_tournament

from .draw import Draw
from .entrants import (
    AddedList,
    Arrived,
    ChangedEntrants,
    Entrant,
    Entrants,
    Late,
    OneEntrant,
    ReadList,
)
from .tables import (
    ChangedRound,
    EndedStage,
    FinalPlace,
    GivenBye,
    NextRound,
    Paired,
    PairedRound,
    RoundLength,
    RoundReasons,
    StageStandings,
    Standings,
)
from .tournaments import (
    Called,
    Confirmation,
    Created,
    Day,
    EmptiedMatch,
    Ended,
    Entered,
    Imported,
    ImportPreview,
    Line,
    Listed,
    Reinstated,
    Reopened,
    Started,
)
from .venue import (
    Action,
    Actions,
    ChangedStations,
    Judge,
    Judges,
    NewJudge,
    OneJudge,
    OneStation,
    Schedule,
    Station,
    Stations,
    Undone,
)
