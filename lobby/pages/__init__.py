"""The lobby's page."""
