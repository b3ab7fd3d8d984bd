"""The way back from a match to its tournament."""

import pytest
from django.test import Client
from django.urls import reverse

from matchmaking.tests.meetings import meeting

from .builders import match_of, started

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_brackets_match_leads_back_to_its_place() -> None:
    cup = started(8)
    match = match_of(cup, "W1.3")
    place = f"{reverse('tournament', args=[cup.pk])}?stage=1&group=1#W1.3"
    page = Client().get(f"/matches/{match.pk}", headers={"Accept": "text/html"})
    html = page.content.decode()
    assert f'<a href="{place.replace("&", "&amp;")}"><bdi>Cup</bdi>, Quarter-finals</a>' in html
    assert Client().get(f"/matches/{match.pk}").json()["tournament"] == {
        "id": str(cup.pk),
        "name": "Cup",
        "round": "Quarter-finals",
        "url": place,
    }


def test_a_pools_match_belongs_to_no_tournament() -> None:
    match = meeting("Ann", "Bob")
    assert Client().get(f"/matches/{match.pk}").json()["tournament"] is None
