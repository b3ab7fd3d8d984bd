"""A game server that has only the Python client runs matches while the site is killed twice."""

import json
from pathlib import Path

import pytest

from tests.server import MatchpointServer, rows

from .arena import arena_key
from .packages import build_wheel, install_wheel
from .running import Program

PROGRAM = Path(__file__).parent / "programs" / "arena.py"
MATCHES = 20


@pytest.mark.timeout(240)
def test_a_game_server_runs_twenty_rated_matches_while_the_site_is_killed_twice(
    tmp_path: Path,
) -> None:
    python = install_wheel(build_wheel(tmp_path), tmp_path / "venv")
    with MatchpointServer() as site:
        key = arena_key(site.database_url)
        rows(
            site.database_url,
            "UPDATE matchmaking_pool SET team_size = 2, teams = 2 WHERE slug = 'arena'",
        )
        with Program(python, PROGRAM, site.url, key, "arena", str(MATCHES)) as program:
            for decided in (4, 12):
                program.until(f"decided {decided}")
                site.kill()
                site.start()
            known = json.loads(program.ends()[-1])
        ended = rows(
            site.database_url,
            "SELECT id, winner, revision FROM matchmaking_match WHERE state = 'finished'",
        )
        rated = rows(site.database_url, "SELECT match_id FROM matchmaking_ratedmatch")
        changes = rows(
            site.database_url,
            "SELECT rated_id, COUNT(*) FROM matchmaking_ratingchange GROUP BY rated_id",
        )
        places = rows(site.database_url, "SELECT state FROM matchmaking_openplace")
        noted = rows(
            site.database_url,
            "SELECT COUNT(*) FROM matchmaking_servedmatch WHERE statistics <> '{}'",
        )
    assert known["refused"] in {"bad_score", "result_changed"}
    assert known["drops"] == 1
    winners = {match.replace("-", ""): winner for match, winner in known["decided"].items()}
    assert len(winners) == MATCHES
    assert {str(match).replace("-", ""): winner for match, winner, _ in ended} == winners
    assert {revision for _, _, revision in ended} == {1}
    assert sorted(str(match).replace("-", "") for (match,) in rated) == sorted(winners)
    assert [count for _, count in changes] == [4] * MATCHES
    assert places == [("filled",)]
    assert noted == [(MATCHES,)]
