"""Every list is walked by cursor while lines come and go: none comes twice, none is left out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from matchmaking.models import Match, MatchState, Player, Pool, Rating, Season
from matchmaking.tests.meetings import meeting, player, pool
from service_keys.models import Scope
from service_keys.services import make_key
from tournaments.models import Action, Entrant, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.setup.creation import create_tournament
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db

JSON = "application/json"
NOW = timezone.now()


@dataclass(frozen=True)
class List:
    """A list under test: where it is, how a line is known, and how lines come and go."""

    path: str
    lines: str
    known_by: str
    add: Callable[[int], object]
    drop: Callable[[Any], object] | None = None
    token: str = ""

    def ask(self, address: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return Client(headers=headers).get(address)

    def get(self, query: str = "") -> Any:
        answer = self.ask(f"{self.path}?{query}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def names(self, answer: Any) -> list[Any]:
        """The lines of an answer, as they are known."""
        found = answer[self.lines]
        for part in self.known_by.split("."):
            found = [one[part] for one in found]
        return list(found)

    def walk(self, query: str, meanwhile: Callable[[], None]) -> list[Any]:
        """All lines, read along `Link`; `meanwhile` is done between two pages."""
        seen, address = [], f"{self.path}?{query}"
        for _ in range(200):
            response = self.ask(address)
            assert response.status_code == 200, response.content
            seen += self.names(response.json())
            link = re.fullmatch(r'<(.*)>; rel="next"', response.get("Link", ""))
            assert (link is None) == (response.json()["next"] is None)
            if link is None:
                return seen
            address = link[1]
            meanwhile()
        raise AssertionError("the list has no end")


def spread(number: int) -> int:
    """Another place in the order than in that of making, and shared by several."""
    return number * 7 % 5


def tournaments() -> List:
    return List(
        "/api/tournaments",
        "tournaments",
        "name",
        lambda n: Tournament.objects.create(name=f"{spread(n)} Cup {n}"),
        lambda name: Tournament.objects.get(name=name).delete(),
    )


def matches() -> List:
    def add(number: int) -> None:
        match = meeting(f"Ann {number}", f"Bob {number}", slug="ladder")
        if number % 3:
            at = NOW + timedelta(seconds=spread(number))
            Match.objects.filter(pk=match.pk).update(state=MatchState.LAPSED, closed_at=at)

    return List("/api/matches", "matches", "id", add, lambda pk: Match.objects.get(pk=pk).delete())


def pools() -> List:
    return List(
        "/api/pools",
        "pools",
        "slug",
        lambda n: pool(f"{spread(n)}-pool-{n}"),
        lambda slug: Pool.objects.get(slug=slug).delete(),
    )


def seasons() -> List:
    made = pool()
    return List(
        f"/api/pools/{made.slug}/seasons",
        "seasons",
        "number",
        lambda n: Season.objects.create(pool=made, number=n + 10, ended_at=NOW),
        lambda number: Season.objects.get(pool=made, number=number).delete(),
    )


def leaderboard() -> List:
    made = pool()

    def add(number: int) -> None:
        Rating.objects.create(
            player=player(f"{spread(number)} P {number}"), pool=made, rating=1500 + spread(number),
            deviation=80, volatility=0.06, rated_at=NOW, matches=1 + number % 4,
            sure_until=NOW + timedelta(days=9) if number % 2 else None,
        )  # fmt: skip

    return List(
        f"/api/pools/{made.slug}/leaderboard",
        "lines",
        "player.username",
        add,
        lambda name: Rating.objects.get(player__name=name).delete(),
    )


def entrants() -> List:
    cup = create_tournament(name="Cup", players=["Ann", "Bob"]).tournament

    def add(number: int) -> None:
        name = f"{spread(number)} E {number}"
        Entrant.objects.create(
            tournament=cup, seed=100 - number if number < 100 else number, name=name,
            name_key=name.casefold(), rating=spread(number) if number % 3 else None,
        )  # fmt: skip

    return List(
        f"/api/tournaments/{cup.pk}/entrants",
        "entrants",
        "name",
        add,
        lambda name: cup.entrants.get(name=name).delete(),
    )


def record() -> List:
    made = create_tournament(name="Cup", players=["Ann", "Bob"])

    def add(number: int) -> None:
        Action.objects.create(
            tournament=made.tournament, number=number + 10, actor_name=ORGANISER.name,
            verb="test", text=f"did {number}",
        )  # fmt: skip

    path = f"/api/tournaments/{made.tournament.pk}/actions"
    return List(path, "actions", "number", add, token=made.token)


def key() -> str:
    return make_key(name="Arena", scopes=[Scope.POOLS]).token


def webhooks() -> List:
    return List(
        "/api/webhooks",
        "webhooks",
        "name",
        lambda n: Endpoint.objects.create(name=f"{spread(n)} Bot {n}", url="https://bot.example"),
        lambda name: Endpoint.objects.get(name=name).delete(),
        token=key(),
    )


def deliveries() -> List:
    made = Endpoint.objects.create(name="Bot", url="https://bot.example")

    def add(number: int) -> None:
        Delivery.objects.create(
            endpoint=made, message_id=f"e-{number}", seq=number, type="match.made",
            attempted_at=NOW - timedelta(seconds=spread(number)), is_delivered=number % 2 == 0,
        )  # fmt: skip

    return List(
        f"/api/webhooks/{made.pk}/deliveries",
        "deliveries",
        "message",
        add,
        lambda message: Delivery.objects.get(message_id=message).delete(),
        token=key(),
    )


#: Each list, and the names by which it is sorted; the first is the usual one.
LISTS: dict[Callable[[], List], tuple[str, ...]] = {
    tournaments: ("-created", "name"),
    matches: ("-created", "closed"),
    pools: ("name", "slug"),
    seasons: ("-number",),
    leaderboard: ("rank", "name", "matches"),
    entrants: ("seed", "name", "rating", "entered"),
    record: ("-number",),
    webhooks: ("created", "name"),
    deliveries: ("-created",),
}
SORTED = [
    (build, sort)
    for build, sorts in LISTS.items()
    for plain in sorts
    for sort in (plain, plain[1:] if plain.startswith("-") else f"-{plain}")
]


@pytest.mark.parametrize(("build", "sort"), SORTED, ids=lambda one: getattr(one, "__name__", one))
def test_nothing_comes_twice_and_nothing_is_left_out(build: Callable[[], List], sort: str) -> None:
    chance, numbers, listed = Random(sort), count(1), build()
    for _ in range(9):
        listed.add(next(numbers))
    start = listed.names(listed.get(f"sort={sort}&size=200"))
    gone: set[Any] = set()

    def meanwhile() -> None:
        if chance.random() < 0.7 and listed.drop is not None and set(start) - gone:
            gone.add(chosen := chance.choice(sorted(set(start) - gone)))
            listed.drop(chosen)
        if chance.random() < 0.5:
            listed.add(next(numbers))

    for size in (1, 2, 3):
        start = listed.names(listed.get(f"sort={sort}&size=200"))
        gone.clear()
        seen = listed.walk(f"sort={sort}&size={size}", meanwhile)
        assert len(seen) == len(set(seen))
        assert set(start) - gone <= set(seen)
        assert [one for one in seen if one in set(start)] == [one for one in start if one in seen]


@pytest.mark.parametrize("build", LISTS)
def test_upwards_is_downwards_turned_around(build: Callable[[], List]) -> None:
    listed = build()
    for number in range(1, 8):
        listed.add(number)
    for sort in LISTS[build]:
        plain = sort.removeprefix("-")
        upwards = listed.names(listed.get(f"sort={plain}&size=200"))
        downwards = listed.names(listed.get(f"sort=-{plain}&size=200"))
        assert sorted(upwards) == sorted(downwards) and len(upwards) >= 7
        if plain not in {"rating", "closed"}:  # those without a value come last either way
            assert upwards == downwards[::-1]


@pytest.mark.parametrize("build", LISTS)
def test_what_is_none_of_the_lists_cursors_is_refused(build: Callable[[], List]) -> None:
    listed = build()
    for number in range(1, 4):
        listed.add(number)
    usual = LISTS[build][0]
    turned = usual[1:] if usual.startswith("-") else f"-{usual}"
    ours = listed.get("size=1")["next"]
    asked = {
        "cursor=x": "bad_cursor",
        "cursor=W10.x": "bad_cursor",
        f"cursor={'9' * 900}": "bad_cursor",
        f"cursor={ours[:-1]}": "bad_cursor",
        f"cursor={ours}&sort={turned}": "bad_cursor",
        f"cursor={'9' * 1001}": "malformed",
        "sort=nonsense": "malformed",
        "size=0": "malformed",
        "size=1e1": "malformed",
        "nonsense=1": "malformed",
    }
    for query, code in asked.items():
        refused = listed.ask(f"{listed.path}?{query}")
        assert (refused.status_code, refused.json()["code"]) == (400, code), query


@pytest.mark.parametrize(("build", "least"), [(entrants, 62), (webhooks, 60), (pools, 61)])
def test_a_list_that_used_to_come_whole_still_does(build: Callable[[], List], least: int) -> None:
    listed = build()
    for number in range(1, 61):
        listed.add(number)
    whole = listed.get()
    assert (len(whole[listed.lines]), whole["next"]) == (least, None)
    first = listed.get("size=40")
    rest = listed.get(f"cursor={first['next']}")
    assert listed.names(first) + listed.names(rest) == listed.names(whole)


def test_the_record_before_a_number_goes_on_by_cursor_too() -> None:
    listed = record()
    for number in range(1, 8):
        listed.add(number)
    assert listed.names(listed.get("before=15&size=2")) == [14, 13]
    assert listed.walk("before=15&size=2", lambda: None)[:4] == [14, 13, 12, 11]


def test_a_delivery_is_found_by_its_number_as_before() -> None:
    listed = deliveries()
    for number in range(1, 8):
        listed.add(number)
    rows: QuerySet[Delivery] = Delivery.objects.order_by("-pk")
    before = rows[2]
    assert listed.names(listed.get(f"cursor={before.pk}")) == ["e-4", "e-3", "e-2", "e-1"]
    first = listed.get(f"cursor={before.pk}&size=2")
    assert listed.names(first) == ["e-4", "e-3"]
    assert listed.names(listed.get(f"cursor={first['next']}")) == ["e-2", "e-1"]
    assert listed.names(listed.get("delivered=false")) == ["e-7", "e-5", "e-3", "e-1"]
    for wrong in ("0x1", "-1", "\u0663", "9" * 30):
        refused = listed.ask(f"{listed.path}?cursor={wrong}")
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_cursor")


def test_entrants_by_status_and_those_without_a_rating_last() -> None:
    listed = entrants()
    for number in range(1, 6):
        listed.add(number)
    Entrant.objects.filter(name="Ann").update(status="withdrawn")
    assert listed.names(listed.get("status=withdrawn")) == ["Ann"]
    for sort in ("rating", "-rating"):
        shown = [one["rating"] for one in listed.get(f"sort={sort}")["entrants"]]
        known = sorted(one for one in shown if one is not None)
        assert shown == (known if sort == "rating" else known[::-1]) + [None] * 3
    Entrant.objects.filter(name="Bob").update(status="applied")
    assert listed.names(listed.get("status=applied")) == [], "not for everybody"


def test_webhooks_by_pool_and_state() -> None:
    listed = webhooks()
    for number in (1, 2, 3):
        listed.add(number)
    Endpoint.objects.filter(name="2 Bot 1").update(pool=pool())
    Endpoint.objects.filter(name="4 Bot 2").update(state="disabled")
    assert listed.names(listed.get("pool=ladder")) == ["2 Bot 1"]
    assert listed.names(listed.get("state=disabled")) == ["4 Bot 2"]
    for unknown in ("none", "%00"):
        assert listed.ask(f"{listed.path}?pool={unknown}").json()["code"] == "unknown_pool"


def test_a_players_matches_are_read_further_back_than_the_profile_shows() -> None:
    ann = player("Ann")
    for number in range(45):
        match = meeting("Ann", f"Bob {number}", slug=f"pool-{number}")
        at = NOW + timedelta(seconds=number // 2)
        Match.objects.filter(pk=match.pk).update(
            state=MatchState.FINISHED, outcome="drawn", closed_at=at
        )
    meeting("Ann", "Cem")
    response = Client().get(f"/api/players/{ann.pk}")
    profile = response.json()
    assert response["Link"] == f'<{profile["earlier_matches"]}>; rel="next"'
    seen, address = [one["id"] for one in profile["matches"]], profile["earlier_matches"]
    parts = [len(seen)]
    while address:
        page = Client().get(address)
        seen += [one["id"] for one in page.json()["matches"]]
        parts.append(len(page.json()["matches"]))
        address = page.get("Link", "")[1:].partition(">")[0]
    finished = Match.objects.filter(state=MatchState.FINISHED).order_by("-closed_at", "-pk")
    assert parts == [20, 20, 5]
    assert seen == [str(pk) for pk in finished.values_list("pk", flat=True)]
    few = Client().get(f"/api/players/{Player.objects.get(name='Bob 1').pk}")
    assert few.json()["earlier_matches"] is None and "Link" not in few
    browser = Client(headers={"Accept": "text/html"})
    for query, shown in (("", 20), ("?page=3", 5), ("?page=nonsense", 20)):
        html = browser.get(f"/players/{ann.pk}{query}").content.decode()
        assert html.count('<span class="result result-') == shown
        assert f"Page {3 if shown == 5 else 1} of 3" in html
