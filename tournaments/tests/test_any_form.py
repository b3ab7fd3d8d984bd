"""An organiser without a plan: any form of any page, filled in with anything, never breaks it.

A longer walk, with other seeds: `ANY_FORM_STEPS=500 ANY_FORM_SEED=7 pytest -k any_form`.
"""

import os
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from lib.names import parse_name
from matchmaking.models import Player
from tournaments.services.operations import OPERATIONS

from .api_client import JSON, Json
from .forms import Form, forms_of

STEPS = int(os.environ.get("ANY_FORM_STEPS", "20"))
SEED = int(os.environ.get("ANY_FORM_SEED", "1"))
FORMATS: list[Json] = [
    {"format": "single_elimination", "third_place": True, "best_of": 3},
    {"format": "double_elimination", "team_size": 2},
    {"format": "swiss", "rounds": 3, "draws": True},
    {"stages": [{"format": "round_robin", "groups": 2, "advance": 2}, {}]},
]


def anybody() -> Client:
    """The browser of a superuser, who is a player too: every page and the admin are open."""
    user = User.objects.create_superuser("root")
    _, key, skeleton = parse_name("Root")
    Player.objects.create(user=user, name="Root", name_key=key, skeleton=skeleton)
    browser = Client(headers={"Accept": "text/html"})
    browser.force_login(user)
    return browser


def pages(chance: Random, shown: Json, entrants: list[Json]) -> list[str]:
    """Pages that somebody may look at now; a match that can be played rather than others."""
    page, admin = f"/tournaments/{shown['id']}", f"/admin/tournaments/tournament/{shown['id']}"
    found = [page, f"{page}?stage={chance.randrange(4)}&group={chance.randrange(4)}"]
    found += [f"{page}/{tab}" for tab in ("register", "judge", "manage")]
    found += [f"{page}/manage/{tab}" for tab in ("settings", "stations", "judges", "record")]
    found += [
        f"{admin}/change/",
        f"{admin}/day/{chance.choice([n for n, one in OPERATIONS.items() if one.label])}/",
    ]
    found += [f"{admin}/{'cancel' if chance.random() < 0.05 else 'start'}/"]
    if entrants:
        found += [f"{page}/manage/entrants/{chance.choice(entrants)['id']}"] * 2
    for state in ("ready", "decided"):
        if ids := [match["id"] for match in matches(shown) if match["state"] == state]:
            match = chance.choice(ids)
            found += [f"{page}/matches/{match}"] * 3 + [f"{admin}/results/{match}/"]
            found += [f"{page}/matches/{match}/reopen"]
    return found


def matches(shown: Json) -> Iterator[Json]:
    for stage in shown["stages"]:
        for group in stage["groups"]:
            for round_ in group["rounds"]:
                yield from round_["matches"]


def check_whole(shown: Json) -> None:
    """Whoever won has gone on, and nobody else; what is open is waited for."""
    by_id = {match["id"]: match for match in matches(shown)}
    for match in by_id.values():
        for way, side in (("winner_to", match["winner"]), ("loser_to", 1 - (match["winner"] or 0))):
            place = match[way]
            if place is None:
                continue
            there = by_id[place["match"]]["sides"][place["side"]]
            assert (there["slot"] == "pending") == (match["state"] in {"pending", "ready"}), match
            reset = by_id[place["match"]]["key"] == "GF2"
            if match["winner"] is not None and there["slot"] == "entrant" and not reset:
                assert there["entrant"] == match["sides"][side]["entrant"], match


def check_copy(browser: Client, shown: Json) -> None:
    """An export comes back as the same tournament."""
    whole = browser.get(f"/api/tournaments/{shown['id']}/export.json")
    made = browser.post("/api/tournaments/import", whole.content, JSON)
    assert made.status_code == 201, made.content
    copy = browser.get(f"/api/tournaments/{made.json()['tournament']['id']}").json()
    assert copy["state"] == shown["state"]
    assert [summary_of(match) for match in matches(copy)] == [
        summary_of(match) for match in matches(shown)
    ]


def summary_of(match: Json) -> list[Any]:
    names = [side["name"] for side in match["sides"]]
    return [match["key"], match["state"], match["winner"], match["scores"], names]


def is_tried(form: Form, chance: Random) -> bool:
    """The pages' own forms; calling the tournament off ends the walk, so that is rare."""
    if "/cancel" in form.action:
        return chance.random() < 0.05
    ours = form.action == "" or form.action.startswith(("/tournaments", "/admin/tournaments"))
    return ours and bool(form.buttons)


@pytest.mark.parametrize("more", FORMATS, ids=lambda more: more.get("format", "stages"))
@pytest.mark.django_db
def test_any_form_filled_in_with_anything_breaks_nothing(more: Json) -> None:
    chance, browser = Random(f"{SEED} {more}"), anybody()
    players = [f"P{number}" for number in range(8)]
    made = browser.post("/tournament", {"players": players, "byes": True} | more, JSON).json()
    address = f"/api/tournaments/{made['tournament']['id']}"
    sent = 0
    for step in range(STEPS):
        shown = browser.get(address).json()
        entrants = browser.get(f"{address}/entrants").json()["entrants"]
        page = chance.choice(pages(chance, shown, entrants))
        seen = browser.get(page, follow=True)
        assert seen.status_code in {200, 404}, (page, seen.status_code)
        forms = forms_of(seen.content.decode(), lambda form: is_tried(form, chance))
        if not forms:
            continue
        action, data = chance.choice(forms).filled(chance, chance.choice((0.02, 0.3)))
        action = action or page.partition("?")[0]
        answer = browser.post(action, data, follow=True)
        assert answer.status_code in {200, 400, 404, 409}, (action, data, answer.status_code)
        sent += 1
        if step % 10 == 9:
            after = browser.get(address).json()
            check_whole(after)
            check_copy(browser, after)
    assert sent > STEPS / 5
