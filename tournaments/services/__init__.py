"""Every write of this app; each function owns its transaction."""
