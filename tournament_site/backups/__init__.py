"""Backups: one checked file of the whole database, made while the site runs, and the way back."""
