"""A tournament that a game server decides: its results, who may say so, and what players see."""

import pytest
from django.test import Client

from lib.errors import Forbidden
from matchmaking.models import DecidedBy, RatingChange
from matchmaking.tests.servers import Server
from streams.models import Event
from tournaments.models import Action, Pairing, Reporting, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.setup.settings import change_settings
from tournaments.services.undo.stack import undo_last

from .builders import match_of, pairing, started
from .manage_builders import STAFF

pytestmark = pytest.mark.django_db(transaction=True)


def served(server: Server) -> Tournament:
    cup = started(4)
    chosen = {"decided_by": DecidedBy.GAME_SERVER, "game_server": server.key}
    return change_settings(tournament_id=cup.pk, actor=STAFF, changes=chosen)


def test_a_bracket_goes_on_from_a_servers_word_which_the_record_has_under_its_name() -> None:
    server = Server.made()
    cup = served(server)
    match = match_of(cup, "W1.1")
    server.say("POST", f"/api/matches/{match.pk}/live", {"scores": [3, 1]})
    told = server.say("POST", f"/api/matches/{match.pk}/result", {"scores": [16, 9]})
    assert told["match"]["game_server"] == "Arena" and told["match"]["winner"] == 0
    assert server.say("POST", f"/api/matches/{match.pk}/result", {"scores": [16, 9]}) == told
    assert pairing(cup, "W2.1").top is not None
    [action] = Action.objects.filter(tournament=cup, verb="result")
    assert action.actor_name == "Arena"
    types = Event.objects.filter(stream=f"tournament:{cup.pk}").values_list("type", flat=True)
    assert {"score", "match_finished"} <= set(types)
    void = server.tell(match_of(cup, "W1.2").pk, "void", {})
    assert (void.status_code, void.json()["code"]) == (409, "bracket_match")
    listed = server.say("GET", f"/api/matches?tournament={cup.pk}")["matches"]
    assert {one["id"] for one in listed} == {
        str(one.match_id) for one in Pairing.objects.exclude(match=None)
    }
    assert [one["id"] for one in server.say("GET", "/api/matches")["matches"]]
    assert RatingChange.objects.count() == 0


def test_the_organiser_corrects_what_the_server_said_and_another_server_says_nothing() -> None:
    server, other = Server.made(), Server.made("Other")
    cup = served(server)
    match = match_of(cup, "W1.1")
    refused = other.tell(match.pk, "result", {"scores": [1, 0]})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_match")
    server.say("POST", f"/api/matches/{match.pk}/result", {"scores": [1, 0]})
    match.refresh_from_db()
    enter_result(
        tournament_id=cup.pk, match_id=match.pk, report=by_score((0, 1)), actor=ORGANISER,
        revision=match.revision,
    )  # fmt: skip
    late = server.tell(match.pk, "result", {"scores": [1, 0]})
    assert (late.status_code, late.json()["code"]) == (409, "result_changed")


def test_only_staff_choose_the_server_and_the_choice_is_undone() -> None:
    server = Server.made()
    cup = started(4)
    chosen = {"decided_by": DecidedBy.GAME_SERVER, "game_server": server.key}
    with pytest.raises(Forbidden) as refusal:
        change_settings(tournament_id=cup.pk, actor=ORGANISER, changes=chosen)
    assert refusal.value.code == "staff_only"
    change_settings(tournament_id=cup.pk, actor=STAFF, changes=chosen)
    undo_last(tournament_id=cup.pk, actor=STAFF)
    cup.refresh_from_db()
    assert (cup.decided_by, cup.game_server) == ("players", None)
    change_settings(
        tournament_id=cup.pk, actor=ORGANISER,
        changes={"decided_by": DecidedBy.ORGANISER, "reporting": Reporting.PLAYERS},
    )  # fmt: skip
    shown = Client().get(f"/api/tournaments/{cup.pk}").json()["settings"]
    assert (shown["decided_by"], shown["game_server"]) == ("organiser", None)
