"""The log: how its lines look, what they never hold, and one line for each request and socket."""
