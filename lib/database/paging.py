"""Lists in pages, by cursor: what a page ends with says where the next begins.

A page is found by the values of its order, not by counting, so that no row is shown twice or left
out when others come or go meanwhile. A cursor is signed: only what was given out comes back.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar, get_args

import msgspec
from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

from lib.errors import Malformed
from lib.schemas import Body

Row = TypeVar("Row", bound=Model)
#: The fields that rows are ordered by, with their types; a minus before one for downwards. The last
#: is unique and never null. A field that may be null has a type such as `int | None`: rows without
#: a value come last, upwards and downwards. A relation is named by its column, such as `player_id`:
#: by `player` rows would be ordered as players are.
Order = Sequence[tuple[str, Any]]
MOST, USUAL = 200, 50
_MOST_CURSOR_CHARS = 1000
_signer = Signer(salt="matchpoint.cursor", sep=".")


class ListQuery(Body, kw_only=True):
    """Which part of a list, and in which order; a list says itself by what it may be sorted.

    Where neither `cursor` nor `size` is sent, it is the whole list.
    """

    cursor: Annotated[str, msgspec.Meta(max_length=_MOST_CURSOR_CHARS)] = ""
    """The `next` of the page before; sent with the same `sort` and filters."""
    size: Annotated[int, msgspec.Meta(ge=1, le=MOST)] | None = None
    """How many lines, at most 200; without it 50 after a `cursor`, and else all."""
    sort: str = ""


class PageQuery(ListQuery, kw_only=True):
    """Which part of a list that is never read whole, and in which order."""

    size: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = USUAL
    """How many lines, at most 200."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursor of those after them; None at the end."""

    rows: list[Row]
    next: str | None


def page_of(
    rows: "QuerySet[Row, Row]",
    query: ListQuery,
    orders: Mapping[str, Order],
    *,
    skip: int = 0,
) -> Page[Row]:
    """The page that was asked for; raises `Malformed` with the code `bad_cursor`.

    `orders` are the orders by the names of `sort`; with a minus before it, each is turned around.
    Without a cursor, `skip` rows are passed over.
    """
    order = _order(query.sort, orders)
    rows = rows.order_by(*(_ordering(name, kind) for name, kind in order))
    if query.cursor:
        rows, skip = rows.filter(_after(order, _read(query, order))), 0
    elif query.size is None:
        return Page(list(rows), None)
    size = query.size or USUAL
    found = list(rows[skip : skip + size + 1])
    shown = found[:size]
    goes_on = bool(shown) and len(found) > len(shown)
    return Page(shown, _cursor(query, order, shown[-1]) if goes_on else None)


def _order(sort: str, orders: Mapping[str, Order]) -> Order:
    order = orders[sort.removeprefix("-")]
    return [(_turned(name), kind) for name, kind in order] if sort.startswith("-") else order


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _may_be_null(kind: Any) -> bool:
    return type(None) in get_args(kind)


def _ordering(name: str, kind: Any) -> str | OrderBy:
    """By a field, with nulls last where there may be some: databases differ in where they stand."""
    if not _may_be_null(kind):
        return name
    field = F(name.removeprefix("-"))
    return field.desc(nulls_last=True) if name.startswith("-") else field.asc(nulls_last=True)


def _after(order: Order, values: Sequence[Any]) -> Q:
    """Rows that differ from those values first in a field by which they come later."""
    found, same = Q(), Q()
    for (name, kind), value in zip(order, values, strict=True):
        field, is_down = name.removeprefix("-"), name.startswith("-")
        if value is None:  # nothing comes after null
            same &= Q(**{f"{field}__isnull": True})
            continue
        later = Q(**{f"{field}__{'lt' if is_down else 'gt'}": value})
        if _may_be_null(kind):
            later |= Q(**{f"{field}__isnull": True})
        found |= same & later
        same &= Q(**{field: value})
    return found


def _cursor(query: ListQuery, order: Order, last: Model) -> str:
    values = [_value(last, name.removeprefix("-")) for name, _ in order]
    text = urlsafe_b64encode(msgspec.json.encode([query.sort, *values])).decode().rstrip("=")
    return _signer.sign(text)


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _read(query: ListQuery, order: Order) -> Sequence[Any]:
    """The values that a cursor holds."""
    try:
        text = _signer.unsign(query.cursor)
        shape: Any = tuple.__class_getitem__((str, *(kind for _, kind in order)))
        held: tuple[Any, ...] = msgspec.json.decode(urlsafe_b64decode(text + "==="), type=shape)
    except (BadSignature, ValueError) as error:
        raise _bad_cursor() from error
    if held[0] != query.sort:
        raise _bad_cursor()
    return held[1:]


def _bad_cursor() -> Malformed:
    return Malformed(
        "This `cursor` is none of this list: take `next` of the page before, with the same `sort`.",
        code="bad_cursor",
    )
