"""Whom the organiser has not admitted is shown to the organiser and to judges only.

Asker and Vetoed ask to be entered, and Vetoed is declined; Waver is entered, then declined; Gone
asks and leaves. What was said of Waver while everybody could see them stays said.
"""

import json
from functools import cache
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver

from matchmaking.services.players import create_guest
from streams.models import Event
from tournaments.models import Entrant, EntryStatus, Tournament
from tournaments.pages.urls import urlpatterns as pages
from tournaments.services.actors import ORGANISER
from tournaments.services.entry.check_in import (
    check_in,
    check_in_all,
    open_check_in,
    undo_check_in,
)
from tournaments.services.entry.entrants import Details, rename_entrant, set_details
from tournaments.services.entry.registration import approve, decline, leave_tournament, register
from tournaments.services.entry.seeding import set_seeds
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.settings import change_settings
from tournaments.services.undo.stack import undo_last

from .api_client import Program
from .builders import play_on
from .test_rights import PUBLIC, routes

pytestmark = pytest.mark.django_db

UNLISTED = ("Asker", "Vetoed", "Gone", "Renata", "Owls of Asker")


def cup_by_approval(**settings: object) -> tuple[Tournament, str]:
    """A cup whose organiser admits each entrant, open for registration; and its token."""
    made = Program().send("POST", "/tournament", {"name": "Cup", "entry": "approval"}).json()
    cup = Tournament.objects.get(pk=made["tournament"]["id"])
    who: Any = {"tournament_id": cup.pk, "actor": ORGANISER}
    if settings:
        change_settings(changes=settings, **who)
    act = Program(made["token"])
    assert act.send("POST", f"/api/tournaments/{cup.pk}/registration", {}).status_code == 200
    return cup, made["token"]


def test_applicants_and_the_declined_are_shown_to_no_stranger() -> None:
    made = Program().send("POST", "/tournament", {"name": "Cup", "entry": "approval"}).json()
    path, token = f"/api/tournaments/{made['tournament']['id']}", made["token"]
    for seed, (name, status) in enumerate(
        [
            ("Listed", EntryStatus.ENTERED),
            ("Asking", EntryStatus.APPLIED),
            ("Refused", EntryStatus.DECLINED),
        ],
        start=1,
    ):
        Entrant.objects.create(
            tournament_id=made["tournament"]["id"],
            seed=seed,
            name=name,
            name_key=name.lower(),
            status=status,
        )
    organiser = {"Authorization": f"Bearer {token}"}
    for address in (path, f"{path}/entrants", f"{path}/entrants.csv"):
        for headers in ({}, {"Authorization": "Bearer forged"}):
            seen = Client().get(address, headers=headers).content.decode()
            assert "Listed" in seen and "Asking" not in seen and "Refused" not in seen
    for address in (f"{path}/entrants", f"{path}/entrants.csv"):
        seen = Client().get(address, headers=organiser).content.decode()
        assert "Listed" in seen and "Asking" in seen and "Refused" in seen
    page = Client().get(path.removeprefix("/api")).content.decode()
    assert "Listed" in page and "Asking" not in page and "Refused" not in page


# Everything a stranger can read, at every step of a day.


@cache
def public_paths() -> list[str]:
    """The public routes about a tournament as a whole, or a group of it."""
    api = [path for method, path, name in routes() if method == "GET" and name in PUBLIC]
    return [path for path in api if "match_id" not in path]


def addresses(cup: Tournament) -> list[str]:
    """Every page and public answer of a tournament, and what is around it."""
    ids = {"tournament_id": str(cup.pk), "stage": "1", "group": "1", "number": "1"}
    routed = [path.format(**ids) for path in public_paths()]
    one = next(entry for entry in pages if isinstance(entry, URLResolver))
    parts = [str(entry.pattern) for entry in one.url_patterns]
    own = [
        f"/tournaments/{cup.pk}{part}"
        for part in parts
        if "<" not in part and not part.endswith(".png")
    ]
    around = ["/", "/tournaments", f"/t/{cup.slug}", f"/tournaments/{cup.pk}?fragment"]
    return routed + own + around


def check_unseen(cup: Tournament, token: str, *names: str) -> None:
    """Nothing that a stranger reads has a name, after the organiser has read it too."""
    cup.refresh_from_db()
    organiser = Client(headers={"Authorization": f"Bearer {token}"})
    for address in addresses(cup):
        for browser in (organiser, Client()):
            seen = browser.get(address).content.decode("utf-8", "replace")
        assert not [name for name in names if name in seen], address
    for event in Event.objects.all():
        said = event.text + json.dumps(event.data)
        assert not [name for name in names if name in said], (event.stream_id, said)


@pytest.mark.parametrize("teams", [False, True], ids=["players", "teams"])
def test_no_event_page_file_or_answer_names_the_unlisted(teams: bool) -> None:
    cup, token = cup_by_approval(**({"team_size": 2} if teams else {}))
    who: Any = {"tournament_id": cup.pk, "actor": ORGANISER}
    players = {name: create_guest(username=name).player for name in ("Asker", "Vetoed", "Gone")}

    def apply(name: str) -> Entrant:
        team: Any = {"name": f"Owls of {name}", "members": [f"{name} II"]} if teams else {}
        player = players.get(name) or create_guest(username=name).player
        club = "Secret Club" if name in players else "Owls"
        return register(tournament_id=cup.pk, player=player, club=club, **team)

    asker, vetoed, _ = apply("Asker"), apply("Vetoed"), apply("Gone")
    hidden = (*UNLISTED, "Secret Club", "Hush")
    leave_tournament(tournament_id=cup.pk, player=players["Gone"])
    decline(**who, entrant_id=vetoed.pk, why="Renata knows")
    rename_entrant(**who, entrant_id=asker.pk, name="Renata")
    set_details(**who, entrant_id=asker.pk, details=Details(1500, "Secret Club", "Hush"))
    check_unseen(cup, token, *hidden)
    for name in ("Ann", "Bob", "Waver"):
        waver = apply(name)
        approve(**who, entrant_id=waver.pk)
    set_seeds(**who, order=[entrant.pk for entrant in cup.entrants.taking_part()][::-1])
    open_check_in(**who)
    check_unseen(cup, token, *hidden)
    check_in(**who, entrant_id=waver.pk)
    undo_check_in(**who, entrant_id=waver.pk)
    Event.objects.all().delete()  # Waver could be seen until now
    decline(**who, entrant_id=waver.pk)
    check_unseen(cup, token, *hidden, "Waver")
    undo_last(**who)
    decline(**who, entrant_id=waver.pk)
    Event.objects.all().delete()
    check_in_all(**who)
    start_tournament(**who)
    check_unseen(cup, token, *hidden, "Waver")
    play_on(cup)
    check_unseen(cup, token, *hidden, "Waver")


def test_nobody_learns_by_trying_a_name_who_asks_to_be_entered() -> None:
    cup, _ = cup_by_approval()
    who: Any = {"tournament_id": cup.pk, "actor": ORGANISER}
    rows = {
        name: register(tournament_id=cup.pk, player=create_guest(username=name).player)
        for name in ("Listed", "Asker", "Vetoed")
    }
    approve(**who, entrant_id=rows["Listed"].pk)
    decline(**who, entrant_id=rows["Vetoed"].pk)
    path, refusals = f"/api/tournaments/{cup.pk}", set()
    for name in rows:
        guest = Program(create_guest(username=name).token)
        answer = guest.send("POST", f"{path}/entrants", {})
        assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
        refusals.add(answer.json()["message"].replace(name, "…"))
    assert refusals == {"The name '…' cannot be entered here. Choose another."}
    stranger = Program(create_guest(username="Vic").token)
    for act in ("withdraw", "disqualify", "reinstate", "replace", "byes", "check-in"):
        tried = [
            stranger.send("POST", f"{path}/{act}", {"entrant": name, "name": "Zoe"} if
                          act == "replace" else {"entrant": name})
            for name in (*rows, "Nobody")
        ]  # fmt: skip
        assert len({(answer.status_code, answer.content) for answer in tried}) == 1, act
