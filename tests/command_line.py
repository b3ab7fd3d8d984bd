"""Imported first by what runs from the command line: Django, and the static files, as in tests."""

import os

import django
from django.core.management import call_command

import tests.environment  # noqa: F401 - the settings need its variables

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tournament_site.settings")
django.setup()
call_command("collectstatic", interactive=False, verbosity=0)
