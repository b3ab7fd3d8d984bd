"""A program that uses the API; every answer is held to the shape that is described for it."""

from typing import Any

import msgspec
from django.apps import apps
from django.test import Client
from django.urls import resolve

from lib.endpoints import File, operations_of
from lib.schemas import Refused

Json = dict[str, Any]
JSON = "application/json"


def rows() -> dict[str, list[Any]]:
    """Everything that is stored about tournaments and matches."""
    models = [*apps.get_app_config("tournaments").get_models(), apps.get_model("matchmaking.Match")]
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in models
    }


class Program:
    """Sends JSON with a bearer token, if it has one."""

    def __init__(self, token: str = "") -> None:
        self.token = token

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """The response, whatever its status."""
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        call = getattr(Client(), method.lower())
        response = call(
            path, body or "" if method == "DELETE" else body, content_type=JSON, headers=headers
        )
        check_shape(method, path, response)
        return response

    def get(self, path: str) -> Json:
        """The answer of a good request."""
        return self._good(self.send("GET", path))

    def post(self, path: str, body: object = None, **headers: str) -> Json:
        """The answer of a good request."""
        return self._good(self.send("POST", path, body, **headers))

    @staticmethod
    def _good(response: Any) -> Json:
        assert response.status_code in {200, 201}, response.content
        answer: Json = response.json()
        return answer


def check_shape(method: str, path: str, response: Any) -> None:
    """Fail when an answer is not as the API describes it."""
    view = resolve(path.partition("?")[0]).func
    [operation] = [one for one in operations_of(view) if method in one.methods]
    shapes = dict.fromkeys(operation.refusals, Refused)
    shapes |= {operation.status: operation.returns} | operation.also
    shape = shapes[response.status_code]
    if response["Content-Type"] == JSON and not isinstance(shape, File):
        read = msgspec.json.decode(response.content, type=shape)
        # Equal both ways: no field is missing, and none is sent that is not described.
        assert msgspec.json.decode(msgspec.json.encode(read)) == response.json()


class Cup:
    """A tournament in the hands of its organiser's program."""

    def __init__(self, *players: str, **more: Any) -> None:
        body = {"players": players} if players else {}
        answer = Program().post("/tournament", body | more)
        self.answer = answer
        self.id = answer["tournament"]["id"]
        self.address = f"/api/tournaments/{self.id}"
        self.owner = Program(answer["token"])

    def show(self) -> Json:
        """The whole tournament."""
        return self.owner.get(self.address)

    def matches(self) -> dict[str, Json]:
        """The matches of its only group, by their keys."""
        [stage] = self.show()["stages"]
        [group] = stage["groups"]
        return {p["key"]: p for round_ in group["rounds"] for p in round_["matches"]}

    def post(self, path: str, body: object = None, *, by: Program | None = None) -> Any:
        """A response to a request below the tournament's address."""
        return (by or self.owner).send("POST", f"{self.address}/{path}", body)

    def report(self, key: str, body: Json, *, by: Program | None = None) -> Any:
        """A response to a result."""
        return self.post(f"matches/{self.matches()[key]['id']}/result", body, by=by)

    def act(self, path: str, body: object = None) -> Json:
        """The answer to a good request."""
        return self.owner.post(f"{self.address}/{path}", body)
