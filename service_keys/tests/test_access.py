"""A key is known by its token until it is rotated, revoked or expired, and does what it may."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lib.errors import Conflict, Forbidden, Malformed, RateLimited, Unauthenticated
from lib.tracing.trace import Trace, current
from service_keys.access import bearer_key, key_digest, require_key
from service_keys.models import Scope, ServiceKey
from service_keys.services import make_key, revoke_key, rotate_key, store_uses
from service_keys.signals import key_revoked

pytestmark = pytest.mark.django_db


def shown(token: str) -> ServiceKey | None:
    return bearer_key(RequestFactory().get("/", headers={"Authorization": f"Bearer {token}"}))


def refused(token: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        shown(token)
    return refusal.value.code


def test_a_key_is_found_by_its_token_which_is_not_stored() -> None:
    key, token = make_key(name=" Arena ", scopes=[Scope.MATCHES])
    assert token.startswith(f"mp_{key.shown[3:]}")
    assert shown(token) == key
    assert key.name == "Arena"
    row = ServiceKey.objects.values().get()
    assert token not in str(row)


def test_other_bearers_are_no_keys_and_an_unknown_key_is_refused() -> None:
    assert shown("a-player's-token") is None
    assert bearer_key(RequestFactory().get("/")) is None
    assert refused("mp_unknown") == "unknown_key"


def test_a_key_without_the_scope_is_refused_by_name() -> None:
    _, token = make_key(name="Reader", scopes=[Scope.READ])
    request = RequestFactory().get("/", headers={"Authorization": f"bearer {token}"})
    assert require_key(request, Scope.READ).name == "Reader"
    with pytest.raises(Forbidden, match="Reader lacks the scope 'pools'") as refusal:
        require_key(request, Scope.POOLS)
    assert refusal.value.code == "key_lacks_scope"
    with pytest.raises(Unauthenticated):
        require_key(RequestFactory().get("/"), Scope.READ)


def test_both_tokens_are_good_while_a_rotation_overlaps() -> None:
    key, before = make_key(name="Arena", scopes=[Scope.READ])
    _, after = rotate_key(key_id=key.pk, overlap=timedelta(hours=1))
    assert shown(before) == shown(after) == key
    ServiceKey.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
    assert refused(before) == "unknown_key"
    assert shown(after) == key
    _, last = rotate_key(key_id=key.pk, overlap=timedelta(0))
    assert refused(after) == "unknown_key"
    assert shown(last) == key


def test_a_revoked_key_ends_with_all_its_tokens() -> None:
    revoked: list[ServiceKey] = []

    def note(key: ServiceKey, **kwargs: object) -> None:
        revoked.append(key)

    key_revoked.connect(note)
    try:
        key, before = make_key(name="Arena", scopes=[Scope.READ])
        _, after = rotate_key(key_id=key.pk)
        revoke_key(key_id=key.pk)
        revoke_key(key_id=key.pk)
    finally:
        key_revoked.disconnect(note)
    assert refused(before) == refused(after) == "revoked_key"
    assert revoked == [key]
    with pytest.raises(Conflict):
        rotate_key(key_id=key.pk)


def test_an_expired_key_says_so() -> None:
    past = timezone.now() - timedelta(seconds=1)
    _, token = make_key(name="Arena", scopes=[Scope.READ], expires_at=past)
    assert refused(token) == "expired_key"


@pytest.mark.parametrize(
    ("name", "scopes"), [("", ["read"]), ("A", []), ("A", ["all"]), ("A", ["read", "read"])]
)
def test_what_is_wrong_with_a_new_key_is_said(name: str, scopes: list[str]) -> None:
    with pytest.raises(Malformed):
        make_key(name=name, scopes=scopes)
    assert not ServiceKey.objects.exists()


def test_a_name_is_given_once() -> None:
    make_key(name="Arena", scopes=["read"])
    with pytest.raises(Malformed, match="already exists"):
        make_key(name="Arena", scopes=["read"])


def test_each_key_has_a_limit_of_its_own(settings: object) -> None:
    settings.RATE_LIMITS = True  # type: ignore[attr-defined]
    _, slow = make_key(name="Slow", scopes=["read"], requests_a_minute=3)
    _, quick = make_key(name="Quick", scopes=["read"])
    for _ in range(3):
        shown(slow)
    with pytest.raises(RateLimited, match="3 requests a minute") as refusal:
        shown(slow)
    assert refusal.value.seconds == 20
    assert shown(quick) is not None


def test_its_last_use_is_stored_once_a_minute() -> None:
    key, token = make_key(name="Arena", scopes=["read"])
    shown(token)
    store_uses()
    key.refresh_from_db()
    first = key.last_used_at
    assert first is not None
    shown(token)
    store_uses()
    key.refresh_from_db()
    assert key.last_used_at == first


def test_every_answer_to_a_key_says_how_much_it_may_still_send(settings: object) -> None:
    settings.RATE_LIMITS = True  # type: ignore[attr-defined]
    _, token = make_key(name="Arena", scopes=["read"], requests_a_minute=2)
    client = Client(headers={"Authorization": f"Bearer {token}"})
    first, second, third = (client.get("/api/pools") for _ in range(3))
    assert first["RateLimit-Policy"] == '"key";q=2;w=60'
    assert first["RateLimit"] == '"key";r=1;t=30'
    assert second["RateLimit"] == '"key";r=0;t=60'
    assert (third.status_code, third["Retry-After"]) == (429, "30")
    assert third["RateLimit"] == '"key";r=0;t=60'
    assert "RateLimit" not in Client().get("/api/pools")


def test_a_request_is_counted_and_looked_up_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    _, token = make_key(name="Arena", scopes=["read"])
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})
    with django_assert_num_queries(1):
        assert bearer_key(request) == require_key(request, Scope.READ)


def test_the_line_of_a_request_names_the_key() -> None:
    _, token = make_key(name="Arena", scopes=["read"])
    trace = Trace("an-id")
    current.set(trace)
    assert key_digest(f"Bearer {token}") is not None
    assert trace.key == token[:8]
    shown(token)
    assert trace.key == "Arena"
    current.set(None)
