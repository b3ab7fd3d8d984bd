"""Final places over several stages: the last one first, then who went no further, by points."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tournaments.files.sheets import standings_csv
from tournaments.models import Format, Pairing, StageSettings, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.reopen import reopen_result
from tournaments.services.progress.results import Report, by_score
from tournaments.services.progress.swiss_rounds import pair_next_round, swiss_group
from tournaments.services.progress.withdrawals import withdraw_entrant
from tournaments.storage.final_places import final_places

from .builders import SINGLE, TABLE, match_of, play_on, report, started
from .table_builders import enter

pytestmark = pytest.mark.django_db

ROBIN, SWISS = Format.ROUND_ROBIN, Format.SWISS
BEST = StageSettings(ROBIN, group_count=2, advance=1, draws=True)
TWO_BEST = StageSettings(ROBIN, group_count=2, advance=2)


def places(cup: Tournament) -> list[tuple[str, str]]:
    cup.refresh_from_db()
    return [(one.places, one.contender.entrant.name) for one in final_places(cup)]


def play(cup: Tournament, *results: str) -> None:
    """Results of the first stage, such as `P1>P2` and `P3=P4`."""
    for result in results:
        first, sign, second = re.split("([>=])", result)
        row = Pairing.objects.filter(
            group__stage__number=1, top__name__in=(first, second), bottom__name__in=(first, second)
        ).select_related("match", "top", "bottom")
        enter(cup, (pairing := row.get()), _score(pairing, first, sign))


def _score(pairing: Pairing, first: str, sign: str) -> Report:
    if sign == "=":
        return by_score([0, 0])
    return by_score([1, 0] if str(pairing.top) == first else [0, 1])


def withdraw(cup: Tournament, name: str) -> None:
    entrant = cup.entrants.get(name=name)
    withdraw_entrant(tournament_id=cup.pk, entrant_id=entrant.pk, actor=ORGANISER)


def test_those_who_did_not_go_on_follow_the_last_stage() -> None:
    cup = started(8, TWO_BEST, StageSettings(third_place=True))
    assert places(cup) == []
    play_on(cup)
    assert places(cup) == [
        ("1", "P1"), ("2", "P2"), ("3", "P3"), ("4", "P4"),
        ("5–6", "P5"), ("5–6", "P6"), ("7–8", "P7"), ("7–8", "P8"),
    ]  # fmt: skip


def test_points_count_and_not_the_rank_in_a_group() -> None:
    cup = started(8, BEST, SINGLE)
    play(cup, "P1>P4", "P1>P5", "P1>P8", "P4>P5", "P5>P8", "P8>P4")
    play(cup, "P2>P3", "P2>P6", "P2>P7", "P3>P6", "P3>P7", "P6>P7")
    play_on(cup)
    # P6 is third in its group with the point that P4, P5 and P8 share the second place with.
    assert [place for place, _ in places(cup)] == ["1", "2", "3", *["4–7"] * 4, "8"]
    assert places(cup)[2] == ("3", "P3") and places(cup)[7] == ("8", "P7")


def test_equal_players_of_one_group_stand_as_in_its_table() -> None:
    cup = started(8, BEST, SINGLE)
    play(cup, "P8>P1", "P1>P4", "P1>P5", "P4>P5", "P4>P8", "P5>P8")  # P5 and P8 have a point
    play(cup, "P2>P3", "P2>P6", "P2>P7", "P3>P6", "P3>P7", "P6=P7")
    play_on(cup)
    assert places(cup) == [
        ("1", "P1"), ("2", "P2"), ("3–4", "P3"), ("3–4", "P4"),
        ("5", "P5"), ("6", "P8"), ("7–8", "P6"), ("7–8", "P7"),
    ]  # fmt: skip


def test_in_groups_of_unequal_size_points_count_by_the_match() -> None:
    cup = started(7, BEST, SINGLE)
    play(cup, "P1>P4", "P1>P5", "P4>P5")
    play(cup, "P2>P3", "P2>P6", "P2>P7", "P3>P6", "P6>P7", "P7>P3")
    play_on(cup)
    assert places(cup) == [
        ("1", "P1"), ("2", "P2"), ("3", "P4"),
        ("4–6", "P3"), ("4–6", "P6"), ("4–6", "P7"), ("7", "P5"),
    ]  # fmt: skip


def test_a_withdrawal_helps_nobody_in_its_group() -> None:
    cup = started(8, BEST, SINGLE)
    withdraw(cup, "P8")
    play(cup, "P1>P4", "P1>P5", "P4=P5")  # with the forfeit P4 and P5 have 1.5 points
    play(cup, "P2>P3", "P2>P6", "P2>P7", "P3>P6", "P6>P7", "P7>P3")
    play_on(cup)
    assert places(cup) == [
        ("1", "P1"), ("2", "P2"), ("3–5", "P3"), ("3–5", "P6"), ("3–5", "P7"),
        ("6–7", "P4"), ("6–7", "P5"), ("8", "P8"),
    ]  # fmt: skip


def test_nobody_stands_behind_those_whom_the_own_table_has_behind() -> None:
    cup = started(10, BEST, SINGLE)
    play(cup, "P1>P4", "P1>P5", "P5>P4", "P8>P5", "P9>P5")
    withdraw(cup, "P8")
    withdraw(cup, "P9")  # P4 has two points by forfeit and none of its own; P9 has one of three
    play(cup, "P2>P3", "P2>P6", "P2>P7", "P2>P10", "P3>P6", "P3>P7", "P3>P10", "P6>P7", "P6>P10")
    play(cup, "P7=P10")
    play_on(cup)
    assert places(cup) == [
        ("1", "P1"), ("2", "P2"), ("3", "P3"), ("4", "P6"), ("5", "P4"), ("6", "P9"),
        ("7", "P8"), ("8", "P5"), ("9–10", "P7"), ("9–10", "P10"),
    ]  # fmt: skip


def test_a_swiss_and_its_cut() -> None:
    cup = started(4, StageSettings(SWISS, rounds_planned=2, advance=2), SINGLE)
    play_on(cup)
    pair_next_round(group=swiss_group(cup), actor=ORGANISER)
    play_on(cup)
    assert places(cup) == [("1", "P1"), ("2", "P2"), ("3", "P3"), ("4", "P4")]


def test_a_chain_of_three_stages() -> None:
    cup = started(8, TWO_BEST, StageSettings(ROBIN, advance=2), SINGLE)
    play_on(cup)
    assert places(cup) == [
        ("1", "P1"), ("2", "P2"), ("3", "P3"), ("4", "P4"),
        ("5–6", "P5"), ("5–6", "P6"), ("7–8", "P7"), ("7–8", "P8"),
    ]  # fmt: skip


def test_one_stage_has_the_places_of_its_table_or_bracket_and_groups_alone_none() -> None:
    for plan, expected in (
        (TABLE, ["1", "2", "3", "4"]),
        (SINGLE, ["1", "2", "3–4", "3–4"]),
        (StageSettings(ROBIN, group_count=2), []),
    ):
        cup = started(4, plan)
        play_on(cup)
        assert [place for place, _ in places(cup)] == expected


def test_pages_answer_and_file_have_them_once_it_is_over() -> None:
    cup = started(4, BEST, TABLE)

    def page(name: str, query: str = "") -> list[tuple[str, str]]:
        html = Client().get(reverse(name, args=[cup.pk]) + query).content.decode()
        assert ("Final places" in html) == bool(cup.finished_at and not query)
        return re.findall(r'<span class="place">(.*?)</span> <bdi>(.*?)</bdi>', html)

    def everywhere() -> list[list[tuple[str, str]]]:
        cup.refresh_from_db()
        answer = Client().get(f"/api/tournaments/{cup.pk}/standings").json()["places"]
        lines = standings_csv(cup).decode("utf-8-sig").splitlines()
        cells = [line.split(",") for line in lines]
        assert cells[0][-1] == "final place"
        return [
            *map(page, ("tournament", "tournament-screen", "tournament-print")),
            [(f"{one['rank']}/{one['shared_by']}", one["name"]) for one in answer],
            sorted({(line[-1], line[3]) for line in cells[1:] if line[-1]}),
        ]

    play(cup, "P1>P4", "P2>P3")
    assert everywhere() == [[]] * 5
    play_on(cup)
    shown = [("1", "P1"), ("2", "P2"), ("3–4", "P3"), ("3–4", "P4")]
    answered = [("1/1", "P1"), ("2/1", "P2"), ("3/2", "P3"), ("3/2", "P4")]
    assert everywhere() == [shown, shown, shown, answered, shown]
    assert page("tournament", "?stage=1") == []
    final = match_of(cup, "R1.1", stage=2)
    reopen_result(tournament_id=cup.pk, match_id=final.pk, actor=ORGANISER)
    assert everywhere() == [[]] * 5


def test_a_bracket_before_the_last_stage_has_places_of_its_own() -> None:
    cup = started(4, StageSettings(advance=2), TABLE)
    play_on(cup)
    assert [name for _, name in places(cup)] == ["P1", "P2", "P3", "P4"]
    html = Client().get(reverse("tournament", args=[cup.pk]) + "?stage=1").content.decode()
    assert "Places after Stage 1" in html and "Final places" not in html


def test_a_forfeit_is_no_match_played_but_stands_in_the_file() -> None:
    cup = started(3, TABLE)
    withdraw(cup, "P3")
    report(cup, "R2.1", by_score([1, 0]))
    lines = [line.split(",") for line in standings_csv(cup).decode("utf-8-sig").splitlines()]
    assert lines[0][4:8] == ["played", "won", "drawn", "lost"]
    assert lines[0][-3:-1] == ["won by forfeit", "lost by forfeit"]
    assert [line[3:8] + line[-3:-1] for line in lines[1:]] == [
        ["P1", "1", "1", "0", "0", "1", "0"],
        ["P2", "1", "0", "0", "1", "1", "0"],
        ["P3", "0", "0", "0", "0", "0", "2"],
    ]
