"""Pages of rows of which some have no value: as one sorted list has them, in both directions."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.database.paging import Order, PageQuery, page_of
from tournaments.models import Entrant, Tournament

pytestmark = pytest.mark.django_db

#: Two fields that may be null, one after the other, so that each is null while the other is not.
ORDERS: dict[str, Order] = {
    "rating": (("rating", int | None), ("checked_in_at", datetime | None), ("pk", int)),
    "mixed": (("-rating", int | None), ("club", str), ("checked_in_at", datetime | None),
              ("player_id", UUID | None), ("-pk", int)),
}  # fmt: skip
MOMENTS = [datetime.fromisoformat(f"2030-01-0{day}T00:00:00.00000{day}Z") for day in (1, 2)]
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(0, 3), st.sampled_from(["", "North"]),
        st.none() | st.sampled_from(MOMENTS),
    ),
    max_size=14,
)  # fmt: skip


def filled(rows: list[tuple[Any, ...]]) -> Tournament:
    cup, _ = Tournament.objects.get_or_create(name="Cup")
    cup.entrants.all().delete()
    Entrant.objects.bulk_create(
        Entrant(
            tournament=cup, seed=seed, name=f"E {seed}", name_key=f"e {seed}", rating=rating,
            club=club, checked_in_at=at,
        )
        for seed, (rating, club, at) in enumerate(rows, start=1)
    )  # fmt: skip
    return cup


def sorted_by(rows: list[Entrant], sort: str) -> list[Entrant]:
    """Sorted by one field after another, the last first: those without a value last."""
    for name, _ in reversed(ORDERS[sort.removeprefix("-")]):
        is_down = name.startswith("-") != sort.startswith("-")
        field = name.removeprefix("-")
        known = [row for row in rows if getattr(row, field) is not None]
        known.sort(key=lambda row: getattr(row, field), reverse=is_down)
        rows = known + [row for row in rows if getattr(row, field) is None]
    return rows


@pytest.mark.parametrize("sort", ["rating", "-rating", "mixed", "-mixed"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, size=st.integers(1, 5), dropped=st.sets(st.integers(0, 13)))
def test_pages_are_the_parts_of_one_sorted_list(
    sort: str, rows: list[tuple[Any, ...]], size: int, dropped: set[int]
) -> None:
    cup = filled(rows)
    expected = sorted_by(list(cup.entrants.order_by("pk")), sort)
    seen: list[Entrant] = []
    query, turn = PageQuery(sort=sort, size=size), 0
    while True:
        page = page_of(cup.entrants.all(), query, ORDERS)
        assert len(page.rows) == size or page.next is None
        seen += page.rows
        if page.next is None:
            break
        if turn in dropped:  # a row that was seen goes: those after it come all the same
            Entrant.objects.filter(pk=seen[-1].pk).delete()
        query, turn = PageQuery(sort=sort, size=size, cursor=page.next), turn + 1
    assert seen == expected
