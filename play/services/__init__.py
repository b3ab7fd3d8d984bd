"""Every write of rooms and of the games played in them; each function owns its transaction."""
