"""The command line: Django first, then what needs its models."""

import os
from importlib import import_module

import django

from tests import environment  # noqa: F401 - a SECRET_KEY, without which nothing loads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tournament_site.settings")
django.setup()
import_module("tests.upgrades.making").main()
