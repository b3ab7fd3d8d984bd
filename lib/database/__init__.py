"""The database: what is wrong with it, and which process holds a lease in it."""
