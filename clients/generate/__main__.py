"""`python -m clients.generate`: write the types of the clients anew."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tournament_site.settings")
os.environ.setdefault("SECRET_KEY", "only-to-read-the-types")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
django.setup()

from .files import files  # noqa: E402 - the models must be there

ROOT = Path(__file__).resolve().parents[2]
for path, text in files().items():
    (ROOT / path).write_text(text)
