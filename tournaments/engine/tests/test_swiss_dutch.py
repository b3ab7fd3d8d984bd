"""Our engine of the Dutch system, against published rounds, gacrux, and the rules one by one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from tournaments.engine.history import (
    Bye,
    ByeKind,
    Colour,
    History,
    Player,
    PointSystem,
    Round,
)
from tournaments.engine.swiss import (
    NoPairingPossible,
    PairingFailed,
    PairingTask,
    SwissEngine,
    SwissPairing,
    broken_rules,
    pairing_text,
    read_trf,
    reasons_for,
)
from tournaments.engine.swiss.dutch import Direction, DutchEngine, bracket, engine, verdict_on
from tournaments.engine.swiss.dutch.bracket import Outcome

from .builders import DATA
from .gacrux_reference import GacruxEngine
from .odd_swisses import POINTS, Habits, play
from .tournaments import drawn, history, lost, played, published_rounds, won

ALL = sorted((DATA / "swiss").glob("*.trf"))


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
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


def attempt(one: SwissEngine, task: PairingTask) -> SwissPairing | None:
    try:
        return one.pair(task)
    except NoPairingPossible:
        return None


@pytest.mark.parametrize("tries", [0, 30])
def test_odd_tournaments_are_paired_as_by_gacrux(
    tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late entries, withdrawals, byes, forfeits, forbidden pairs, acceleration, odd points."""
    monkeypatch.setattr(bracket, "SINGLE_TRIES", tries)

    def pair(task: PairingTask) -> SwissPairing | None:
        mine = attempt(DutchEngine(), task)
        assert mine == attempt(GacruxEngine(), task)
        return mine

    for seed in range(10):
        rng = Random(f"odd {tries} {seed}")
        points = rng.choice(POINTS)
        for task in play(rng, rng.randint(2, 24), 8, Habits.by_chance(rng), points, pair):
            assert task.history.points is points


def test_a_thousand_are_paired_by_the_absolute_rules_in_a_moment() -> None:
    def pair(task: PairingTask) -> SwissPairing:
        pairing = DutchEngine().pair(task)
        assert broken_rules(task, pairing) == []
        return pairing

    rng = Random(1000)
    rounds = list(play(rng, 1000, 4, Habits(draws=0.3, absence=0.02), PointSystem(), pair))
    assert len(rounds) == 4


def players(count: int, *rounds: Round) -> PairingTask:
    return PairingTask(history(" ".join(f"P{number}" for number in range(1, count + 1)), *rounds))


def met(task: PairingTask) -> set[frozenset[int]]:
    return {frozenset(pair) for pair in DutchEngine().pair(task).pairs}


def pairs(*found: tuple[int, int]) -> set[frozenset[int]]:
    return {frozenset(pair) for pair in found}


def forbid(task: PairingTask, *found: tuple[int, int]) -> PairingTask:
    return replace(task, forbidden=frozenset(pairs(*found)))


def test_3_2_top_half_meets_bottom_half_and_colours_alternate() -> None:
    task = players(6)
    assert DutchEngine().pair(task).pairs == ((1, 4), (5, 2), (3, 6))
    black = replace(task, history=replace(task.history, first_colour=Colour.BLACK))
    assert DutchEngine().pair(black).pairs == ((4, 1), (2, 5), (6, 3))


def test_4_2_the_lowest_is_transposed_first() -> None:
    assert met(forbid(players(6), (3, 6))) == pairs((1, 4), (2, 6), (3, 5))
    assert met(forbid(players(6), (1, 4))) == pairs((1, 5), (2, 4), (3, 6))


def test_4_3_one_is_exchanged_where_no_transposition_helps() -> None:
    """The lowest of the top half with the highest of the other: 3 and 4."""
    task = forbid(players(6), (1, 4), (1, 5), (1, 6))
    assert met(task) == pairs((1, 3), (2, 5), (4, 6))


@pytest.mark.parametrize("tries", [0, 30])
def test_4_3_both_are_exchanged_where_the_halves_may_not_meet(
    tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bracket, "SINGLE_TRIES", tries)
    halves = [(one, other) for one in range(1, 5) for other in range(5, 9)]
    assert met(forbid(players(8), *halves)) == pairs((1, 3), (2, 4), (5, 7), (6, 8))


def test_c2_c5_the_lowest_score_that_may_has_the_bye() -> None:
    """5 had it. 1 and 4 both had White, so 1 meets 5, and 4 floats to 3: they have met 2."""
    first = played(won(1, 3), won(4, 2), byes={5: ByeKind.PAIRING_ALLOCATED})
    assert DutchEngine().pair(players(5, first)).resting == (2,)


def test_c9_who_played_most_has_the_bye_of_two_with_one_score() -> None:
    """2 and 3 have nothing; 3 did not play the first round."""
    first = played(won(1, 2), byes={3: ByeKind.ZERO_POINT})
    assert DutchEngine().pair(players(3, first)).resting == (2,)


def test_c3_two_who_had_one_colour_twice_do_not_meet() -> None:
    rounds = (
        played(won(1, 3), won(2, 4), won(5, 7), won(6, 8)),
        played(won(1, 5), won(2, 6), lost(7, 3), lost(8, 4)),
    )
    assert frozenset({1, 2}) not in met(players(8, *rounds))


def test_c4_who_leads_floats_where_the_rest_could_not_be_paired() -> None:
    """2 and 3 have met, and so have 1 and 4: the leaders cannot meet."""
    rounds = (played(won(1, 4), drawn(2, 3)),)
    assert met(forbid(players(4, *rounds), (1, 2))) == pairs((1, 3), (2, 4))


def test_c14_nobody_floats_down_twice_if_another_can() -> None:
    """3 is the last of three and would float, but did so the round before, by a bye."""
    others = won(1, 4), lost(5, 2)
    assert met(players(6, played(*others, won(3, 6)))) == pairs((1, 2), (3, 4), (5, 6))
    byes = {3: ByeKind.FULL_POINT, 6: ByeKind.ZERO_POINT}
    assert met(players(6, played(*others, byes=byes))) == pairs((1, 3), (2, 6), (4, 5))


def test_ids_may_be_any_numbers() -> None:
    found = tuple(Player(number) for number in (907, 12, 55, 3))
    assert DutchEngine().pair(PairingTask(History(found))).pairs == ((907, 55), (3, 12))


def test_who_is_alone_rests_once() -> None:
    alone = tuple(Bye(number, ByeKind.ZERO_POINT) for number in (1, 2, 4))
    assert DutchEngine().pair(replace(players(4), byes=alone)).resting == (3,)
    rested = played(byes={3: ByeKind.PAIRING_ALLOCATED})
    with pytest.raises(NoPairingPossible):
        DutchEngine().pair(replace(players(4, rested), byes=alone))


def test_no_pairing_is_left_when_all_have_met() -> None:
    task = forbid(players(4), *combinations(range(1, 5), 2))
    with pytest.raises(NoPairingPossible):
        DutchEngine().pair(task)


def test_the_verdict_says_who_rests_floats_and_is_denied_a_colour() -> None:
    rounds = (
        played(won(1, 3), won(2, 4), byes={5: ByeKind.PAIRING_ALLOCATED}),
        played(won(1, 2), drawn(4, 5), byes={3: ByeKind.HALF_POINT}),
    )
    task = PairingTask(replace(history("Ann Bob Cid Dan Eve", *rounds), planned_rounds=3))
    verdict = verdict_on(task, SwissPairing(((1, 5), (2, 3)), (4,)))
    assert verdict.broken == ()
    assert verdict.topscorers == (1, 5)
    assert verdict.rest is not None
    assert (verdict.rest.player, verdict.rest.unplayed, verdict.rest.barred) == (4, 0, ())
    down = [one for one in verdict.floats if one.direction is Direction.DOWN]
    assert [(one.player, one.levels) for one in down] == [(1, 1), (2, 1)]
    denied = {one.player: one for one in verdict.denied}
    assert denied[1].third_time
    assert denied[1].far
    assert denied.keys() == {1, 3, 5}


def test_the_verdict_is_put_in_words_with_the_articles() -> None:
    rounds = (
        played(won(1, 3), won(2, 4), byes={5: ByeKind.PAIRING_ALLOCATED}),
        played(won(1, 2), drawn(4, 5), byes={3: ByeKind.HALF_POINT}),
    )
    task = PairingTask(replace(history("Ann Bob Cid Dan Eve", *rounds), planned_rounds=3))
    found = reasons_for(task, SwissPairing(((1, 5), (2, 3)), (4,)))
    assert list(map(str, found.boards[0].reasons)) == [
        "Ann with 2 points floats down, Eve with 1.5 points floats up (1.4).",
        "Ann had White, White and is absolutely due Black; Eve had Black and is strongly due "
        "White (1.7).",
        "White for Ann: this rule gives it to the other, by the results as they are now (5.2.1).",
        "Ann does not get the colour due (C13).",
        "Ann has White for the third time running (C11).",
        "Ann then has had three games more with White (C10).",
        "Eve does not get the colour due (C13).",
    ]
    assert list(map(str, found.rest)) == [
        "Dan has the bye: the lowest score of those who may have it (C5).",
        "Of those, who has played most rounds comes first; Dan: all played (C9).",
    ]
    assert list(map(str, found.whole)) == [
        "Topscorers, who may have a colour too often: Ann, Eve (C10, C11).",
        "Pairs of different scores: 2 (C6).",
        "Three more games with one colour: 1 (C10).",
        "One colour three times: 1 (C11).",
        "Players without the colour due: 3 (C12).",
        "Of these strongly or absolutely due: 3 (C13).",
    ]


def test_the_words_name_each_float_of_the_two_rounds_before() -> None:
    """Three players: whoever meets another score again floated the last time too."""
    task = players(4, played(won(1, 2), drawn(3, 4)), played(won(1, 3), drawn(2, 4)))
    found = reasons_for(task, SwissPairing(((4, 1), (3, 2))))
    said = [str(one) for one in found.boards[0].reasons]
    assert "P1 floated down in the round before too (C14)." in said
    assert "P4 floated up in the round before too (C15)." not in said
    assert "Floated down in the round before too: 1 (C14)." in map(str, found.whole)


def test_the_verdict_names_what_is_broken() -> None:
    task = players(4, played(won(1, 3), won(2, 4)))
    broken = verdict_on(task, SwissPairing(((3, 1), (2, 4)))).broken
    assert broken == ("P3 and P1 may not meet.", "P2 and P4 may not meet.")


def test_half_points_for_the_bye_are_no_win() -> None:
    """Who had a bye worth half a win may not have another all the same (C2)."""
    points = PointSystem.of(1, Fraction(1, 2), 0, Fraction(1, 2))
    first = played(won(1, 2), byes={3: ByeKind.PAIRING_ALLOCATED})
    task = players(3, first)
    assert DutchEngine().pair(
        replace(task, history=replace(task.history, points=points))
    ).resting == (2,)


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


def test_the_absent_are_not_paired_and_the_odd_one_rests() -> None:
    task = replace(players(4), byes=(Bye(1, ByeKind.HALF_POINT),))
    pairing = DutchEngine().pair(task)
    assert pairing.resting == (4,)
    assert pairing.pairs == ((2, 3),)


def test_forbidden_pairs_do_not_meet() -> None:
    task = replace(players(4), forbidden=frozenset({frozenset({1, 3})}))
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


def test_a_pairing_that_breaks_a_rule_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "pair_bracket", lambda view: Outcome([], []))
    with pytest.raises(PairingFailed, match="P1 is left out"):
        DutchEngine().pair(players(4))
