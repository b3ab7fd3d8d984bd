"""What goes over the wire as JSON: structs, documented where they stand."""

import ast
import inspect
import sys
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import cache, lru_cache
from itertools import pairwise
from typing import Annotated, Any, TypeVar, dataclass_transform, get_args

import msgspec

Json = dict[str, Any]
T = TypeVar("T")
#: A moment as `timestamp` writes it.
Timestamp = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


@dataclass_transform(field_specifiers=(msgspec.field,), frozen_default=True)
class Schema(msgspec.Struct, frozen=True):
    """One JSON object; a text in quotes below a field describes it."""


class Body(Schema, forbid_unknown_fields=True):
    """What a request sends: a field that is not known is refused."""


class Answer(Schema, tag_field="status"):
    """An answer whose `status` says what was done; its tag is that word."""


class Paged(Schema, kw_only=True):
    """A part of a list."""

    next: str | None
    """The `cursor` of the part after it; null at the end. The header `Link` has its address."""


class Refused(Answer, tag="Error"):
    """A request that was not done: nothing has changed."""

    code: str
    """One stable word for programs, such as `not_found`."""
    message: str
    """A sentence that says what to change."""
    request_id: str | msgspec.UnsetType = msgspec.UNSET
    """By which the log names the request; there when the fault is the server's."""


@lru_cache(maxsize=256)  # all that one transaction says of its moment
def timestamp(at: datetime) -> str:
    """A moment as the wire writes it: UTC, milliseconds, `Z`."""
    return at.isoformat(timespec="milliseconds")[:23] + "Z"


def schemas_in(kind: Any) -> set[type[Schema]]:
    """The schemas that a type is made of, those in their fields included."""
    found: set[type[Schema]] = set()
    rest = [kind]
    while rest:
        one = rest.pop()
        rest += get_args(one)
        if isinstance(one, type) and issubclass(one, Schema) and one not in found:
            found.add(one)
            rest += [field.type for field in msgspec.structs.fields(one)]
    return found


def field_texts(kind: type[Schema]) -> dict[str, str]:
    """The text below each field that has one, by its JSON key; inherited ones included."""
    found: dict[str, str] = {}
    for cls in reversed(kind.__mro__):
        if issubclass(cls, Schema):
            found |= _own_texts(cls)
    keys = {field.name: field.encode_name for field in msgspec.structs.fields(kind)}
    return {keys[name]: text for name, text in found.items()}


def including(
    part: type[Schema], *, but: Collection[str], is_answer: bool = False
) -> Callable[[type[T]], type[T]]:
    """Add the fields of another schema, except some: a struct has one base with fields.

    In an answer none may be missing, whatever its default in a request.
    """
    texts = field_texts(part)
    fields = [
        (
            one.name,
            Annotated[one.type, msgspec.Meta(description=texts.get(one.encode_name))],
            msgspec.field(
                name=one.encode_name, default=msgspec.NODEFAULT if is_answer else one.default
            ),
        )
        for one in msgspec.structs.fields(part)
        if one.name not in but
    ]

    def include(kind: type[T]) -> type[T]:
        return msgspec.defstruct(  # type: ignore[return-value]
            kind.__name__, fields, bases=(kind,), module=kind.__module__, kw_only=True,
            namespace={"__doc__": kind.__doc__},
        )  # fmt: skip

    return include


def _own_texts(cls: type) -> dict[str, str]:
    return _texts_of_module(cls.__module__)[cls.__qualname__]


@cache
def _texts_of_module(name: str) -> dict[str, dict[str, str]]:
    """The texts of each class of a module; read once, since parsing is slow and many ask."""
    return dict(_texts_of_classes(ast.parse(inspect.getsource(sys.modules[name])), ""))


def _texts_of_classes(node: ast.AST, prefix: str) -> Iterator[tuple[str, dict[str, str]]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield prefix + child.name, _texts(child)
            yield from _texts_of_classes(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _texts_of_classes(child, f"{prefix}{child.name}.<locals>.")


def _texts(cls: ast.ClassDef) -> dict[str, str]:
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(cls.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
        if isinstance(text.value.value, str)
    }
