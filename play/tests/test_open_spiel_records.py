"""Finished games of OpenSpiel: played again by the command, and shown to spectators."""

import os
from importlib.util import find_spec

import pytest
from django.core.management import call_command
from django.test import Client

from .records import played_match

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        find_spec("pyspiel") is None and os.environ.get("CI") != "true", reason="no OpenSpiel"
    ),
]


@pytest.mark.parametrize("slug", ["hex", "liars-dice"])
def test_a_record_gives_the_stored_result_again(
    slug: str, capsys: pytest.CaptureFixture[str]
) -> None:
    match = played_match(slug, seed=3)
    call_command("replay", str(match.pk))
    assert "Game 1" in capsys.readouterr().out
    record = Client().get(f"/api/matches/{match.pk}/games/1").json()
    assert len(record["views"]) == record["length"] + 1
    assert all("history" not in view and "information" not in view for view in record["views"])
