"""The form for a new tournament: each format, who enters players, and what does not fit."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tournaments.models import Entry, Tournament, TournamentState

pytestmark = pytest.mark.django_db

FIVE = "Ann, 1500\nBob, 1800\nCem\nDan\nEve"


def make(players: str = FIVE, **fields: str) -> Any:
    form = {"organiser": "Olga", "name": "Cup", "players": players, "seeding": "given"} | fields
    return Client().post(reverse("tournament-new"), form)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"format": "double_elimination", "byes": "on", "best_of": "3"}, {"best_of": 3}),
        (
            {"format": "single_elimination", "byes": "on", "third_place": "on"},
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
    make(byes="on", seeding="rating")
    assert [e.name for e in Tournament.objects.get().entrants.all()][:2] == ["Bob", "Ann"]


def test_who_lets_players_register_may_begin_with_nobody() -> None:
    assert make("", entry="open", draft="1").status_code == 302
    assert Tournament.objects.get().entry == Entry.OPEN
    assert make("", entry="open").status_code == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"format": "chess"},
        {"format": "swiss", "rounds_planned": "5"},
        {"format": "swiss", "rounds_planned": "0"},
        {"format": "round_robin", "group_count": "3"},
        {"best_of": "2", "byes": "on"},
        {"best_of": "100", "byes": "on"},
        {"format": "single_elimination"},
        {"entry": "code"},
        {"players": "Ann, strong\nBob, 99999"},
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_made(fields: dict[str, str]) -> None:
    response = make(**fields)
    assert response.status_code == 400 and b"field-errors" in response.content
    assert not Tournament.objects.exists()
