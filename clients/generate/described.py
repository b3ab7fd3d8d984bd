"""What the server describes, as named types to be written in any language."""

import inspect
import json
import re
import textwrap
from dataclasses import dataclass
from typing import Any

from django.test import RequestFactory

from tournament_site.api import description, events

Json = dict[str, Any]
TEXT_WIDTH = 92
_NAME = re.compile(r"^#/(?:components/schemas|\$defs)/(\w+)$")


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an object."""

    name: str
    schema: Json
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """A type with a name: an object with `fields`, or else what `schema` says."""

    name: str
    text: str
    schema: Json
    fields: tuple[Field, ...] | None

    @classmethod
    def of(cls, name: str, schema: Json) -> "Named":
        """Read a component of a description."""
        fields = None
        if "properties" in schema:
            required = schema.get("required", [])
            fields = tuple(
                Field(key, one, key in required or _is_tag(one), words(one))
                for key, one in schema["properties"].items()
            )
        return cls(name, words(schema), schema, fields)


def _is_tag(schema: Json) -> bool:
    """Whether the key tells objects of several kinds apart, and so is always there."""
    return "const" in schema or len(schema.get("enum", [])) == 1


def words(schema: Json) -> str:
    """The description of a schema on one line."""
    return " ".join(inspect.cleandoc(schema.get("description", "")).split())


def wrapped(text: str, indent: str, width: int = TEXT_WIDTH) -> list[str]:
    """The lines of a text."""
    return textwrap.wrap(text, width - len(indent)) if text else []


def reference(schema: Json) -> str | None:
    """The name that a schema refers to, if it is a reference."""
    found = _NAME.match(schema.get("$ref", ""))
    return found[1] if found else None


def answers() -> list[Named]:
    """What goes over HTTP, both ways."""
    return [Named.of(*one) for one in description()["components"]["schemas"].items()]


def messages() -> list[Named]:
    """What goes over sockets, without what goes over HTTP too."""
    described = json.loads(events(RequestFactory().get("/api/events.json")).content)
    known = {one.name: one for one in answers()}
    found = [Named.of(*one) for one in described["$defs"].items()]
    return [one for one in found if not _is_same(one, known.get(one.name))]


def _is_same(one: Named, other: Named | None) -> bool:
    return other is not None and _plain(one.schema) == _plain(other.schema)


def _plain(schema: Json) -> str:
    return json.dumps(schema).replace("#/components/schemas/", "#/$defs/")
