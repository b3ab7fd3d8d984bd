"""The table of what an organiser does, held to the API."""

import pytest
from django.test import Client

from lib.endpoints import File, operations_of
from lib.schemas import Schema
from tournaments.api import urlpatterns
from tournaments.api.bodies import StageBody, TournamentBody
from tournaments.models import CommonStageSettings
from tournaments.schemas.tournaments import Stage
from tournaments.services.operations import OPERATIONS

#: Routes under a tournament with a page of their own, or that players use.
OTHERS = {
    "enter_players", "change_tournament", "plan_stages", "enter_result", "say_score",
    "reopen_match", "set_best_of", "new_judge",
}  # fmt: skip


@pytest.mark.django_db
def test_every_operation_has_a_route_and_every_route_an_operation() -> None:
    description = Client().get("/api/openapi.json").json()
    routes = {
        operation["operationId"]
        for path, methods in description["paths"].items()
        if path.startswith("/api/tournaments/{tournament_id}")
        for method, operation in methods.items()
        if method != "get"
    }
    assert {operation.route for operation in OPERATIONS.values()} == routes - OTHERS
    assert routes > OTHERS


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_what_the_admin_offers_is_asked_and_needs_no_input(name: str) -> None:
    operation = OPERATIONS[name]
    assert bool(operation.label) == bool(operation.consequence)


def test_every_route_returns_a_struct_that_describes_it_or_a_file() -> None:
    operations = [one for pattern in urlpatterns for one in operations_of(pattern.callback)]
    assert len(operations) > 80
    for operation in operations:
        kind = operation.returns
        assert isinstance(kind, File) or issubclass(kind, Schema), operation.view


def test_a_setting_of_a_stage_is_taken_and_answered_wherever_there_are_stages() -> None:
    settings = set(CommonStageSettings.__struct_fields__)
    for struct, but in (
        (StageBody, ()),
        (TournamentBody, ("advance",)),
        (Stage, ("rounds_planned",)),
    ):
        assert settings - set(but) <= set(struct.__struct_fields__), struct
