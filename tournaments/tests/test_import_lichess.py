"""Tournaments of Lichess, and report files as FIDE has them since 2026."""

import json
from typing import Any

import pytest

from tournaments.files.text import BadFile
from tournaments.models import Tournament, TournamentState
from tournaments.services.transfer.imports import import_file
from tournaments.services.transfer.preview import preview_file
from tournaments.storage.final_places import final_places

pytestmark = pytest.mark.django_db

SWISS: dict[str, Any] = {
    "id": "j8rtJ5GL", "createdBy": "olga", "startsAt": "2024-05-04T18:00:00Z",
    "name": "Harbour Swiss", "clock": {"limit": 180, "increment": 2}, "variant": "standard",
    "round": 3, "nbRounds": 3, "nbPlayers": 5, "nbOngoing": 0, "status": "finished",
    "stats": {"games": 6, "whiteWins": 3, "blackWins": 2, "draws": 1, "byes": 2, "absences": 1,
              "averageRating": 1700},
    "rated": True, "verdicts": {"list": [], "accepted": True},
}  # fmt: skip
RESULTS = [
    {"rank": 1, "points": 3.0, "tieBreak": 4.5, "rating": 2011, "username": "Ann_Chess",
     "performance": 2200},
    {"rank": 2, "points": 2.0, "tieBreak": 2.5, "rating": 1876, "username": "bobby"},
    {"rank": 3, "points": 1.5, "tieBreak": 1.75, "rating": 1650, "username": "Dora-The-2nd"},
    {"rank": 4, "points": 1.5, "tieBreak": 1.0, "rating": 1733, "username": "CEM"},
    {"rank": 5, "points": 1.0, "tieBreak": 0.0, "rating": 1500, "username": "eve", "absent": True},
]  # fmt: skip


def line(number: int, name: str, rating: int, points: str, *cells: str) -> str:
    """A player's line as Lichess writes it: the name in small letters, no rank."""
    head = f"001 {number:4}      {name:33} {rating:4}".ljust(80) + f"{points:>4}".ljust(11)
    return head + "".join(cell.ljust(10) for cell in cells).rstrip()


#: Round 1: 1-4, 2-5, 3 has the bye. Round 2: 3-1, 4-2, 5 rests. Round 3: 1-2, 4-3, 5 is absent.
REPORT = "\n".join(
    [
        "012 Harbour Swiss", "022 https://lichess.org/swiss/j8rtJ5GL", "032 Lichess",
        "042 2024/05/04", "052 2024/05/04", "062 5", "092 Individual: Swiss-System",
        "102 https://lichess.org/swiss", "XXR 3", "XXC white1",
        line(1, "ann_chess", 2011, "3.0", "   4 w 1", "   3 b 1", "   2 w 1"),
        line(2, "bobby", 1876, "2.0", "   5 b 1", "   4 b 1", "   1 b 0"),
        line(3, "cem", 1733, "1.5", "     - U", "   1 w 0", "   4 b ="),
        line(4, "dora-the-2nd", 1650, "0.5", "   1 b 0", "   2 w 0", "   3 w ="),
        line(5, "eve", 1500, "1.0", "   2 w 0", "     - U", "     - -"),
    ]
)  # fmt: skip


def whole(*answers: Any, report: str = "") -> bytes:
    return ("\n".join(map(json.dumps, answers)) + "\n" + report).encode()


def test_a_swiss_has_its_rounds_its_names_and_its_places() -> None:
    results = [*RESULTS[:2], RESULTS[3] | {"rank": 3}, RESULTS[4] | {"rank": 4},
               RESULTS[2] | {"rank": 5}]  # fmt: skip
    made = import_file(data=whole(SWISS, *results, report=REPORT))
    tournament = made.tournament
    assert tournament.name == "Harbour Swiss" and tournament.state == TournamentState.FINISHED
    places = final_places(tournament)
    assert [(str(p.contender.entrant), p.first) for p in places] == [
        ("Ann_Chess", 1), ("bobby", 2), ("CEM", 3), ("eve", 4), ("Dora-The-2nd", 5),
    ]  # fmt: skip
    assert made.warnings == ()
    assert tournament.stages.get().groups.get().rounds.count() == 3


def test_another_order_than_there_is_said_with_its_reason() -> None:
    results = [RESULTS[0] | {"rank": 2}, RESULTS[1] | {"rank": 1}]
    warnings = import_file(data=whole(SWISS, *results, report=REPORT)).warnings
    assert warnings[0] == "Ann_Chess has place 1 here, and 2 in the file."
    assert "Tie-breaks" in warnings[-1]


def test_a_swiss_without_its_report_file_is_a_list_of_who_played() -> None:
    preview = preview_file(data=whole(SWISS, *RESULTS))
    assert preview.state == "draft" and preview.played == 0
    assert preview.entrants[:2] == ("Ann_Chess", "bobby")
    assert "https://lichess.org/swiss/j8rtJ5GL.trf" in preview.warnings[0]


def test_an_arena_is_its_final_standings() -> None:
    arena = {
        "nbPlayers": 2, "duels": [], "isFinished": True, "podium": [], "id": "aB3dE5fG",
        "pairingsClosed": True, "fullName": "Friday Blitz Arena", "minutes": 60, "system": "arena",
        "perf": {"key": "blitz", "name": "Blitz"}, "clock": {"limit": 180, "increment": 0},
        "variant": "standard", "rated": True, "berserkable": True, "createdBy": "lichess",
        "startsAt": "2024-05-04T18:00:00Z", "standing": {"page": 1, "players": []},
    }  # fmt: skip
    results = [
        {"rank": 1, "score": 44, "rating": 2011, "username": "Ann", "performance": 2100,
         "sheet": {"scores": "5423"}},
        {"rank": 2, "score": 30, "rating": 1876, "username": "bobby", "performance": 1900},
    ]  # fmt: skip
    made = import_file(data=whole(arena, *results))
    assert made.tournament.state == TournamentState.DRAFT
    assert made.tournament.about.splitlines()[1:] == ["1. Ann 44", "2. bobby 30"]
    assert "It has no rounds" in made.warnings[0]


@pytest.mark.parametrize(
    "data",
    [
        whole(SWISS),
        whole(SWISS, *RESULTS, report="012 Cup\n001    x"),
        whole(SWISS | {"nbRounds": "many"}, *RESULTS),
        whole({"rank": 1, "username": 7, "points": 1}),
    ],
)
def test_what_is_missing_or_broken_is_said(data: bytes) -> None:
    with pytest.raises(BadFile):
        import_file(data=data)
    assert not Tournament.objects.exists()


def test_a_report_file_of_2026_says_how_its_standings_are_ranked() -> None:
    text = REPORT.replace(
        "XXR 3\nXXC white1",
        "### the records of 2026\n142 3\n152 W\n162  W 1.0    D 0.5    L 0.0    P 1.0\n"
        "172 SUI FIDON\n182 Any program\n192 FIDE_DUTCH_2026\n202 BH:GP/C1,WON,ESB\n222 180+2",
    ).replace("\n", "\r\n")
    made = import_file(data=text.encode())
    stage = made.tournament.stages.get()
    assert stage.tie_breaks == ["BUCHHOLZ_CUT_1", "WINS_OVER_THE_BOARD"]
    assert stage.rounds_planned == 3
    assert made.warnings == ("The tie-break ESB of the file, which there is not here.",)
