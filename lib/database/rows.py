"""Making and inserting many rows at once, for work that is measured in microseconds a row.

`bulk_create` asks every field of every row how it is stored, and makes the statement anew; that
takes several times as long as the database does. So does making the objects: `Model.__init__` asks
every field for its default. Here all of it is found out once for each model.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache, partial
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeVar, cast

from django.db import connection
from django.db.models import (
    AutoField,
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    FloatField,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    TextField,
    UUIDField,
)
from django.db.models.base import ModelState
from django.db.models.fields import NOT_PROVIDED

Row = TypeVar("Row", bound=Model)
Convert = Callable[[Any], Any]

#: Fields whose values are stored as they are.
_PLAIN = (BooleanField, CharField, FloatField, IntegerField, TextField)

#: So many rows and more are copied to PostgreSQL; a statement for fewer is one message less.
_COPIED = 4


def new_row(model: type[Row], **values: Any) -> Row:
    """A row that is not stored yet, as `model(**values)` makes it; no signal is sent.

    `values` are by the names of fields: a foreign key's value is the row that it refers to. Raises
    `TypeError` for another name.
    """
    made = _making(model)
    row = model.__new__(model)
    own = row.__dict__
    state = own["_state"] = ModelState()
    own.update(made.constants)
    for name, value in values.items():
        relation = made.relations.get(name)
        if relation is None:
            own[name] = value
        else:
            state.fields_cache[name] = value
            own[relation[0]] = None if value is None else value.__dict__[relation[1]]
    made.fill(own, values)
    if len(own) != made.size:
        raise TypeError(f"{model.__name__} has no such fields: {sorted(values)}")
    return row


def insert_rows(rows: Sequence[Row]) -> None:
    """Store new rows of one model in one statement; what they refer to has its key already.

    As with `bulk_create`, no signal is sent. A number that the database counts up is not read back.
    """
    if not rows:
        return
    plan = _plan(type(rows[0]), connection.vendor)
    _insert(plan, [plan.values(row.__dict__) for row in rows])
    alias = connection.alias
    for row in rows:
        row._state.adding = False
        row._state.db = alias


def insert_values(model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """Store new rows of which nobody needs an object, by the names of their columns' attributes.

    What a row leaves out has the field's default.
    """
    if rows:
        plan, made = _plan(model, connection.vendor), _making(model)
        _insert(plan, [plan.values(made.fill(made.constants | row, row)) for row in rows])


def _insert(plan: "_Plan", values: Sequence[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # one short statement, prepared once
            cursor.executemany(plan.statement.format(plan.places), values)
        elif len(values) < _COPIED:
            places = ", ".join([plan.places] * len(values))
            cursor.execute(plan.statement.format(places), [each for row in values for each in row])
        else:
            cursor._execute_with_wrappers(plan.copy, values, many=True, executor=_copy)


def _copy(sql: str, rows: Sequence[Sequence[Any]], many: bool, context: dict[str, Any]) -> None:
    """Send rows to PostgreSQL: a statement's parameters take three times as long to write."""
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, context["cursor"].cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


class _Making(NamedTuple):
    """How the rows of a model are made: what they have if nothing is said, and what they refer to.

    A relation has the name of its column's attribute, and that of the other row's which it holds.
    """

    constants: dict[str, Any]
    factories: Sequence[tuple[str, Callable[[], Any]]]
    relations: dict[str, tuple[str, str]]
    #: How many attributes a row has; one more would be of a field that there is not.
    size: int

    def fill(self, row: dict[str, Any], given: Collection[str]) -> dict[str, Any]:
        """The row, with a new value for each of its fields that makes them and is not given."""
        for name, make in self.factories:
            if name not in given:
                row[name] = make()
        return row


@cache
def _making(model: type[Model]) -> _Making:
    fields = model._meta.concrete_fields
    made = [one for one in fields if callable(one.default) and one.default is not NOT_PROVIDED]
    return _Making(
        constants={one.attname: one.get_default() for one in fields if one not in made},
        factories=[(one.attname, cast(Callable[[], Any], one.default)) for one in made],
        relations={
            one.name: (one.attname, one.target_field.attname)
            for one in fields
            if isinstance(one, ForeignKey)
        },
        size=len(("_state", *fields)),
    )


class _Plan(NamedTuple):
    """How the rows of a model are stored: the statement, and each field that is converted."""

    statement: str
    places: str
    #: The statement with which PostgreSQL takes many.
    copy: str
    read: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    converted: Sequence[tuple[int, Convert]]

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """What is stored of a row, in the order of the statement."""
        values = list(self.read(row))
        for place, convert in self.converted:
            if values[place] is not None:
                values[place] = convert(values[place])
        return values


@cache
def _plan(model: type[Model], vendor: str) -> _Plan:
    fields = [one for one in model._meta.concrete_fields if not isinstance(one, AutoField)]
    quoted = ", ".join(connection.ops.quote_name(str(one.column)) for one in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    converters = enumerate(map(_converter, fields))
    return _Plan(
        statement=f"INSERT INTO {table} ({quoted}) VALUES {{}}",  # noqa: S608 - our own names
        places=f"({', '.join(['%s'] * len(fields))})",
        copy=f"COPY {table} ({quoted}) FROM STDIN",
        read=itemgetter(*(one.attname for one in fields)),
        converted=[(place, convert) for place, convert in converters if convert is not None],
    )


def _converter(field: "Field[Any, Any]") -> Convert | None:
    """From a value in Python to one for the database; None where they are the same."""
    kind: Any = field
    while isinstance(kind, ForeignKey):
        kind = kind.target_field
    if isinstance(kind, _PLAIN):
        return None
    if isinstance(kind, UUIDField):
        return None if connection.features.has_native_uuid_field else attrgetter("hex")
    prepare: Convert = partial(field.get_db_prep_save, connection=connection)
    if isinstance(kind, JSONField):
        return _json_converter(prepare)
    if isinstance(kind, DateTimeField) and connection.vendor == "sqlite":
        return _moment_converter(prepare)
    return prepare


def _moment_converter(prepare: Convert) -> Convert:
    """SQLite has moments as text; nearly all are in the database's own time zone already."""
    own = connection.timezone

    @lru_cache(maxsize=256)  # most rows of a statement have the same
    def convert(moment: datetime) -> Any:
        return moment.isoformat(" ")[:-6] if moment.tzinfo is own else prepare(moment)  # no +00:00

    return convert


def _json_converter(prepare: Convert) -> Convert:
    """Most values are empty: how those are written is found out once."""
    empty = {kind: prepare(kind()) for kind in (list, dict)}

    def convert(value: Any) -> Any:
        return prepare(value) if value or type(value) not in empty else empty[type(value)]

    return convert
