"""The Dutch system against published rounds, and what it does where nothing can be paired."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tournaments.engine.history import Bye, ByeKind, Colour, History, Player, PointSystem, Round
from tournaments.engine.swiss import (
    NoPairingPossible,
    PairingFailed,
    PairingTask,
    QuickEngine,
    SwissEngine,
    broken_rules,
    gacrux_engine,
    pairing_text,
    read_trf,
)
from tournaments.engine.swiss.gacrux_engine import DutchEngine

from .builders import DATA
from .tournaments import by_chance, drawn, history, lost, played, published_rounds, won

# All 64 take half a minute: ALL_SWISS=1 asks for them. By default the smaller half is paired.
LARGEST = 9999 if os.environ.get("ALL_SWISS") else 30
TOURNAMENTS = [
    path
    for path in sorted((DATA / "swiss").glob("*.trf"))
    if int(path.name.partition("p")[0]) <= LARGEST
]


@pytest.mark.parametrize("path", TOURNAMENTS, ids=lambda path: path.stem)
def test_every_round_equals_the_published_one_colours_included(path: Path) -> None:
    for task, expected in published_rounds(path):
        pairing = DutchEngine().pair(task)
        assert set(pairing.pairs) == {(match.white, match.black) for match in expected.matches}
        assert set(pairing.resting) == {
            bye.player for bye in expected.byes if bye.kind is ByeKind.PAIRING_ALLOCATED
        }


@pytest.mark.parametrize(
    "path", sorted((DATA / "next_round").glob("*.trf")), ids=lambda path: path.stem
)
def test_the_next_round_is_as_the_reference_prints_it(path: Path) -> None:
    pairing = DutchEngine().pair(read_trf(path.read_text()))
    assert pairing_text(pairing) == path.with_suffix(".txt").read_text()


@pytest.mark.parametrize("name", ["007p3r-24", "020p9r-41", "022p9r-08"])
def test_a_report_that_ends_after_any_round_is_paired_as_published(name: str) -> None:
    text = (DATA / "swiss" / f"{name}.trf").read_text()
    for number, expected in enumerate(read_trf(text).history.rounds):
        pairing = DutchEngine().pair(read_trf(cut_after(text, number)))
        assert set(pairing.pairs) == {(match.white, match.black) for match in expected.matches}


def cut_after(text: str, number: int) -> str:
    """A report as it was after a round, the absences of the next one announced."""
    lines = ["XXC white1", f"XXR {len(read_trf(text).history.rounds)}"]
    for line in text.splitlines():
        following = line[89 + 10 * number :][:10]
        keeps = following[2:9] == "0000 - " and following[9] in "HZ"
        lines.append(line[: 89 + 10 * number] + ("  0000 - Z" if keeps else ""))
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_random_tournaments_keep_the_absolute_rules(seed: int) -> None:
    rng = Random(seed)
    by_chance(rng.randrange(10, 24), 5, rng, engine=DutchEngine(), absence=0.1)


def four_players(*rounds: Round) -> PairingTask:
    return PairingTask(history("Ann Bob Cid Dan", *rounds))


def test_round_one_is_top_half_against_bottom_half() -> None:
    task = four_players()
    assert DutchEngine().pair(task).pairs == ((1, 3), (4, 2))
    black = replace(task, history=replace(task.history, first_colour=Colour.BLACK))
    assert DutchEngine().pair(black).pairs == ((3, 1), (2, 4))


def test_ids_may_be_any_numbers() -> None:
    players = tuple(Player(number) for number in (907, 12, 55, 3))
    assert DutchEngine().pair(PairingTask(History(players))).pairs == ((907, 55), (3, 12))


def test_the_absent_are_not_paired_and_the_odd_one_rests() -> None:
    task = replace(four_players(), byes=(Bye(1, ByeKind.HALF_POINT),))
    pairing = DutchEngine().pair(task)
    assert pairing.resting == (4,)
    assert pairing.pairs == ((2, 3),)


@pytest.mark.parametrize("engine", [DutchEngine(), QuickEngine()])
def test_who_is_alone_rests_once(engine: SwissEngine) -> None:
    alone = tuple(Bye(number, ByeKind.ZERO_POINT) for number in (1, 2, 4))
    task = replace(four_players(), byes=alone)
    assert engine.pair(task).resting == (3,)
    rested = played(byes={3: ByeKind.PAIRING_ALLOCATED})
    with pytest.raises(NoPairingPossible):
        engine.pair(replace(four_players(rested), byes=alone))


def test_forbidden_pairs_do_not_meet() -> None:
    task = replace(four_players(), forbidden=frozenset({frozenset({1, 3})}))
    pairing = DutchEngine().pair(task)
    assert {frozenset(pair) for pair in pairing.pairs} == {frozenset({1, 4}), frozenset({2, 3})}


def test_other_points_change_who_is_level() -> None:
    """With 3 points for a win a win and a loss are more than two draws."""
    task = PairingTask(
        replace(
            history(
                "Ann Bob Cid Dan Eve Fay",
                played(won(1, 4), drawn(5, 2), drawn(3, 6)),
                played(lost(2, 1), drawn(4, 3), drawn(6, 5)),
            ),
            points=PointSystem.of(3, 1, 0, 3),
        )
    )
    assert broken_rules(task, DutchEngine().pair(task)) == []


def test_no_pairing_is_left_when_all_have_met() -> None:
    task = four_players(
        played(won(1, 3), won(4, 2)), played(won(1, 4), won(2, 3)), played(lost(2, 1), won(3, 4))
    )
    with pytest.raises(NoPairingPossible):
        DutchEngine().pair(task)


def test_more_players_than_fit_into_the_memory_are_refused_at_once() -> None:
    players = tuple(Player(number) for number in range(1, 3002))
    with pytest.raises(PairingFailed, match="3000 players here, not 3001"):
        DutchEngine().pair(PairingTask(History(players)))


def test_a_failure_of_the_program_is_distinguished(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(gacrux_engine, "pairing_dutch", fail)
    with pytest.raises(PairingFailed, match="oh"):
        DutchEngine().pair(four_players())


def test_a_pairing_that_breaks_a_rule_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __init__(self, *arguments: object) -> None:
            pass

        def compute_pairing(self, *arguments: object) -> list[object]:
            return []

    monkeypatch.setattr(gacrux_engine, "pairing_dutch", Broken)
    with pytest.raises(PairingFailed, match="Ann is left out"):
        DutchEngine().pair(four_players())
