"""Our own engine of the FIDE Dutch system (C.04.3, edition of 1 February 2026).

Each bracket is a matching of greatest worth in which worth is all criteria in order, as one
number. What a pair is worth follows from the kinds of the two, so edges are never listed: time
and memory go by players, not by pairs.
"""

from .engine import DutchEngine
from .progress import DecidedBracket, PairingUnfinished, Progress, Step
from .verdict import Denied, Direction, Float, Rest, Verdict, verdict_on
from .words import BoardReasons, Reason, RoundReasons, explained, reasons_for
