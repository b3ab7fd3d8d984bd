"""Django's databases, with one addition: work that is done as the last of a transaction."""
