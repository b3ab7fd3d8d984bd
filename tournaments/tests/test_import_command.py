"""`manage.py import_tournament`: shown first, then made."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tournaments.models import Tournament

from .imported.challonge import Answer, elimination

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_tournament", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def test_a_file_is_shown_then_made(tmp_path: Path) -> None:
    answer = Answer(["Ann", "Bob", "Cem"])
    elimination(answer)
    answer.play(lambda first, second: (first, "1-0"))
    answer.tournament |= {"teams": True}
    file = tmp_path / "cup.json"
    file.write_text(json.dumps(answer.value()))
    shown = run("--preview", file)
    assert "Harbour Open: finished, from Challonge" in shown and "! Not kept: rosters" in shown
    assert not Tournament.objects.exists()
    made = run("--from", "challonge", file)
    tournament = Tournament.objects.get()
    assert f"/tournaments/{tournament.pk}" in made and tournament.token_sha256


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Cannot read"):
        run(tmp_path / "none.json")
    file = tmp_path / "cup.json"
    file.write_text('{"tournament": {"name": "Cup", "tournament_type": "swiss"')
    with pytest.raises(CommandError, match="line 1, column"):
        run(file)
    assert not Tournament.objects.exists()
