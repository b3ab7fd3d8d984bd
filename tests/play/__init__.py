"""Matches that are played on real server processes, which are killed, frozen and restarted."""
