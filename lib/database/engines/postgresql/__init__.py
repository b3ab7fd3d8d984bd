"""PostgreSQL, as `ENGINE`."""
