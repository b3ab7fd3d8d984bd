"""OpenAPI out of types: components of schemas, and paths of the views that `endpoints` makes."""

import inspect
import re
from collections.abc import Iterator, Sequence
from http.client import responses as phrases
from types import UnionType
from typing import Any, get_args

import msgspec
from django.contrib.admindocs.views import simplify_regex
from django.db.models import TextChoices
from django.urls import URLPattern, URLResolver

from .endpoints import File, Operation, operations_of
from .schemas import Json, Paged, Refused, Schema, field_texts, schemas_in

_REF = "#/components/schemas/{name}"
_TAG = "Names this answer: sent as `If-None-Match`, it is answered with 304 while nothing changed."
_LINK = 'The address of the next part, with `rel="next"`; not there at the end.'
_KNOWN = "You have it already: it is what `If-None-Match` names."
_TO_ID = str.maketrans({"/": "_", "{": None, "}": None})


class Components:
    """The schemas that a description refers to, by name."""

    def __init__(self, ref: str = _REF) -> None:
        self.schemas: dict[str, Json] = {}
        self._ref = ref

    def schema(self, kind: Any) -> Json:
        """The schema of a type; of a struct a reference, and the struct is kept."""
        if isinstance(kind, UnionType):  # msgspec takes no two structs without tags
            return {"anyOf": [self.schema(one) for one in kind.__args__]}
        (schema,), found = msgspec.json.schema_components(
            [kind], ref_template=self._ref, schema_hook=self._choices
        )
        for struct in schemas_in(kind):
            if struct.__name__ not in found:
                raise TypeError(f"Two schemas have the name {struct.__name__}.")
            for field, text in field_texts(struct).items():
                found[struct.__name__]["properties"][field]["description"] = text
            _without_what_may_be_left_out(found[struct.__name__], struct)
        for name, component in found.items():
            self._keep(name, component)
        return schema

    def named(self, name: str, schema: Json) -> Json:
        """A reference to a schema that is kept under this name."""
        self._keep(name, schema)
        return {"$ref": self._ref.format(name=name)}

    def _choices(self, kind: type) -> Json:
        """Django's choices, which msgspec does not know."""
        if not issubclass(kind, TextChoices):
            raise NotImplementedError
        choices: Json = {"title": kind.__name__, "enum": kind.values, "type": "string"}
        if kind.__doc__:
            choices["description"] = kind.__doc__
        self._keep(kind.__name__, choices)
        return {"$ref": self._ref.format(name=kind.__name__)}

    def _keep(self, name: str, schema: Json) -> None:
        if self.schemas.setdefault(name, schema) != schema:
            raise TypeError(f"Two schemas have the name {name}.")

    def response(self, kind: Any, status: int | str = 200) -> Json:
        """A response with that type as its JSON, or with a file."""
        phrase = "Refused: nothing was done." if status == "4XX" else phrases[int(status)]
        if isinstance(kind, File):
            return {"description": "The file", "content": {kind.type: {"schema": kind.schema}}}
        content = {"application/json": {"schema": self.schema(kind)}}
        return {"description": phrase, "content": content}


def _without_what_may_be_left_out(schema: Json, struct: type[Schema]) -> None:
    """Fields that may be unset are not required, whether or not they have a default."""
    optional = {
        field.encode_name
        for field in msgspec.structs.fields(struct)
        if msgspec.UnsetType in get_args(field.type)
    }
    if "required" in schema:
        schema["required"] = [name for name in schema["required"] if name not in optional]


def paths(patterns: Sequence[URLPattern | URLResolver], components: Components) -> dict[str, Json]:
    """What endpoints do, by address and method."""
    found: dict[str, Json] = {}
    for address, operation in _operations(patterns):
        described = _described(address, operation, components)
        found.setdefault(address, {})[operation.method.lower()] = described
    return found


def _operations(
    patterns: Sequence[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, Operation]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _operations(pattern.url_patterns, route)
        else:
            for operation in operations_of(pattern.callback):
                yield address_of(route), operation


def address_of(route: str) -> str:
    """A route as OpenAPI writes it: parameters as `{name}`, without the final slash."""
    plain = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", simplify_regex(route))
    return plain.rstrip("/") or "/"


def _described(address: str, operation: Operation, components: Components) -> Json:
    words = inspect.getdoc(operation.view) or ""
    answer = components.response(operation.returns, operation.status)
    refusals = operation.refusals or ("4XX",)
    described: Json = {
        "operationId": f"{operation.method.lower()}_{address.strip('/')}".translate(_TO_ID),
        "summary": first_sentence(" ".join(words.split())),
        "description": words,
        "tags": [operation.tag],
        "parameters": list(_parameters(operation, components)),
        "responses": {
            str(operation.status): answer,
            **{str(one): components.response(kind, one) for one, kind in operation.also.items()},
            **{str(status): components.response(Refused, status) for status in refusals},
        },
        "security": [{"Sender": []}],
        **operation.extra,
    }
    if operation.method == "GET":
        described["responses"]["304"] = {"description": _KNOWN}
        answer["headers"] = {"ETag": {"description": _TAG, "schema": {"type": "string"}}}
        if isinstance(operation.returns, type) and issubclass(operation.returns, Paged):
            answer["headers"]["Link"] = {"description": _LINK, "schema": {"type": "string"}}
    if operation.body is not None:
        described["requestBody"] = {
            "content": {"application/json": {"schema": components.schema(operation.body)}},
            "required": operation.is_body_required,
        }
    return described


def _parameters(operation: Operation, components: Components) -> Iterator[Json]:
    for one in msgspec.structs.fields(operation.address):
        schema = components.schema(one.type)
        yield {"in": "path", "name": one.name, "required": True, "schema": schema}
    if operation.query is not None:
        query = Components()
        query.schema(operation.query)
        schema = query.schemas[operation.query.__name__]
        for name, details in schema["properties"].items():
            is_required = name in schema["required"]
            yield {"in": "query", "name": name, "required": is_required, "schema": details}


def first_sentence(words: str) -> str:
    """What a description begins with, without what follows a colon."""
    return re.split(r"[.:;](?:\s|$)", words, maxsplit=1)[0]
