"""Standings and tie-breaks by the FIDE Play-Off and Tie-Break Regulations (C.07)."""

from .field import System
from .table import Row, TieBreak, standings
from .values import Term, Value, shown
