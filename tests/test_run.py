"""`manage.py serve` says why it will not start, and what it serves once it does."""

import socket

from .server import SECRET, MatchpointServer, run_manage


def test_it_refuses_to_start_without_a_secret() -> None:
    done = run_manage("serve")
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr
    assert "make run" in done.stderr


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_manage("serve", PORT=port, DATABASE_URL="sqlite:////dev/null", **SECRET)
    assert done.returncode != 0
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_limits_cannot_be_lifted_on_a_public_site() -> None:
    for public in ({"HOST": "0.0.0.0"}, {"PUBLIC_URL": "https://play.example.org"}):
        done = run_manage("check", RATE_LIMITS="off", **public, **SECRET)
        assert done.returncode != 0
        assert "RATE_LIMITS=off is for load tests" in done.stderr
    assert run_manage("check", RATE_LIMITS="off", **SECRET).returncode == 0


def test_a_wrong_address_of_the_site_is_refused() -> None:
    done = run_manage("check", PUBLIC_URL="play.example.org", **SECRET)
    assert done.returncode != 0
    assert "PUBLIC_URL must look like" in done.stderr


def test_it_prints_what_to_try() -> None:
    with MatchpointServer() as site:
        for line in (f"{site.url}/", f"{site.url}/admin/", f"websocat {site.socket_url}/ws"):
            assert line in site.log
        assert f"curl {site.url}/matchmaking" in site.log
