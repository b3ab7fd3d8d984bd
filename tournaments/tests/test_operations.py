"""The table of what an organiser does, held to the API."""

import pytest
from django.test import Client

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
