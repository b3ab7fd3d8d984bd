"""SQLite, as `ENGINE`."""
