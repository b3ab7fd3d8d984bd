"""Types in TypeScript: an interface for each object."""

from collections.abc import Iterable

from .described import Json, Named, reference, wrapped

_PLAIN = {
    "string": "string", "integer": "number", "number": "number", "boolean": "boolean",
    "null": "null",
}  # fmt: skip
_HEAD = """/* What goes over HTTP and over sockets, both ways.

   `python -m clients.generate` has written this: change the server instead. */
"""


def module(types: Iterable[Named]) -> str:
    """The source of a module of declarations."""
    types = list(types)
    assert len({one.name for one in types}) == len(types), "two types have one name"
    return "\n".join([_HEAD, *map(_declaration, types)])


def _declaration(one: Named) -> str:
    if one.fields is None:
        alias = f"export type {one.name} = {type_of(one.schema)};\n"
        return "\n".join([*_comment(one.text, ""), alias])
    lines = [*_comment(one.text, ""), f"export interface {one.name} {{"]
    for field in one.fields:
        lines += _comment(field.text, "  ")
        lines.append(f"  {field.name}{'' if field.is_required else '?'}: {type_of(field.schema)};")
    return "\n".join([*lines, "}\n"])


def _comment(text: str, indent: str) -> list[str]:
    lines = wrapped(text, indent)
    if len(lines) < 2:
        return [f"{indent}/** {line} */" for line in lines]
    return [f"{indent}/**", *(f"{indent} * {line}" for line in lines), f"{indent} */"]


def type_of(schema: Json) -> str:
    """The type of a schema."""
    if name := reference(schema):
        return name
    if "const" in schema or "enum" in schema:
        values = [schema["const"]] if "const" in schema else schema["enum"]
        return " | ".join(_literal(value) for value in values)
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " | ".join(dict.fromkeys(map(type_of, several)))
    return _plain(schema)


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _plain(schema: Json) -> str:
    kind = schema.get("type")
    if kind == "array" and "prefixItems" in schema:
        return f"[{', '.join(map(type_of, schema['prefixItems']))}]"
    if kind == "array":
        item = type_of(schema.get("items") or {})
        return f"({item})[]" if " | " in item else f"{item}[]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {type_of(values) if isinstance(values, dict) else 'unknown'}>"
    kinds = kind if isinstance(kind, list) else [str(kind)]
    return " | ".join(_PLAIN.get(one, "unknown") for one in kinds)
