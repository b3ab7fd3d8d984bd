"""A tournament with everybody acting at once: two organisers and forty players."""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from uuid import UUID

from .clients import Json, Reply, send
from .test_races import Site, at_once, site, statuses

__all__ = ["site"]

PLAYERS = 40
REOPENINGS = 5
MOST_WAVES = 80


class CrowdedCup:
    """One double elimination whose players report for themselves, and the tokens of all."""

    def __init__(self, where: Site, chance: Random) -> None:
        self.site, self.chance, self.tokens = where, chance, {}
        options = {"format": "double_elimination", "entry": "open", "reporting": "players"}
        body: Json = {"players": [], "start": False, "byes": True, "name": "Crowded Cup", **options}
        made = self.do("POST", "/tournament", body).json
        self.path, self.token = f"/api/tournaments/{made['tournament']['id']}", made["token"]
        assert self.do("POST", f"{self.path}/registration", {}, self.token).status == 200
        self.tokens = self._register()
        started = self.do("POST", f"{self.path}/start", {}, self.token)
        assert started.status == 200, started
        self.reopened = 0

    def do(self, method: str, path: str, body: Any = None, token: str = "") -> Reply:
        """One request, to any of the processes."""
        return send(self.site.url(self.chance.randrange(3)), method, path, body, token=token)

    def _register(self) -> dict[str, str]:
        """Forty guests who all register at once; name and token of each."""

        def guest(number: int) -> tuple[str, str]:
            name = f"Runner {number}"
            return name, self.do("POST", "/matchmaking", {"username": name}).json["token"]

        tokens = dict(guest(number) for number in range(PLAYERS))
        names = list(tokens)
        replies = at_once(
            PLAYERS, lambda n: self.do("POST", f"{self.path}/entrants", {}, tokens[names[n]])
        )
        assert statuses(replies) == {201: PLAYERS}, replies
        return tokens

    def matches(self) -> Iterator[Json]:
        """Every place in the bracket as it stands."""
        self.state = self.do("GET", self.path).json
        for stage in self.state["stages"]:
            for group in stage["groups"]:
                for round_ in group["rounds"]:
                    yield from round_["matches"]

    def wave(self, rows: list[Json]) -> list[Callable[[], Reply]]:
        """What everybody does next: both players of each ready match, and the organisers."""
        acts = []
        for row in rows:
            if row["state"] == "ready":
                result = {"scores": self.chance.choice([[1, 0], [0, 1]])}
                names = [side["name"] for side in row["sides"]]
                acts += [self._as_player(row, result, self.tokens[name]) for name in names]
                if self.chance.random() < 0.5:
                    acts.append(self._as_organiser(row, "result", result))
        decided = [row for row in rows if row["state"] == "decided"]
        if decided and self.reopened < REOPENINGS:
            self.reopened += 1
            acts.append(self._as_organiser(self.chance.choice(decided), "reopen", {}))
        return acts

    def _as_player(self, row: Json, result: Json, token: str) -> Callable[[], Reply]:
        return lambda: self.do("POST", f"/matches/{row['id']}/result", result, token)

    def _as_organiser(self, row: Json, what: str, body: Json) -> Callable[[], Reply]:
        path = f"{self.path}/matches/{row['id']}/{what}"
        return lambda: self.do("POST", path, body, self.token)


def all_at_once(acts: list[Callable[[], Reply]]) -> list[Reply]:
    return at_once(len(acts), lambda number: acts[number]())


def test_two_organisers_and_forty_players_leave_a_whole_bracket(site: Site) -> None:
    cup = CrowdedCup(site, Random(7))
    answered: Counter[int] = Counter()
    for _ in range(MOST_WAVES):
        rows = list(cup.matches())
        if cup.state["state"] == "finished":
            break
        answered += statuses(all_at_once(cup.wave(rows)))
    assert cup.state["state"] == "finished", answered
    # 404: another's reopening had emptied the place of that match a moment before.
    assert set(answered) <= {200, 404, 409}, answered
    check_whole({row["id"]: row for row in cup.matches()})
    check_stored(site, cup)


def check_whole(rows: dict[str, Json]) -> None:
    """Everybody stands where the results lead, once, and nobody anywhere else."""
    arrivals: dict[tuple[str, int], str | None] = {}
    for row in rows.values():
        assert row["state"] in {"decided", "walkover", "empty", "not_needed"}, row
        if row["winner"] is not None:
            names = [side["name"] for side in row["sides"]]
            for place, name in (
                (row["winner_to"], names[row["winner"]]),
                (row["loser_to"], names[1 - row["winner"]]),
            ):
                if place is not None and row["key"] != "GF":
                    arrivals[place["match"], place["side"]] = name
    for (match, side), name in arrivals.items():
        assert rows[match]["sides"][side]["name"] == name, (rows[match], side, name)
    losses = Counter(
        side["name"]
        for row in rows.values()
        if row["state"] == "decided"
        for number, side in enumerate(row["sides"])
        if number != row["winner"]
    )
    [champion] = [name for name in rows_names(rows) if losses[name] < 2]
    assert losses[champion] <= 1
    assert sorted(set(losses.values())) in ([1, 2], [2])


def rows_names(rows: dict[str, Json]) -> set[str]:
    """Everybody who plays."""
    return {side["name"] for row in rows.values() for side in row["sides"] if side["name"]}


def check_stored(site: Site, cup: CrowdedCup) -> None:
    """No match of the bracket is open or held, none has two results, every event is there once."""
    tournament = UUID(cup.path.rsplit("/", 1)[1])
    stored = tournament.hex if site.database_url.startswith("sqlite") else str(tournament)
    mine = (
        "FROM matchmaking_match JOIN tournaments_pairing p ON p.match_id = matchmaking_match.id "
        "JOIN tournaments_group g ON g.id = p.group_id "
        "JOIN tournaments_stage s ON s.id = g.stage_id "
        f"WHERE s.tournament_id = '{stored}'"
    )
    assert site.rows(f"SELECT matchmaking_match.state, count(*) {mine} GROUP BY 1") == [
        ("finished", len([row for row in cup.matches() if row["state"] == "decided"]))
    ]
    bracket = f"SELECT matchmaking_match.id {mine}"
    held = f"SELECT count(*) FROM matchmaking_seat WHERE holds AND match_id IN ({bracket})"
    assert site.rows(held) == [(0,)]
    answered = f"SELECT seq FROM lobby_event WHERE stream_id = 'tournament:{tournament}'"
    seqs = [seq for (seq,) in site.rows(answered)]
    assert sorted(seqs) == list(range(1, len(seqs) + 1))
