"""What the page about the API shows, out of its OpenAPI description."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
#: Words and code by turns, words first.
Prose = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a field in words; `shape` names the schema it is made of, if any."""

    words: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body, an answer or an address."""

    name: str
    kind: Kind
    is_required: bool
    default: str
    about: Prose


@dataclass(frozen=True, slots=True)
class Shape:
    """An object, or a choice of words."""

    name: str
    about: Prose
    fields: tuple[Field, ...]
    choices: tuple[str, ...]

    @property
    def is_taken(self) -> bool:
        """Whether it is part of a body, so that what is required matters to the sender."""
        return self.name.endswith("Body")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address."""

    anchor: str
    method: str
    path: str
    summary: Prose
    about: tuple[Prose, ...]
    parameters: tuple[Field, ...]
    body: Kind | None
    body_fields: tuple[Field, ...]
    answers: tuple[tuple[str, Kind], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Operations about one thing."""

    title: str
    anchor: str
    operations: tuple[Operation, ...]


def reference(description: Json) -> Json:
    """Template context: `info`, `sections` and `shapes`."""
    schemas = description["components"]["schemas"]
    return {
        "info": description["info"],
        "sections": _sections(description["paths"], schemas),
        "shapes": [_shape(name, schemas[name]) for name in sorted(schemas)],
    }


def _sections(paths: dict[str, Json], schemas: Json) -> list[Section]:
    by_tag: dict[str, list[Operation]] = {}
    for path, methods in paths.items():
        for method, operation in methods.items():
            shown = _operation(method, path, operation, schemas)
            by_tag.setdefault(operation["tags"][0], []).append(shown)
    return [
        Section(tag, tag.lower().replace(" ", "-"), tuple(operations))
        for tag, operations in by_tag.items()
    ]


def _operation(method: str, path: str, operation: Json, schemas: Json) -> Operation:
    body: Kind | None = None
    fields: tuple[Field, ...] = ()
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]
        if len(content) > 1:
            body = Kind(", ".join(content))
        else:
            schema = content["application/json"]["schema"]
            body = _kind(schema)
            fields = _fields(schemas.get(body.shape, schema))
    parameters = tuple(
        _field(p["name"], p["schema"], is_required=p["required"])
        for p in operation.get("parameters", ())
        if p["in"] == "query"
    )
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=_prose(operation["summary"]),
        about=tuple(_prose(words) for words in operation["description"].split("\n\n")),
        parameters=parameters,
        body=body,
        body_fields=fields,
        answers=tuple(_answers(operation["responses"])),
    )


def _answers(responses: Json) -> list[tuple[str, Kind]]:
    """The good answer with its shape, and the statuses of all refusals."""
    good: list[tuple[str, Kind]] = []
    bad: list[tuple[str, Kind]] = []
    for status, answer in responses.items():
        kind = _content_kind(answer.get("content", {}))
        (bad if str(status)[0] in "45" else good).append((str(status), kind))
    refused = ", ".join(sorted(status for status, _ in bad))
    return good + ([(refused, bad[0][1])] if bad else [])


def _content_kind(content: Json) -> Kind:
    for content_type, details in content.items():
        is_json = content_type == "application/json"
        return _kind(details["schema"]) if is_json else Kind(content_type)
    return Kind("no body")


def _shape(name: str, schema: Json) -> Shape:
    choices = tuple(str(choice) or '""' for choice in schema.get("enum", ()))
    return Shape(name, _prose(schema.get("description", "")), _fields(schema), choices)


def _prose(words: str) -> Prose:
    return tuple(" ".join(words.split()).split("`"))


def _fields(schema: Json) -> tuple[Field, ...]:
    required = set(schema.get("required", ()))
    return tuple(
        _field(name, details, is_required=name in required)
        for name, details in schema.get("properties", {}).items()
    )


def _field(name: str, details: Json, *, is_required: bool) -> Field:
    default = details.get("default")
    about = _prose(details.get("description", ""))
    return Field(name, _kind(details), is_required, _shown(default), about)


def _shown(default: Any) -> str:
    """A default as JSON writes it; nothing where it goes without saying."""
    if default is None or default == "" or isinstance(default, dict | list):
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def _kind(schema: Json) -> Kind:
    """A type in words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return Kind(name, name)
    if "allOf" in schema:
        return _kind(schema["allOf"][0])
    if "anyOf" in schema:
        return _any_of([_kind(one) for one in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        choices = schema.get("enum", [schema.get("const")])
        return Kind(" or ".join(str(choice) for choice in choices))
    if schema.get("type") == "array":
        of = _kind(schema.get("items", {}))
        return Kind(f"list of {of.words}", of.shape)
    words = str(schema.get("type", "anything"))
    return Kind(f"{words} ({schema['format']})" if "format" in schema else words)


def _any_of(kinds: list[Kind]) -> Kind:
    shape = next((kind.shape for kind in kinds if kind.shape), "")
    return Kind(" or ".join(kind.words for kind in kinds), shape)
