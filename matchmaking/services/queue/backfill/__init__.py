"""Places in running matches that players left."""
