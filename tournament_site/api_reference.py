"""What the page about the API shows, out of its OpenAPI description."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lib.schemas import Json

#: Text and code by turns, text first.
Prose = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Type:
    """A type in words; `schema` names the one it is made of, if any."""

    words: str
    schema: str = ""


#: The types that a value may have.
Types = tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body, a response or an address."""

    name: str
    types: Types
    is_required: bool
    default: str
    about: Prose


@dataclass(frozen=True, slots=True)
class Schema:
    """An object, or a choice of words; what is required matters to the sender of a body."""

    name: str
    about: Prose
    fields: tuple[Field, ...]
    choices: tuple[str, ...]
    is_body: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address."""

    anchor: str
    method: str
    path: str
    summary: Prose
    about: tuple[Prose, ...]
    parameters: tuple[Field, ...]
    body: Types
    body_fields: tuple[Field, ...]
    responses: tuple[tuple[str, Types], ...]


def reference(description: Json) -> Json:
    """Template context: `sections`, which are operations by title, and `schemas`."""
    schemas = description["components"]["schemas"]
    sections: dict[str, list[Operation]] = {}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            section = sections.setdefault(operation["tags"][0], [])
            section.append(_operation(method, path, operation, schemas))
    return {
        "sections": sections,
        "schemas": [_schema(name, schemas[name]) for name in sorted(schemas)],
    }


def _operation(method: str, path: str, operation: Json, schemas: Json) -> Operation:
    content = operation.get("requestBody", {}).get("content", {})
    body = _content(content) if content else ()
    schema = schemas.get(body[0].schema) if body else None
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=_prose(operation["summary"]),
        about=tuple(map(_prose, operation["description"].split("\n\n"))),
        parameters=tuple(
            _field(one["name"], one["schema"], is_required=one["required"])
            for one in operation.get("parameters", ())
            if one["in"] == "query"
        ),
        body=body,
        body_fields=_fields(schema or {}),
        responses=tuple(_responses(operation["responses"])),
    )


def _responses(responses: Json) -> Iterator[tuple[str, Types]]:
    """The responses to a good request, then the statuses of all refusals."""
    types = {str(status): _content(one.get("content", {})) for status, one in responses.items()}
    refusals = sorted(status for status in types if status[0] in "45")
    yield from ((status, found) for status, found in types.items() if status not in refusals)
    if refusals:
        yield ", ".join(refusals), types[refusals[0]]


def _content(content: Json) -> Types:
    """The types of a body: of JSON its schema's, else the names of its formats."""
    if list(content) == ["application/json"]:
        return _types(content["application/json"]["schema"])
    return (Type(", ".join(content) or "no body"),)


def _schema(name: str, schema: Json) -> Schema:
    choices = tuple(str(choice) or '""' for choice in schema.get("enum", ()))
    about = _prose(schema.get("description", ""))
    return Schema(name, about, _fields(schema), choices, name.endswith("Body"))


def _prose(text: str) -> Prose:
    return tuple(" ".join(text.split()).split("`"))


def _fields(schema: Json) -> tuple[Field, ...]:
    required = set(schema.get("required", ()))
    return tuple(
        _field(name, details, is_required=name in required)
        for name, details in schema.get("properties", {}).items()
    )


def _field(name: str, details: Json, *, is_required: bool) -> Field:
    about = _prose(details.get("description", ""))
    return Field(name, _types(details), is_required, _shown(details.get("default")), about)


def _shown(default: Any) -> str:
    """A default as JSON; nothing where it is obvious."""
    if default is None or default == "" or isinstance(default, dict | list):
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def _types(schema: Json) -> Types:
    alternatives = schema.get("anyOf") or schema.get("allOf") or [schema]
    return tuple(found for one in alternatives for found in _type(one))


def _type(schema: Json) -> Iterator[Type]:
    """A type in words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        yield Type(name, name)
    elif "enum" in schema or "const" in schema:
        choices = schema.get("enum", [schema.get("const")])
        yield Type(" or ".join(map(str, choices)))
    elif "prefixItems" in schema:  # so many, each of its type
        parts = [found for one in schema["prefixItems"] for found in _types(one)]
        yield Type(f"list of {' and '.join(part.words for part in parts)}")
    elif schema.get("type") == "array":
        # Of a list of a fixed length each place has a type, and there are no other items.
        inside = (
            {"anyOf": schema["prefixItems"]} if "prefixItems" in schema else schema.get("items")
        )
        items = _types(inside or {})
        kinds = dict.fromkeys(item.words for item in items)
        yield Type(f"list of {' or '.join(kinds)}", items[0].schema)
    else:
        words = str(schema.get("type", "anything"))
        yield Type(f"{words} ({schema['format']})" if "format" in schema else words)
