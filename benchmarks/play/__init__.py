"""Rooms of Pong: how many fit on a core, how soon an input shows, and what a bad network does."""
