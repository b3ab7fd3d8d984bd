"""Whoever runs the release before upgrades, and loses nothing."""

from pathlib import Path

import pytest

from tests.clients import send
from tests.server import SECRET, SQLITE, MatchpointServer, rows, run_manage
from tests.services import PostgresServer
from tournament_site.backups.archive import stored_archive

from . import backup_of

#: What a restore begins anew, and what migrations may add to.
CHANGES = {
    *("django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"),
    *("auth_group", "auth_group_permissions"),
    *("matchmaking_lease", "lobby_presence", "play_host", "lib_serverprocess"),
}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def test_a_database_of_the_release_before_is_migrated_and_serves(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"{SQLITE}{tmp_path / 'site.sqlite3'}"
    if kind == "postgresql":
        postgres: PostgresServer = request.getfixturevalue("postgres")
        url = postgres.create_database(f"upgrade_{tmp_path.name[-12:]}")
    file = backup_of(kind)
    done = run_manage("restore", "--force", str(file), DATABASE_URL=url, **SECRET)
    assert done.returncode == 0, done.stderr
    with stored_archive(file) as archive:
        before = archive.manifest.tables
    assert before["matchmaking_match"].rows and before["tournaments_pairing"].rows
    for name in before.keys() - CHANGES:
        assert rows(url, f'SELECT count(*) FROM "{name}"') == [(before[name].rows,)], name
    with MatchpointServer(database_url=url) as site:
        for path in walk(url):
            answer = send(site.url, "GET", path, headers={"Accept": "text/html"})
            assert answer.status == 200, path
        joined = send(site.url, "POST", "/matchmaking", {"username": "Newcomer"})
        assert joined.status in (200, 201)


def walk(url: str) -> list[str]:
    """Pages of everything that the database has."""
    kept = {
        "/tournaments/{}": "SELECT id FROM tournaments_tournament",
        "/tournaments/{}/screen": "SELECT id FROM tournaments_tournament",
        "/matches/{}": "SELECT id FROM matchmaking_match ORDER BY id LIMIT 20",
        "/players/{}": "SELECT id FROM matchmaking_player ORDER BY id LIMIT 20",
    }
    pages = ["/", "/tournaments", "/leaderboards", "/play", "/health", "/api/openapi.json"]
    return pages + [
        page.format(_hyphened(pk)) for page, query in kept.items() for (pk,) in rows(url, query)
    ]


def _hyphened(pk: object) -> str:
    text = str(pk).replace("-", "")
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
