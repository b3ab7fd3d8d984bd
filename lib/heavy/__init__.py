"""Work that takes long: a few at a time, and once for many readers.

A request that waits here holds no connection of the database, so that others find one free.
"""
