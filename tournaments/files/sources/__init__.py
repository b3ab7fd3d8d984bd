"""Tournaments as other programs write them, read into documents; no module knows the database."""
