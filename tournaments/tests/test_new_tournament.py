"""The form for a new tournament: each format, who enters players, and what does not fit."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tournaments.models import Entry, Tournament, TournamentState
from tournaments.services.actors import ORGANISER
from tournaments.services.entry.entrants import remove_entrant

pytestmark = pytest.mark.django_db

FIVE = "Ann, 1500\nBob, 1800\nCem\nDan\nEve"


def make(players: str = FIVE, **fields: str) -> Any:
    form = {"organiser": "Olga", "name": "Cup", "players": players, "seeding": "given"} | fields
    return Client().post(reverse("tournament-new"), form)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"format": "double_elimination", "best_of": "3"}, {"best_of": 3}),
        (
            {"format": "single_elimination", "third_place": "on"},
            {"third_place": True},
        ),
        ({"format": "round_robin", "group_count": "2", "draws": "on"}, {"group_count": 2}),
        ({"format": "round_robin", "third_place": "on"}, {"third_place": False, "draws": False}),
        ({"format": "swiss", "rounds_planned": "3", "group_count": "9"}, {"rounds_planned": 3}),
    ],
)
def test_every_format_is_made_and_what_is_of_another_is_left_out(
    fields: dict[str, str], kept: dict[str, object]
) -> None:
    assert make(draft="1", **fields).status_code == 302
    cup = Tournament.objects.get()
    stage = cup.stages.get()
    assert stage.format == fields["format"]
    assert {name: getattr(stage, name) for name in kept} == kept
    assert cup.state == TournamentState.DRAFT


def test_a_round_robin_starts_with_an_odd_number() -> None:
    assert make(format="round_robin").status_code == 302
    cup = Tournament.objects.get()
    assert cup.state == TournamentState.RUNNING
    assert cup.entrants.get(name="Bob").rating == 1800


def test_ratings_seed() -> None:
    make(seeding="rating")
    assert [e.name for e in Tournament.objects.get().entrants.all()][:2] == ["Bob", "Ann"]


def test_who_lets_players_register_may_begin_with_nobody() -> None:
    assert make("", entry="open", draft="1").status_code == 302
    assert Tournament.objects.get().entry == Entry.OPEN
    assert make("", entry="open").status_code == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"format": "chess"},
        {"format": "swiss", "rounds_planned": "6"},
        {"format": "swiss", "rounds_planned": "0"},
        {"format": "round_robin", "group_count": "3"},
        {"best_of": "2"},
        {"best_of": "100"},
        {"entry": "code"},
        {"players": "Ann, strong\nBob, 99999"},
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_made(fields: dict[str, str]) -> None:
    response = make(**fields)
    assert response.status_code == 400 and b"field-errors" in response.content
    assert not Tournament.objects.exists()


def test_an_odd_number_of_names_gets_byes_and_the_page_says_so() -> None:
    assert make("\n".join(f"Player {n}" for n in range(13))).status_code == 302
    cup = Tournament.objects.get()
    assert cup.state == TournamentState.RUNNING and cup.byes


def preview(players: str, **fields: str) -> str:
    form = {"players": players, "seeding": "given"} | fields
    response = Client().post(reverse("tournament-draw"), form)
    assert response.status_code == 200
    return response.content.decode()


def test_the_draw_is_shown_while_the_names_are_typed() -> None:
    html = preview(FIVE)
    assert "The first 3 seeds sit out the first round." in html
    assert html.index("Ann") < html.index("Dan") < html.index("Bob")  # 1, then 4 against 5
    assert not Tournament.objects.exists()


def test_the_draw_is_seeded_by_rating() -> None:
    html = preview(FIVE, seeding="rating")
    assert re.search(r'class="seed">1</span><bdi class="who">Bob<', html)


def test_what_is_shuffled_at_the_start_shows_no_names() -> None:
    html = preview(FIVE, seeding="random")
    assert "shuffled at the start" in html and "Ann" not in html and "drawn at the start" in html


def test_groups_are_dealt() -> None:
    html = preview("\n".join("ABCDEF"), format="round_robin", group_count="2")
    group_a = html[html.index("Group A") : html.index("Group B")]
    assert re.findall(r"<bdi>(.)</bdi>", group_a) == ["A", "D", "E"]


@pytest.mark.parametrize("players", ["", "Ann\nAnn", "Ann, strong"])
def test_nothing_is_drawn_of_a_list_that_is_wrong(players: str) -> None:
    assert "<" not in preview(players).strip()


def test_a_draft_shows_the_draw_and_changes_with_the_list() -> None:
    make(draft="1")
    cup = Tournament.objects.get()
    address = reverse("tournament", args=[cup.pk])
    html = Client().get(address).content.decode()
    assert "The first 3 seeds sit out" in html and 'id="W3.1"' in html
    for name in ("Dan", "Eve"):
        entrant = cup.entrants.get(name=name)
        remove_entrant(tournament_id=cup.pk, entrant_id=entrant.pk, actor=ORGANISER)
    assert 'id="W3.1"' not in Client().get(address).content.decode()


def test_a_draft_that_cannot_start_says_why() -> None:
    make(draft="1")
    Tournament.objects.update(byes=False)
    html = Client().get(reverse("tournament", args=[Tournament.objects.get().pk]))
    assert "Number of players must be even." in html.content.decode()


def test_the_errors_are_listed_linked_and_the_first_field_has_the_focus() -> None:
    html = make("Ann\nAnn", name="").content.decode()
    assert '<a href="#id_name">' in html and '<a href="#id_players">' in html
    assert re.findall(r'<\w+[^>]* autofocus[^>]*id="(\w+)"', html) == ["id_name"]


def test_the_longest_name_is_the_tournaments_and_not_its_first_stages() -> None:
    assert make(name="W" * 80).status_code == 302
    cup = Tournament.objects.get()
    assert (cup.name, cup.stages.get().name) == ("W" * 80, "")
