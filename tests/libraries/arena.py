"""A pool whose matches a game server decides."""

import re

from tests.server import SECRET, add_pool, rows, run_manage

_SCOPES = [f"--scope={scope}" for scope in ("read", "matches", "pools")]


def arena_key(database_url: str) -> str:
    """Make the pool `arena`, and return the token of its game server."""
    done = run_manage("service_key", "make", "Arena", *_SCOPES, DATABASE_URL=database_url, **SECRET)
    assert done.returncode == 0, done.stderr
    [[key_id]] = rows(database_url, "SELECT id FROM service_keys_servicekey")
    decided = {"decided_by": "'game_server'", "game_server_id": f"'{key_id}'", "backfill": "true"}
    add_pool(database_url, "arena", **decided)
    token = re.search(r"mp_[\w-]+", done.stdout)
    assert token is not None
    return token[0]
