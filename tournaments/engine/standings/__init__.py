"""Standings and tie-breaks by the FIDE Play-Off and Tie-Break Regulations (C.07)."""

from tournaments.engine.standings.field import Edition, System
from tournaments.engine.standings.table import Row, TieBreak, standings
from tournaments.engine.standings.values import Term, Value, shown

__all__ = ["Edition", "Row", "System", "Term", "TieBreak", "Value", "shown", "standings"]
