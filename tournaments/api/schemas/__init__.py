"""What the API answers, for its description; the answers are made by `answers` and beside routes.

A test holds the answers to these shapes. Expect new fields: clients ignore those they do not know.
"""

from .base import Confirmation, Refused, Responses, Shape, errors, found, found_errors
from .entrants import Arrived, Day, Entrant, EntrantBrief, Entrants, Late, Member, OneEntrant
from .tables import (
    Bye,
    ChangedRound,
    EndedStage,
    GivenBye,
    GroupStandings,
    Paired,
    PairedRound,
    RoundLength,
    StageStandings,
    Standing,
    Standings,
    TieBreak,
    Value,
)
from .tournaments import (
    Brief,
    Called,
    Created,
    EmptiedMatch,
    Ended,
    Entered,
    Group,
    Imported,
    Line,
    Listed,
    Match,
    Place,
    Reinstated,
    Reopened,
    Round,
    Side,
    Stage,
    StageBrief,
    Started,
    Tournament,
)
from .venue import (
    Action,
    Actions,
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
