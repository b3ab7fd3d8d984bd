"""Reads whose SQL is made once: where the ORM takes longer to write a query than to run it."""

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)

#: Values that no caller has: where they stand in the SQL's parameters, a caller's values go.
_MARKS: dict[type, Callable[[int], Any]] = {
    int: lambda place: 32_000 + place,  # which fits into any column of integers
    str: lambda place: f"\N{REPLACEMENT CHARACTER}{place}",
}


class PreparedRead(Generic[Row]):
    """A query of whole rows of one model, called with its parameters; `kinds` are their types.

    `make` is called once, with other values in their places: it may pass them on to the query, and
    look at nothing of them.
    """

    def __init__(self, make: Callable[..., "QuerySet[Row, Row]"], *kinds: type) -> None:
        self._make, self._kinds = make, kinds
        self._by_vendor: dict[str, _Prepared[Row]] = {}

    def __call__(self, *values: int | str) -> list[Row]:
        """The rows that are there now."""
        prepared = self._by_vendor.get(connection.vendor)
        if prepared is None:
            prepared = self._by_vendor[connection.vendor] = self._prepare()
        return prepared.read(values)

    def _prepare(self) -> "_Prepared[Row]":
        marks = [_MARKS[kind](place) for place, kind in enumerate(self._kinds)]
        rows = self._make(*marks)
        compiler = rows.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        assert set(marks) <= set(parameters), "A parameter is no part of the query."
        columns = [column for column, *_ in compiler.select]
        return _Prepared(
            rows.model,
            sql,
            [(marks.index(one), None) if one in marks else (-1, one) for one in parameters],
            [column.target.attname for column in columns],
            compiler.get_converters(columns),
        )


class _Prepared(NamedTuple, Generic[Row]):
    """The SQL of a query; each of its parameters is a caller's, by place, or always the same."""

    model: type[Row]
    sql: str
    parameters: list[tuple[int, Any]]
    names: list[str]
    #: By the column's place: what makes a value of Python out of the database's, one after another.
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]

    def read(self, values: tuple[int | str, ...]) -> list[Row]:
        parameters = [same if place < 0 else values[place] for place, same in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            found = [list(row) for row in cursor.fetchall()]
        # By this thread's connection: the compiler has that of the thread which made the SQL.
        for row in found:
            for place, (converters, expression) in self.converters.items():
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
        return [self.model.from_db(connection.alias, self.names, row) for row in found]
