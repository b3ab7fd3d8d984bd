"""`manage.py service_key`: a token is printed once, alone; what is wrong is said in a sentence."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from service_keys.models import ServiceKey

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("service_key", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def answers(token: str) -> int:
    return Client(headers={"Authorization": f"Bearer {token}"}).get("/api/pools").status_code


def test_a_key_lives_from_make_to_revoke() -> None:
    token = run("make", "Arena", "--scope", "matches", "--scope", "read", "--expires", "2099-01-31")
    assert answers(token) == 200
    listed = run("list")
    assert "Arena" in listed
    assert "matches,read\texpires 2099-01-31" in listed
    assert token not in listed
    run("change", "Arena", "--scope", "read", "--expires", "never")
    key = ServiceKey.objects.get()
    assert (key.scopes, key.expires_at, key.requests_a_minute) == (["read"], None, 6000)
    fresh = run("rotate", "Arena")
    assert (answers(token), answers(fresh)) == (200, 200)
    run("revoke", "Arena")
    assert (answers(token), answers(fresh)) == (401, 401)


@pytest.mark.parametrize(
    "arguments",
    [
        ("make", "Arena"),
        ("make", "Arena", "--scope", "all"),
        ("make", "Arena", "--scope", "read", "--expires", "soon"),
        ("make", "Arena", "--scope", "read", "--requests-a-minute", "0"),
        ("rotate", "Nobody"),
        ("revoke", "Nobody"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
    assert not ServiceKey.objects.exists()
