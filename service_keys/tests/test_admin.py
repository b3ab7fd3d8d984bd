"""Keys in the admin: the token stands on one page once, its digest on none."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from service_keys.models import ServiceKey
from service_keys.services import make_key

pytestmark = pytest.mark.django_db

ADD = "/admin/service_keys/servicekey/add/"
CHOSEN = {"name": "Arena", "scopes": ["read", "matches"], "requests_a_minute": "60"}


@pytest.fixture
def boss() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client


def page_of(key: ServiceKey, page: str) -> str:
    return f"/admin/service_keys/servicekey/{key.pk}/{page}/"


def token_on(answer: object) -> str:
    found = re.search(r'class="new-token">(mp_[\w-]{43})<', answer.content.decode())  # type: ignore[attr-defined]
    assert found is not None
    return found[1]


def works(token: str) -> bool:
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/pools")
    return answer.status_code == 200


def test_a_key_is_made_and_its_token_shown_on_that_page_alone(boss: Client) -> None:
    answer = boss.post(ADD, CHOSEN)
    assert "no-store" in answer["Cache-Control"]
    token, key = token_on(answer), ServiceKey.objects.get()
    assert works(token)
    assert (key.name, key.scopes, key.requests_a_minute) == ("Arena", ["read", "matches"], 60)
    again = boss.post(ADD, CHOSEN)
    assert "already exists" in again.content.decode()
    for page in (
        "/admin/service_keys/servicekey/",
        page_of(key, "change"),
        page_of(key, "history"),
    ):
        text = boss.get(page).content.decode()
        assert "Arena" in text
        assert token not in text
        assert key.secret_sha256 not in text


def test_a_key_is_changed_rotated_and_revoked(boss: Client) -> None:
    key, before = make_key(name="Arena", scopes=["read"])
    assert boss.get(page_of(key, "settings")).status_code == 200
    boss.post(page_of(key, "settings"), CHOSEN | {"name": "Coliseum"})
    key.refresh_from_db()
    assert (key.name, key.scopes) == ("Coliseum", ["read", "matches"])
    after = token_on(boss.post(page_of(key, "rotate"), {"overlap_hours": "1"}))
    assert works(before)
    assert works(after)
    last = token_on(boss.post(page_of(key, "rotate"), {"overlap_hours": "0"}))
    assert not works(after)
    assert works(last)
    boss.post(page_of(key, "revoke"))
    assert not works(last)
    assert "revoked" in boss.get("/admin/service_keys/servicekey/").content.decode()
    assert boss.post(page_of(key, "rotate"), {"overlap_hours": "1"}).status_code == 200
