"""Matches while they are played: the rooms of this process, their clock, and who is in them."""
