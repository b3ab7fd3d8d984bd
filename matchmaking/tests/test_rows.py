"""Rows that are inserted and read by prepared statements are those of the ORM."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from lib.database import rows as rows_module
from lib.database.prepared import PreparedRead, PreparedValues
from lib.database.rows import insert_rows, insert_values, new_row
from lib.models import StoredResponse
from matchmaking.models import Match, Player, Pool, ReadyAnswer, ReadyCheck, Seat, Ticket
from matchmaking.models.tickets import TicketState
from matchmaking.selectors import with_check
from matchmaking.services.queue.joining import Join, Joined, join_pool

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ELSEWHERE = datetime(2026, 5, 1, 14, 0, 0, 250, tzinfo=timezone(timedelta(hours=2)))


@pytest.fixture(autouse=True, params=["by a statement", "copied"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two ways to PostgreSQL; SQLite has one."""
    monkeypatch.setattr(rows_module, "_COPIED", 1 if request.param == "copied" else 1_000)


def stored(model: type[models.Model]) -> list[tuple[Any, ...]]:
    """The columns of a table as the database has them, but for a number that it counts up."""
    fields = model._meta.concrete_fields
    names = [str(one.column) for one in fields if not isinstance(one, models.AutoField)]
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1, 2")
        return list(cursor.fetchall())


def check_same(rows: Sequence[models.Model]) -> None:
    """Store rows by the ORM and by our statement: every column has the same."""
    model = type(rows[0])
    model._default_manager.bulk_create(rows)
    by_orm = stored(model)
    model._default_manager.all().delete()
    insert_rows(rows)
    assert stored(model) == by_orm and len(by_orm) == len(rows)
    assert not any(row._state.adding for row in rows)


def test_rows_are_stored_as_by_the_orm() -> None:
    pool = Pool.objects.get(slug=Pool.DEFAULT)
    players = [
        Player(name="Zoë", name_key="zoë", skeleton="zoe", token_sha256="a" * 64, created_at=NOON),
        Player(name="Bo'b %s", name_key="bo'b %s", skeleton="bob", created_at=ELSEWHERE),
        Player(name="a\\N\tb\\.", name_key="\\N", skeleton="\n", created_at=NOON),
    ]
    check_same(players)
    matches = [
        Match(pool=pool, rated_in=pool, attributes={"map": ["ice", "ünder"]}, created_at=NOON),
        Match(scores=[1, 0], state="finished", outcome="played", winner=0, closed_at=ELSEWHERE),
    ]
    check_same(matches)
    tickets = [
        Ticket(pool=pool, player=players[0], name="Zoë", name_key="zoë", skeleton="zoe",
               waiting_since=ELSEWHERE, roles=["keeper"], rating=1500.25, seen_at=NOON),
        Ticket(pool=pool, player=players[1], name="Bob", name_key="bob", skeleton="bob",
               state=TicketState.MATCHED, match=matches[0], regions=["eu"], leave_at=NOON),
    ]  # fmt: skip
    check_same(tickets)
    checks = [ReadyCheck(pool=pool, region="eu", deadline=NOON, attributes={"mode": "duo"})]
    check_same(checks)
    check_same([ReadyAnswer(check_of=checks[0], ticket=tickets[0], side=1, role="keeper")])
    answers: list[Any] = [{"status": "Waiting", "tags": []}, {}, [], "", 0, None]
    check_same(
        [
            StoredResponse(digest=str(n), body_sha256="b", status=200, answer=answer)
            for n, answer in enumerate(answers[:-1])
        ]
    )
    seat = {"match_id": matches[0].pk, "side": 1, "player_id": players[0].pk, "name": "Zoë"}
    Seat.objects.create(**seat, came_at=NOON)
    by_orm = stored(Seat)
    Seat.objects.all().delete()
    insert_values(Seat, [seat | {"came_at": NOON}])
    assert stored(Seat) == by_orm


def test_a_new_row_is_what_the_model_makes() -> None:
    pool = Pool.objects.get(slug=Pool.DEFAULT)
    said = {"name": "Zoë", "name_key": "zoë", "skeleton": "zoe"}
    player = new_row(Player, id=uuid4(), **said, created_at=NOON)
    given: list[tuple[Any, dict[str, Any]]] = [
        (Player, said | {"id": player.id, "created_at": NOON}),
        (Match, {"id": uuid4(), "pool": pool, "rated_in": None, "created_at": NOON}),
        (Ticket, said | {"id": uuid4(), "pool": pool, "player": player, "party": None,
                         "waiting_since": NOON, "seen_at": NOON, "roles": ["keeper"]}),
    ]  # fmt: skip
    for model, values in given:
        one, by_model = new_row(model, **values), model(**values)
        assert vars(one) | {"_state": None} == vars(by_model) | {"_state": None}
        assert one._state.fields_cache == by_model._state.fields_cache
        assert one._state.adding and one._state.db is None
    ticket = new_row(Ticket, **given[2][1])
    assert ticket.pool is pool and ticket.player_id == player.id and ticket.match_id is None
    assert new_row(Ticket).pk != new_row(Ticket).pk
    assert new_row(Ticket).regions is not new_row(Ticket).regions
    with pytest.raises(TypeError):
        new_row(Ticket, colour="red")


def test_nothing_of_rows_that_break_a_rule_is_stored() -> None:
    players = [Player(name=f"P{n}", name_key="p", skeleton="p", token_sha256="a") for n in range(2)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(players)
    assert Player.objects.count() == 0
    insert_rows([])
    insert_values(Seat, [])


def test_a_prepared_read_finds_what_the_query_finds() -> None:
    read = PreparedRead(
        lambda slug, size: Pool.objects.filter(slug=slug, team_size__gte=size)[:1], str, int
    )
    assert read("open", 1) == []
    made = Pool.objects.create(
        slug="open", name="Open %s", regions=["eu"], team_size=2, party_limit=2
    )
    for slug, size in (("open", 1), ("open", 2), ("open", 3), (Pool.DEFAULT, 1), ("it's", 1)):
        found = read(slug, size)
        assert found == list(Pool.objects.filter(slug=slug, team_size__gte=size)[:1])
    [one] = read("open", 2)
    names = [field.attname for field in Pool._meta.concrete_fields]
    assert [getattr(one, name) for name in names] == [getattr(made, name) for name in names]
    one.name = "Closed"
    one.save()
    assert read("open", 2)[0].name == "Closed"


def test_a_prepared_read_has_what_belongs_to_its_rows() -> None:
    query = with_check(Ticket.objects.in_full())
    read = PreparedRead(lambda pk: query.filter(pk=pk), UUID)
    Pool.objects.filter(slug=Pool.DEFAULT).update(ready_seconds=30)
    matched, waiting = [join_pool(Join(name)) for name in ("Ada", "Ben", "Cy")][1:]
    for joined in (matched, waiting):
        assert isinstance(joined, Joined) and joined.ticket
        expected = query.get(pk=joined.ticket.id)
        [found] = read(joined.ticket.id)
        assert columns(found) == columns(expected)
        assert found.open_check_id == expected.open_check_id
        assert (found.open_check_id is None) == (joined is waiting)
        with CaptureQueriesContext(connection) as asked:
            assert columns(found.pool) == columns(expected.pool)
            assert columns(found.player) == columns(expected.player)
            assert found.party is None and found.match is None
        assert not asked.captured_queries
    assert read(uuid4()) == []


def columns(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_prepared_values_are_those_that_the_query_finds() -> None:
    def query(name: str) -> "models.QuerySet[Ticket, tuple[UUID, datetime, str]]":
        found = Ticket.objects.filter(name=name)
        return found.values_list("pk", "waiting_since", "pool__slug")

    read: PreparedValues[tuple[UUID, datetime, str]] = PreparedValues(query, str)
    assert read("Ada") == []
    join_pool(Join("Ada"))
    assert len(read("Ada")) == 1
    for name in ("Ada", "Ben"):
        assert read(name) == list(query(name))
