"""Why JSON does not fit a type: every fault, with its place and what would fit."""

from collections.abc import Iterator
from enum import Enum
from typing import Any, Literal, get_args, get_origin

import msgspec

#: So many faults are named at once; who mends those sees the next.
FAULTS_SHOWN = 3


def fault_text(value: Any, kind: Any, *, place: str = "$", strict: bool = True) -> str:
    """What does not fit, with where it stands: `$.players[1]`.

    What is not strict is text that stands for a number, such as in an address.
    """
    faults = list(dict.fromkeys(_faults(value, kind, place, strict)))
    more = len(faults) - FAULTS_SHOWN
    return "; ".join([*faults[:FAULTS_SHOWN], *([f"and {more} more"] if more > 0 else [])])


def _faults(value: Any, kind: Any, place: str, strict: bool) -> Iterator[str]:
    """The faults inside a value, or else its own."""
    inside = [fault for part in _parts(kind) for fault in _inner_faults(value, part, place, strict)]
    if inside:
        yield from inside
        return
    try:
        msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        yield f"{_words(str(error).partition(' - at `')[0], kind)} - at `{place}`"


def _parts(kind: Any) -> Iterator[Any]:
    """A type, and those that it is a union or an annotation of."""
    yield kind
    if get_origin(kind) not in {list, tuple, dict, Literal}:
        for part in get_args(kind):
            yield from _parts(part)


def _inner_faults(value: Any, part: Any, place: str, strict: bool) -> Iterator[str]:
    if isinstance(value, list) and get_origin(part) in {list, tuple}:
        for number, item in enumerate(value):
            yield from _faults(item, get_args(part)[0], f"{place}[{number}]", strict)
    elif isinstance(value, dict) and isinstance(part, type) and issubclass(part, msgspec.Struct):
        yield from _field_faults(value, part, place, strict)


def _field_faults(
    value: dict[str, Any], part: type[msgspec.Struct], place: str, strict: bool
) -> Iterator[str]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(part)}
    for name, field in fields.items():
        if name in value:
            yield from _faults(value[name], field.type, _under(place, name), strict)
        elif field.required:
            yield f"This field is missing - at `{_under(place, name)}`"
    if part.__struct_config__.forbid_unknown_fields:
        for name in value:
            if name not in fields:
                yield f"There is no such field - at `{_under(place, name)}`"


def _under(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _words(message: str, kind: Any) -> str:
    """What is wrong; of a choice, what there is to choose from."""
    if message.startswith("Invalid enum value"):
        named = ", ".join(repr(one) for part in _parts(kind) for one in _choices(part))
        return f"Expected one of {named}"
    if message.startswith("Invalid RFC3339"):
        return "Expected a date and time with its zone, such as `2030-01-31T18:00:00Z`"
    return message


def _choices(part: Any) -> Iterator[Any]:
    if get_origin(part) is Literal:
        yield from get_args(part)
    elif isinstance(part, type) and issubclass(part, Enum):
        yield from (one.value for one in part)
