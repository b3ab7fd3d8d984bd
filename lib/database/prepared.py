"""Reads whose SQL is made once: where the ORM takes longer to write a query than to run it."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet, UUIDField
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)
Values = TypeVar("Values", bound=tuple[Any, ...])

Parameter = int | str | UUID
#: Values that no caller has: where they stand in the SQL's parameters, a caller's values go.
_MARKS: dict[type, Callable[[int], Any]] = {
    int: lambda place: 32_000 + place,  # which fits into any column of integers
    str: lambda place: f"\N{REPLACEMENT CHARACTER}{place}",
    UUID: lambda place: UUID(int=place),
}
_UUIDS = UUIDField()


class PreparedRead(Generic[Row]):
    """A query of rows of a model, called with its parameters; `kinds` are their types.

    The rows come with what `select_related` and `annotate` add to them, but not with what
    `prefetch_related` does. `make` is called once, with other values in the places of the
    parameters: it may pass them on to the query, and look at nothing of them.
    """

    def __init__(self, make: Callable[..., "QuerySet[Row, Row]"], *kinds: type) -> None:
        self._statements = _Statements(make, kinds)

    def __call__(self, *values: Parameter) -> list[Row]:
        """The rows that are there now."""
        statement = self._statements.of_this_vendor()
        rows = statement.rows
        assert rows is not None, "The query is one of values."
        return [rows.make(found) for found in statement.read(values)]


class PreparedValues(Generic[Values]):
    """The same for a query of values, which `make` returns as a `values_list`."""

    def __init__(self, make: Callable[..., "QuerySet[Any, Values]"], *kinds: type) -> None:
        self._statements = _Statements(make, kinds)

    def __call__(self, *values: Parameter) -> list[Values]:
        """The values that are there now, a tuple for each row."""
        found = self._statements.of_this_vendor().read(values)
        return [tuple(row) for row in found]  # type: ignore[misc]


class _Rows:
    """How a model's rows are made of what a query selects."""

    def __init__(self, compiler: Any) -> None:
        info: dict[str, Any] = compiler.klass_info
        self._model: type[Model] = info["model"]
        places: Sequence[int] = info["select_fields"]
        self._own = slice(places[0], places[-1] + 1)
        self._names = [column.target.attname for column, *_ in compiler.select[self._own]]
        self._related = get_related_populators(  # type: ignore[call-arg]  # of Django 6.1
            info, compiler.select, connection.alias
        )
        self._annotations: dict[str, int] = compiler.annotation_col_map or {}

    def make(self, values: list[Any]) -> Any:
        row = self._model.from_db(connection.alias, self._names, values[self._own])
        for related in self._related:
            related.populate(values, row)
        for name, place in self._annotations.items():
            setattr(row, name, values[place])
        return row


class _Statements:
    """The statement of one query for each kind of database; made when it is needed."""

    def __init__(self, make: Callable[..., "QuerySet[Any, Any]"], kinds: tuple[type, ...]) -> None:
        self._make, self._kinds = make, kinds
        self._by_vendor: dict[str, _Statement] = {}

    def of_this_vendor(self) -> "_Statement":
        statement = self._by_vendor.get(connection.vendor)
        if statement is None:
            statement = self._by_vendor[connection.vendor] = self._prepare()
        return statement

    def _prepare(self) -> "_Statement":
        marks = [_MARKS[kind](place) for place, kind in enumerate(self._kinds)]
        compiler = self._make(*marks).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        marks = [_stored(mark) for mark in marks]
        assert set(marks) <= set(parameters), "A parameter is no part of the query."
        return _Statement(
            sql,
            [(marks.index(one), None) if one in marks else (-1, one) for one in parameters],
            compiler.get_converters([column for column, *_ in compiler.select]),
            _Rows(compiler) if compiler.klass_info else None,
        )


def _stored(value: Parameter) -> Any:
    """A parameter as the database takes it."""
    return _UUIDS.get_db_prep_value(value, connection) if isinstance(value, UUID) else value


class _Statement(NamedTuple):
    """The SQL of a query; each of its parameters is a caller's, by place, or always the same."""

    sql: str
    parameters: list[tuple[int, Any]]
    #: By the column's place: what makes a value of Python out of the database's, one after another.
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]
    rows: _Rows | None
    """None for a query of values."""

    def read(self, values: Sequence[Parameter]) -> list[list[Any]]:
        asked = [_stored(value) for value in values]
        parameters = [same if place < 0 else asked[place] for place, same in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            found = [list(row) for row in cursor.fetchall()]
        # By this thread's connection: the compiler has that of the thread which made the SQL.
        for row in found:
            for place, (converters, expression) in self.converters.items():
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
        return found
