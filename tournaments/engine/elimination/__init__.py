"""Single and double elimination for any number of entrants, as pure values."""

from .bracket import (
    BRACKET_RESET,
    BYE,
    Bracket,
    Bye,
    LoserOf,
    Pairing,
    Part,
    Place,
    Seed,
    Side,
    Source,
    WinnerOf,
)
from .double import double_elimination
from .drawn import BadDraw, Draw, Drawn, Matches, bracket_of_draw, lay_out, matches_of
from .names import round_name
from .placings import placings
from .progress import (
    State,
    advance,
    champion,
    correct,
    decide,
    reopen,
    resolve,
    walkovers_due,
)
from .single import single_elimination
from .state import (
    DOUBLE_FORFEIT,
    UNDECIDED,
    VACANT,
    Entrant,
    Occupant,
    Outcome,
    PairingStatus,
    Pending,
    ResolvedPairing,
    Undecided,
    Vacant,
    Win,
    settle,
)
