"""Short addresses: made of the name, changeable, never lost, never twice."""

import threading

import pytest
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse

from lib.errors import Conflict, Refusal
from tournaments.models import ShortAddress, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.setup.creation import create_tournament
from tournaments.services.setup.settings import change_settings
from tournaments.services.setup.short_addresses import slug_of

from .api_client import Cup

pytestmark = pytest.mark.django_db


def cup(name: str = "Friday Cup") -> Tournament:
    return create_tournament(name=name, players=["Ann", "Bob"]).tournament


def rename(tournament: Tournament, slug: str) -> Tournament:
    return change_settings(tournament_id=tournament.pk, actor=ORGANISER, changes={"slug": slug})


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Friday Cup", "friday-cup"),
        ("Café Zürich 2026!", "cafe-zurich-2026"),
        ("Кубок 7", "кубок-7"),
        ("???", "tournament"),
        ("x" * 80, "x" * 33),
    ],
)
def test_a_name_becomes_an_address(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_the_same_name_gets_a_number() -> None:
    assert [cup().slug for _ in range(3)] == ["friday-cup", "friday-cup-2", "friday-cup-3"]


def test_the_page_stands_at_its_short_address() -> None:
    tournament = cup()
    response = Client().get("/t/friday-cup?stage=1")
    assert response.status_code == 200 and b"Friday Cup" in response.content
    below = Client().get("/t/friday-cup/screen")
    assert below["Location"] == f"/tournaments/{tournament.pk}/screen"
    assert Client().get("/t/Friday-Cup")["Location"] == "/t/friday-cup"
    assert Client().get("/t/nowhere").status_code == 404


def test_a_former_address_leads_to_the_present_one() -> None:
    tournament = rename(cup(), "Summer Open")
    assert tournament.slug == "summer-open"
    assert Client().get("/t/friday-cup")["Location"] == "/t/summer-open"
    assert rename(tournament, "friday-cup").slug == "friday-cup"  # it is still its own


def test_no_address_leads_to_two_tournaments() -> None:
    rename(cup(), "summer-open")
    other = cup("Winter Open")
    for taken in ("summer-open", "friday-cup"):
        with pytest.raises(Conflict) as refused:
            rename(other, taken)
        assert refused.value.code == "slug_taken"
    other.refresh_from_db()
    assert other.slug == "winter-open"


@pytest.mark.parametrize("slug", ["", "x", "!!", "a" * 41])
def test_an_address_that_cannot_be_is_refused(slug: str) -> None:
    with pytest.raises(Refusal) as refused:
        rename(cup(), slug)
    assert refused.value.code == "bad_slug"


def test_it_is_read_and_changed_over_http() -> None:
    cup = Cup("Ann", "Bob", name="Friday Cup")
    assert cup.show()["settings"]["slug"] == "friday-cup"
    changed = cup.owner.send("PATCH", cup.address, {"slug": "open"}).json()
    assert changed["settings"]["slug"] == "open"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_addresses() -> None:
    made: list[str | None] = []
    barrier = threading.Barrier(4)

    def make() -> None:
        barrier.wait()
        made.append(cup().slug)
        close_old_connections()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 4 and None not in made
    assert ShortAddress.objects.count() == 4


def test_the_qr_code_and_the_address_are_on_wall_and_paper() -> None:
    tournament = cup()
    for name in ("tournament", "tournament-screen", "tournament-print"):
        html = Client().get(reverse(name, args=[tournament.pk])).content.decode()
        assert 'class="qr"' in html and "testserver/t/friday-cup" in html, name
