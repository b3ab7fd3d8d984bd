"""The shape of brackets: against published structures, and for every size."""

from __future__ import annotations

import json
import re
from time import process_time
from typing import Any

import pytest

from tournaments.engine.elimination import (
    Bracket,
    Bye,
    LoserOf,
    Part,
    Place,
    Seed,
    Side,
    WinnerOf,
    double_elimination,
    round_name,
    single_elimination,
)
from tournaments.engine.elimination.bracket import Pairing
from tournaments.engine.errors import TooFewEntrants, UnknownPairing

from .builders import DATA, downstream

EVERY_SIZE = range(2, 131)
SINGLE_SIZES = (4, 5, 6, 7, 8, 12, 16, 32)
GROUPS = {"G1": "W", "G2": "L"}


def published(kind: str, entrant_count: int) -> dict[str, dict[str, Any]]:
    """The matches of a published structure under our keys."""
    path = DATA / "elimination" / f"{kind}-{entrant_count}.json"
    return {our_key(one["match"]): one for one in json.loads(path.read_text())["matches"]}


def our_key(match: str) -> str:
    parsed = re.fullmatch(r"(G\d)R(\d+)M(\d+)", match)
    assert parsed is not None
    group, round_number, number = parsed.groups()
    if group == "G3":
        return "GF" if round_number == "1" else "GF2"
    return f"{GROUPS[group]}{round_number}.{number}"


def bye_count(pairing: Pairing) -> int:
    return sum(isinstance(side, Bye) for side in pairing.sides)


def assert_same_place(ours: Place | None, theirs: str | None, comes: bool) -> None:
    """Ours leads nowhere where nobody comes; theirs draws the line all the same."""
    if comes:
        assert (ours.key if ours else None) == (our_key(theirs) if theirs else None)
    else:
        assert ours is None


def assert_same_pairings(bracket: Bracket, theirs: dict[str, dict[str, Any]], part: Part) -> None:
    for pairing in (one for one in bracket if one.part is part):
        expected = theirs[pairing.key]
        for source, side in zip(pairing.sides, expected["sides"], strict=True):
            assert isinstance(source, Bye) == (side == "BYE")
            if isinstance(source, Seed) and pairing.round == 1:
                assert side == f"S{source.seed}"
        assert_same_place(pairing.winner_to, expected["winner_to"], bye_count(pairing) < 2)
        assert_same_place(pairing.loser_to, expected["loser_to"], bye_count(pairing) == 0)


@pytest.mark.parametrize("entrant_count", SINGLE_SIZES)
def test_single_elimination_equals_the_published_structure(entrant_count: int) -> None:
    bracket, theirs = single_elimination(entrant_count), published("single", entrant_count)
    assert set(theirs) == {pairing.key for pairing in bracket}
    assert_same_pairings(bracket, theirs, Part.WINNERS)


@pytest.mark.parametrize("entrant_count", SINGLE_SIZES)
def test_double_elimination_has_the_published_pairings(entrant_count: int) -> None:
    bracket, theirs = double_elimination(entrant_count), published("double", entrant_count)
    assert set(theirs) == {pairing.key for pairing in bracket}
    for pairing in bracket.rounds(Part.WINNERS)[0]:
        sides = [f"S{one.seed}" if isinstance(one, Seed) else "BYE" for one in pairing.sides]
        assert sides == theirs[pairing.key]["sides"]
    for pairing in bracket:
        if pairing.part is not Part.FINAL and bye_count(pairing) < 2:
            assert pairing.winner_to is not None
            assert pairing.winner_to.key == our_key(theirs[pairing.key]["winner_to"])


@pytest.mark.parametrize("entrant_count", [4, 5, 6, 7, 8])
def test_losers_bracket_equals_the_published_one_up_to_eight(entrant_count: int) -> None:
    bracket, theirs = double_elimination(entrant_count), published("double", entrant_count)
    assert_same_pairings(bracket, theirs, Part.WINNERS)
    assert_same_pairings(bracket, theirs, Part.LOSERS)


@pytest.mark.parametrize("entrant_count", EVERY_SIZE)
@pytest.mark.parametrize("kind", ["single", "third", "double"])
def test_sources_and_destinations_are_two_views_of_one_thing(kind: str, entrant_count: int) -> None:
    bracket = make(kind, entrant_count)
    forward = {
        (pairing.key, name): place
        for pairing in bracket
        for name, place in (("winner", pairing.winner_to), ("loser", pairing.loser_to))
        if place is not None
    }
    backward = {}
    seeds = []
    for position, pairing in enumerate(bracket):
        for side, source in zip(Side, pairing.sides, strict=True):
            match source:
                case Seed(seed):
                    seeds.append(seed)
                case WinnerOf(key):
                    backward[key, "winner"] = Place(pairing.key, side)
                    assert bracket.positions[key] < position
                case LoserOf(key):
                    backward[key, "loser"] = Place(pairing.key, side)
                    assert bracket.positions[key] < position
    assert forward == backward
    assert sorted(seeds) == list(range(1, entrant_count + 1))


def make(kind: str, entrant_count: int) -> Bracket:
    if kind == "double":
        return double_elimination(entrant_count)
    return single_elimination(entrant_count, third_place=kind == "third")


@pytest.mark.parametrize("entrant_count", EVERY_SIZE)
def test_the_structure_has_as_many_real_matches_as_it_takes(entrant_count: int) -> None:
    """N-1 in single elimination; 2N-1 in double elimination with the bracket reset."""
    single, double = single_elimination(entrant_count), double_elimination(entrant_count)
    assert sum(bye_count(pairing) == 0 for pairing in single) == entrant_count - 1
    assert sum(bye_count(pairing) == 0 for pairing in double) == 2 * entrant_count - 1


@pytest.mark.parametrize("entrant_count", EVERY_SIZE)
def test_byes_go_to_the_top_seeds(entrant_count: int) -> None:
    first_round = single_elimination(entrant_count).rounds(Part.WINNERS)[0]
    with_bye = [pairing.sides[0] for pairing in first_round if bye_count(pairing)]
    byes = len(first_round) * 2 - entrant_count
    assert {one.seed for one in with_bye if isinstance(one, Seed)} == set(range(1, byes + 1))
    assert all(bye_count(pairing) < 2 for pairing in first_round)


def test_third_place_match_is_between_the_losing_semi_finalists() -> None:
    bracket = single_elimination(8, third_place=True)
    assert bracket["P3"].sides == (LoserOf("W2.1"), LoserOf("W2.2"))
    assert bracket["P3"].part is Part.THIRD_PLACE
    assert bracket["W2.1"].loser_to == Place("P3", Side.FIRST)
    assert bracket["W2.2"].winner_to == Place("W3.1", Side.SECOND)


@pytest.mark.parametrize("entrant_count", [2, 3])
def test_no_third_place_match_without_two_losing_semi_finalists(entrant_count: int) -> None:
    assert "P3" not in single_elimination(entrant_count, third_place=True).positions


def test_two_players_in_double_elimination_meet_until_one_has_lost_twice() -> None:
    bracket = double_elimination(2)
    assert [pairing.key for pairing in bracket] == ["W1.1", "GF", "GF2"]
    assert bracket["GF"].sides == (WinnerOf("W1.1"), LoserOf("W1.1"))


@pytest.mark.parametrize("entrant_count", [-1, 0, 1])
def test_a_bracket_needs_two(entrant_count: int) -> None:
    with pytest.raises(TooFewEntrants):
        single_elimination(entrant_count)
    with pytest.raises(TooFewEntrants):
        double_elimination(entrant_count)


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(UnknownPairing):
        single_elimination(4)["W9.1"]


def test_rounds_are_named_as_in_the_sport() -> None:
    single, double = single_elimination(12, third_place=True), double_elimination(8)
    names = {pairing.key: round_name(single, pairing) for pairing in single}
    assert names["W1.1"] == "Round of 16"
    assert names["W2.1"] == "Quarter-finals"
    assert names["W3.1"] == "Semi-finals"
    assert names["W4.1"] == "Final"
    assert names["P3"] == "Third-place match"
    names = {pairing.key: round_name(double, pairing) for pairing in double}
    assert names["W1.1"] == "Winners' quarter-finals"
    assert names["W3.1"] == "Winners' final"
    assert [names[f"L{number}.1"] for number in range(1, 5)] == [
        "Losers' round 1",
        "Losers' round 2",
        "Losers' semi-final",
        "Losers' final",
    ]
    assert (names["GF"], names["GF2"]) == ("Grand final", "Bracket reset")


def test_a_double_elimination_of_1024_is_built_at_once() -> None:
    times = []
    for _ in range(5):
        started = process_time()
        bracket = double_elimination.__wrapped__(1024)
        times.append(process_time() - started)
        assert len(bracket) == 2 * 1024 - 1
    assert min(times) < 0.1


def test_downstream_holds_all_that_an_outcome_may_touch() -> None:
    bracket = double_elimination(8)
    assert downstream(bracket, "GF2") == ()
    assert downstream(bracket, "GF") == ("GF2",)
    assert downstream(bracket, "W2.1") == ("W3.1", "L2.2", "L3.1", "L4.1", "GF", "GF2")
