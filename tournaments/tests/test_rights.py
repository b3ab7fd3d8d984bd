"""Who may do what, by every route and every form: everybody is tried at everything.

Olga organises the cup; Judy judges everywhere, Judd at the other table; Ann plays, Vic only looks;
Otto organises another cup, and Jane judges there.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lib.openapi import Components, paths
from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Player
from matchmaking.services.players import create_guest
from tournaments.api import urlpatterns
from tournaments.models import Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.entry.rosters import add_member
from tournaments.services.operations import OPERATIONS
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.services.setup.settings import change_settings
from tournaments.services.venue.judges import add_judge, claim_judgeship
from tournaments.services.venue.stations import add_stations, assign_station

from .api_client import JSON, Json, rows
from .manage_builders import named, pairing

pytestmark = pytest.mark.django_db

WON: Json = {"scores": [1, 0]}
#: What everybody may see; what judges may see too; what judges enter; what players do themselves.
PUBLIC = {
    "list_tournaments", "show_tournament", "show_standings", "list_entrants", "list_stations",
    "show_schedule", "show_draw", "export_entrants", "export_matches", "export_standings",
    "export_report", "explain_round",
}  # fmt: skip
SEEN_BY_JUDGES = {"list_actions"}
JUDGED = {"enter_result", "say_score"}
OWN = {"note_arrival"}
ANYBODY = {"new_tournament", "import_file"}
#: The organiser's: a body that is in order, by the name of the route.
ORGANISED: dict[str, Json | None] = {
    "change_tournament": {"name": "Mine"},
    "plan_stages": {"stages": [{}]},
    "enter_players": {"players": ["Zoe"]},
    "change_entrant": {"rating": 9},
    "remove_from_list": {},
    "add_player": {"name": "Zoe"},
    "drop_player": None,
    "appoint_captain": None,
    "replace_player": {"entrant": "Ann", "name": "Zoe"},
    "set_registration": {},
    "set_check_in": {},
    "seed_players": {"by": "lot"},
    "start_play": None,
    "call_off": {},
    "withdraw": {"entrant": "Ann"},
    "disqualify": {"entrant": "Ann"},
    "reinstate": {"entrant": "Ann"},
    "undo_action": {},
    "reopen_match": {},
    "pair_round": {},
    "show_next_round": None,
    "take_round_back": {},
    "end_rounds": {},
    "set_best_of": {"best_of": 3},
    "add_late": {"name": "Zoe"},
    "give_bye": {"entrant": "Ann"},
    "take_bye": {"entrant": "Ann"},
    "new_stations": {"names": ["9"]},
    "call_next_matches": None,
    "name_station": {"name": "9"},
    "drop_station": None,
    "call_match": {"station": None},
    "list_judges": None,
    "new_judge": {"name": "Jo"},
    "place_judge": {"station": None},
    "drop_judge": None,
    "export_json": None,
    "import_list": None,
}


@dataclass
class Scene:
    """A cup that runs, and the ids in it by the names that routes and forms have for them."""

    cup: Tournament
    ids: Json

    @classmethod
    def made(cls, organiser: Player, *names: str) -> "Scene":
        """A cup of teams with two tables, its first match called to the first."""
        made = create_tournament(name="Cup", players=names, organiser=organiser)
        cup = made.tournament
        who: Any = {"tournament_id": cup.pk, "actor": ORGANISER}
        change_settings(changes={"team_size": 2}, **who)
        tables = add_stations(names=["1", "2"], **who)
        member = add_member(entrant_id=named(cup, names[0]).pk, name="Mia", **who)
        add_member(entrant_id=named(cup, names[0]).pk, name="Mo", **who)
        start_tournament(tournament_id=cup.pk, actor=ORGANISER)
        first = pairing(cup, "W1.1")
        assign_station(pairing_id=first.pk, station_id=tables[0].pk, **who)
        judge = add_judge(name="Jay", **who).judge
        ids = {
            "tournament_id": cup.pk, "match_id": first.pk, "entrant_id": named(cup, names[0]).pk,
            "member_id": member.pk, "station_id": tables[1].pk, "judge_id": judge.pk,
            "stage": 1, "group": 1, "part": "winners", "number": 1,
        }  # fmt: skip
        return cls(cup, ids)

    def fill(self, path: str) -> str:
        """The path with this cup's ids."""
        return re.sub(r"{(\w+)}", lambda name: str(self.ids[name[1]]), path)


def player(name: str) -> tuple[Player, str]:
    made = create_guest(username=name)
    return made.player, made.token


def judge(cup: Tournament, name: str, station_id: int | None = None) -> str:
    """A judge's token, which is a player's too, so that it signs a browser in."""
    invited = add_judge(tournament_id=cup.pk, name=name, actor=ORGANISER, station_id=station_id)
    person, token = player(name)
    claim_judgeship(tournament_id=cup.pk, token=invited.token, player=person)
    return token


@pytest.fixture
def scenes() -> tuple[Scene, Scene, dict[str, str]]:
    """The cup, another one, and everybody's token."""
    (olga, olgas), (otto, ottos) = player("Olga"), player("Otto")
    cup, other = (
        Scene.made(olga, "Ann", "Bob", "Cem", "Dan"),
        Scene.made(otto, "Pia", "Quin", "Ria", "Sam"),
    )
    ann, anns = player("Ann-Marie")
    cup.cup.entrants.filter(name="Ann").update(player=ann)
    return cup, other, {
        "nobody": "", "Vic": player("Vic")[1], "Ann": anns, "Otto": ottos,
        "Jane": judge(other.cup, "Jane"), "Judd": judge(cup.cup, "Judd", cup.ids["station_id"]),
        "Judy": judge(cup.cup, "Judy"), "Olga": olgas,
    }  # fmt: skip


def routes() -> Iterator[tuple[str, str, str]]:
    """Every route: method, path, name."""
    for path, methods in paths(urlpatterns, Components()).items():
        for method, operation in methods.items():
            yield method.upper(), path, operation["operationId"]


WIRE = Client()


def send(token: str, method: str, path: str, body: Json | None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    content, kind = ("" if body is None else json.dumps(body)), JSON
    if method == "POST" and path.endswith("entrants.csv"):
        content, kind = "Zoe", "text/csv"
    return WIRE.generic(method, path, content, kind, headers=headers)


def test_every_route_says_whom_it_is_for() -> None:
    named_here = PUBLIC | SEEN_BY_JUDGES | JUDGED | OWN | ANYBODY | set(ORGANISED)
    assert {name for _, _, name in routes()} == named_here
    routes_by_path = paths(urlpatterns, Components())
    described = [one for methods in routes_by_path.values() for one in methods.values()]
    without_token = {one["operationId"] for one in described if {} in one["security"]}
    assert without_token == PUBLIC | ANYBODY


def test_who_may_do_what_over_http(scenes: tuple[Scene, Scene, dict[str, str]]) -> None:
    cup, _, tokens = scenes
    before = rows()
    for method, path, name in routes():
        address = cup.fill(path)
        if name in ORGANISED:
            allowed, body = {"Olga"}, ORGANISED[name]
        elif name in JUDGED:
            allowed, body = {"Olga", "Judy"}, WON
        elif name in SEEN_BY_JUDGES:
            allowed, body = {"Olga", "Judy", "Judd"}, None
        else:
            continue
        for who in tokens.keys() - allowed - ({"Ann"} if name == "remove_from_list" else set()):
            answer = send(tokens[who], method, address, body)
            assert answer.status_code == (401 if who == "nobody" else 403), (who, method, address)
    assert rows() == before
    for who in ("Judy", "Judd", "Olga"):
        path = cup.fill("/api/tournaments/{tournament_id}/actions")
        assert send(tokens[who], "GET", path, None).status_code == 200


def test_nothing_of_another_tournament_is_reached_over_http(
    scenes: tuple[Scene, Scene, dict[str, str]],
) -> None:
    cup, other, tokens = scenes
    before = rows()
    tried = 0
    for method, path, name in routes():
        body = ORGANISED.get(name, WON if name in JUDGED else None)
        for part in ("match_id", "entrant_id", "member_id", "station_id", "judge_id"):
            if f"{{{part}}}" in path:
                foreign = Scene(cup.cup, cup.ids | {part: other.ids[part]})
                answer = send(tokens["Olga"], method, foreign.fill(path), body)
                assert answer.status_code in {404, 409}, (method, path, answer.content)
                tried += 1
    here = cup.fill("/api/tournaments/{tournament_id}")
    inside: list[tuple[str, str, Json]] = [
        ("POST", f"matches/{cup.ids['match_id']}/station", {"station": other.ids["station_id"]}),
        ("PATCH", f"judges/{cup.ids['judge_id']}", {"station": other.ids["station_id"]}),
        ("POST", "judges", {"name": "Jo", "station": other.ids["station_id"]}),
        *(
            ("POST", path, {"entrant": entrant, "name": "Zoe"} if path == "replace" else
             {"entrant": entrant})
            for path in ("withdraw", "disqualify", "reinstate", "replace", "byes", "check-in")
            for entrant in (other.ids["entrant_id"], "Pia")
        ),
        ("POST", f"matches/{cup.ids['match_id']}/result", {"outcome": "forfeit", "winner": "Pia"}),
        ("POST", "seeds", {"order": [other.ids["entrant_id"]]}),
    ]  # fmt: skip
    for method, path, body in inside:
        answer = send(tokens["Olga"], method, f"{here}/{path}", body)
        assert answer.status_code in {400, 404}, (path, body, answer.content)
    assert tried > 12 and rows() == before


# The pages.


def browser_of(token: str) -> Client:
    browser = Client(headers={"Accept": JSON})
    if token:
        browser.cookies[GUEST_COOKIE] = token
    return browser


def forms_of(scene: Scene) -> dict[str, Json]:
    """Every form of a tournament's pages that is not for everybody, by its address."""
    cup, ids = scene.cup.pk, scene.ids
    fields = {
        "entrant": ids["entrant_id"], "member": ids["member_id"], "station": ids["station_id"],
        "judge": ids["judge_id"], "pairing": ids["match_id"], "name": "Zoe", "line": "Zoe",
        "names": "9", "kind": "half_point",
    }  # fmt: skip
    match = [cup, ids["match_id"]]
    return {
        reverse("tournament-start", args=[cup]): {},
        reverse("tournament-cancel", args=[cup]): {},
        reverse("tournament-pair", args=[cup]): {},
        reverse("tournament-pair-by-hand", args=[cup]): {},
        reverse("tournament-undo", args=[cup]): {},
        reverse("tournament-reopen", args=match): {},
        reverse("tournament-match", args=match): {"outcome": "win-0"},
        reverse("tournament-manage", args=[cup]): {"lines": "Zoe"},
        reverse("tournament-manage-import", args=[cup]): {"csv": "Zoe"},
        reverse("tournament-manage-settings", args=[cup]): {"name": "Mine"},
        reverse("tournament-manage-judges", args=[cup]): {"name": "Jo"},
        **{reverse("tournament-do", args=[cup, action]): fields for action in OPERATIONS},
    }


def test_who_may_send_a_form(scenes: tuple[Scene, Scene, dict[str, str]]) -> None:
    cup, _, tokens = scenes
    before = rows()
    for who in tokens.keys() - {"Olga"}:
        browser = browser_of(tokens[who])
        for address, fields in forms_of(cup).items():
            if who == "Judy" and fields == {"outcome": "win-0"}:
                continue
            answer = browser.post(address, fields)
            # A tab sends those away whom it is not for, with a word.
            away = answer.status_code == 302 and answer["Location"] == f"/tournaments/{cup.cup.pk}"
            assert answer.status_code == 403 or away, (who, address, answer.status_code)
    assert rows() == before


def test_no_form_is_taken_from_another_site(scenes: tuple[Scene, Scene, dict[str, str]]) -> None:
    cup, _, tokens = scenes
    before = rows()
    browser = Client(enforce_csrf_checks=True)
    browser.cookies[GUEST_COOKIE] = tokens["Olga"]
    for address, fields in forms_of(cup).items():
        assert browser.post(address, fields).status_code == 403, address
    for method, path, name in routes():
        if method != "GET":
            body = ORGANISED.get(name) or WON
            answer = browser.generic(method, cup.fill(path), str(body), JSON)
            assert answer.status_code == 403 and answer.json()["code"] == "csrf", path
    assert rows() == before


def test_nothing_of_another_tournament_is_reached_by_a_form(
    scenes: tuple[Scene, Scene, dict[str, str]],
) -> None:
    cup, other, tokens = scenes
    olga, before = browser_of(tokens["Olga"]), rows()
    foreign = forms_of(Scene(cup.cup, other.ids | {"tournament_id": cup.ids["tournament_id"]}))
    named_nobody = {
        "open-registration", "close-registration", "open-check-in", "close-check-in", "start",
        "cancel", "pair", "undo", "skip-undo", "upload", "check-in-all", "seeds", "shuffle",
        "by-rating",
        "add-stations", "call-next", "late", "unpair", "end-swiss",
    }  # fmt: skip
    for action in OPERATIONS.keys() - named_nobody:
        address = reverse("tournament-do", args=[cup.cup.pk, action])
        answer = olga.post(address, foreign[address])
        assert answer.status_code in {404, 409}, (action, answer.content)
    station = {"station": other.ids["station_id"]}
    for action, fields in (
        ("call", {"pairing": cup.ids["match_id"]} | station),
        ("judge-station", {"judge": cup.ids["judge_id"]} | station),
    ):
        address = reverse("tournament-do", args=[cup.cup.pk, action])
        assert olga.post(address, fields).status_code == 404, action
    for page in ("tournament-match", "tournament-reopen"):
        address = reverse(page, args=[cup.cup.pk, other.ids["match_id"]])
        assert olga.post(address, {"outcome": "win-0"}).status_code == 404
        assert olga.get(address).status_code == 404
    manage = reverse("tournament-manage-entrant", args=[cup.cup.pk, other.ids["entrant_id"]])
    assert olga.get(manage).status_code == 404
    judges = reverse("tournament-manage-judges", args=[cup.cup.pk])
    assert olga.post(judges, {"name": "Jo"} | station).status_code == 400
    assert rows() == before
