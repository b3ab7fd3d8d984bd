"""Schemas out of types: described fields, choices, names that are unique."""

from typing import Any
from uuid import UUID

import pytest
from django.db.models import TextChoices
from msgspec import UNSET, UnsetType, field

from lib.openapi import Components
from lib.schemas import Answer, Schema

from .wire import fits


class Colour(TextChoices):
    """How it looks."""

    RED = "red", "red"


class Thing(Schema):
    """Something."""

    id: UUID
    """Its public id."""
    colour: Colour | None
    note: str | UnsetType = UNSET
    from_: str | UnsetType = field(name="from", default=UNSET)
    """Where it comes from."""


class BigThing(Thing, kw_only=True):
    """Something large."""

    parts: list[Thing]


class Painted(Answer, tag="Painted"):
    """A thing with a colour."""

    thing: Thing


def components(kind: Any) -> dict[str, Any]:
    found = Components()
    found.schema(kind)
    return found.schemas


def test_fields_have_the_texts_below_them_inherited_ones_too() -> None:
    for name in ("Thing", "BigThing"):
        assert components(BigThing)[name]["properties"]["id"] == {
            "type": "string",
            "format": "uuid",
            "description": "Its public id.",
        }
    assert components(Thing)["Thing"]["properties"]["from"]["description"] == "Where it comes from."
    assert components(BigThing)["BigThing"]["required"] == ["id", "colour", "parts"]


def test_choices_are_described_once() -> None:
    found = components(Thing)
    assert found["Colour"]["enum"] == ["red"] and found["Colour"]["description"] == "How it looks."
    assert {"$ref": "#/components/schemas/Colour"} in found["Thing"]["properties"]["colour"][
        "anyOf"
    ]


def test_an_answer_says_its_status() -> None:
    assert components(Painted)["Painted"]["properties"]["status"] == {"enum": ["Painted"]}


def test_two_schemas_cannot_have_one_name() -> None:
    class Thing2(Schema):
        number: int

    Thing2.__name__ = "Thing"
    found = Components()
    found.schema(Thing)
    with pytest.raises(TypeError, match="Thing"):
        found.schema(Thing2)
    with pytest.raises(TypeError, match="Thing"):
        Components().schema(dict[str, Thing | list[Thing2]])


def test_what_fits_has_every_field_and_no_other() -> None:
    thing: dict[str, Any] = {"id": str(UUID(int=1)), "colour": "red"}
    assert fits(thing, Thing) and fits(thing | {"note": "x"}, Thing)
    for wrong in ({"id": 1}, {"colour": "blue"}, {"extra": 1}, {"note": None}):
        assert not fits(thing | wrong, Thing)
    assert not fits({"id": thing["id"]}, Thing)
    assert fits({"status": "Painted", "thing": thing}, Painted)


def test_a_field_that_may_be_left_out_is_not_required_though_code_must_give_it() -> None:
    class Entered(Schema):
        """Somebody came in."""

        name: str
        token: str | UnsetType

    components = Components()
    components.schema(Entered)
    assert components.schemas["Entered"]["required"] == ["name"]
