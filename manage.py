#!/usr/bin/env python
"""Django's command line for Matchpoint."""

import os
import secrets
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tournament_site.settings")
    if sys.argv[1:2] == ["pair_swiss"]:
        # Other programs call it: it pairs a file, stores and signs nothing, and needs no secret.
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    execute_from_command_line(sys.argv)
