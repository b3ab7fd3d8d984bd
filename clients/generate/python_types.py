"""Types in Python: a `TypedDict` for each object, which costs nothing when a program runs."""

import json
import keyword
import subprocess
import sys
from collections.abc import Iterable

from .described import Json, Named, reference, wrapped

_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_ANY = "clients/python/any.py"
_HEAD = '''"""{about}

`python -m clients.generate` has written this: change the server instead.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict
'''


def module(about: str, types: Iterable[Named], *, borrowed: Iterable[str] = ()) -> str:
    """The source of a module; names that it takes from `answers` are `borrowed`."""
    types = list(types)
    parts = [_HEAD.format(about=about)]
    if names := ", ".join(borrowed):
        parts.append(f"from .answers import {names}\n")
    # An alias is evaluated, and so stands below what it names.
    parts += [_alias(one) for one in types if one.fields is None and _is_choice(one)]
    parts += [_object(one) for one in types if one.fields is not None]
    parts += [_alias(one) for one in types if one.fields is None and not _is_choice(one)]
    return _formatted("\n\n".join(parts))


def _is_choice(one: Named) -> bool:
    return "enum" in one.schema


def _alias(one: Named) -> str:
    about = "".join(f"#: {line}\n" for line in wrapped(one.text, ""))
    return f"{about}{one.name} = {type_of(one.schema)}\n"


def _object(one: Named) -> str:
    assert one.fields is not None
    if any(keyword.iskeyword(field.name) for field in one.fields):
        return _functional(one)
    lines = [f"class {one.name}(TypedDict):", *_docstring(one.text or f"{one.name}.")]
    for field in one.fields:
        kind = type_of(field.schema)
        lines.append(f"    {field.name}: {kind if field.is_required else f'NotRequired[{kind}]'}")
        lines += _docstring(field.text)
    return "\n".join(lines) + "\n"


def _functional(one: Named) -> str:
    """A key is a word of Python's own, so that no class can have it."""
    assert one.fields is not None
    lines = [*(f"#: {line}" for line in wrapped(one.text, ""))]
    lines.append(f'{one.name} = TypedDict("{one.name}", {{')
    for field in one.fields:
        lines += [f"    # {line}" for line in wrapped(field.text, "    ")]
        kind = type_of(field.schema)
        kind = kind if field.is_required else f"NotRequired[{kind}]"
        lines.append(f"    {json.dumps(field.name)}: {json.dumps(kind)},")
    return "\n".join([*lines, "})", ""])


def _docstring(text: str) -> list[str]:
    lines = wrapped(text, "    ")
    if not lines:
        return []
    lines[0] = f'"""{lines[0]}'
    lines[-1] = f'{lines[-1]}"""' if len(lines) == 1 else lines[-1]
    indented = [f"    {line}" for line in lines]
    return indented if len(lines) == 1 else [*indented, '    """']


def type_of(schema: Json) -> str:
    """The type of a schema, as an annotation."""
    if name := reference(schema):
        return name
    if "const" in schema or "enum" in schema:
        values = [schema["const"]] if "const" in schema else schema["enum"]
        return f"Literal[{', '.join(map(repr, values))}]"
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " | ".join(dict.fromkeys(map(type_of, several)))
    return _plain(schema)


def _plain(schema: Json) -> str:
    kind = schema.get("type")
    if kind == "array":
        return f"list[{_item(schema)}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {type_of(values) if isinstance(values, dict) else 'Any'}]"
    kinds = kind if isinstance(kind, list) else [str(kind)]
    return " | ".join(_PLAIN.get(one, "Any") for one in kinds)


def _item(schema: Json) -> str:
    items = schema.get("prefixItems") or [schema.get("items") or {}]
    return " | ".join(dict.fromkeys(type_of(one) for one in items))


def _formatted(source: str) -> str:
    for command in ("check", "--fix-only"), ("format",):
        source = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", "ruff", *command, "--quiet", "--stdin-filename", _ANY, "-"],
            check=True, capture_output=True, input=source, text=True,
        ).stdout  # fmt: skip
    return source
