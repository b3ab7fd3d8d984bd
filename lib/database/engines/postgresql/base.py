"""PostgreSQL's connection; Django asks for it by this name."""

from django.db.backends.postgresql import base

from lib.database.last_work import DoesLastWork


class DatabaseWrapper(DoesLastWork, base.DatabaseWrapper):
    """Django's, that does what was left for the end of a transaction."""
