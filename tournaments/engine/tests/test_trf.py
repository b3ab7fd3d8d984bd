"""Tournament report files: what is read, what is written, and what is refused."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tournaments.engine.history import (
    Bye,
    ByeKind,
    Colour,
    History,
    Match,
    Player,
    PointSystem,
    Result,
)
from tournaments.engine.swiss import (
    PairingTask,
    SwissPairing,
    TrfError,
    VirtualPoints,
    pairing_text,
    read_report,
    read_trf,
    write_trf,
)

from .builders import DATA
from .tournaments import by_chance, history, played, won


def player(number: int, *cells: str, name: str = "") -> str:
    """A player's line; cells are written `   2 w 1`."""
    head = f"001 {number:4d}      {name:33} 1500{'':28} 0.0    1"
    return head + "".join(f"  {cell}" for cell in cells)


def trf(*lines: str) -> PairingTask:
    return read_trf("\n".join(lines))


def test_reads_players_matches_and_byes() -> None:
    task = trf(
        "012 Club night",
        "XXR 5",
        player(1, "   2 w 1", "0000 - H", name="Ann"),
        player(2, "   1 b 0", "   3 w +", name="Bob"),
        player(3, "0000 - U", "   2 b -", name="Çid"),
    )
    first, second = task.history.rounds
    assert [one.name for one in task.history.players] == ["Ann", "Bob", "Çid"]
    assert task.history.players[0].rating == 1500
    assert task.history.planned_rounds == 5
    assert first.matches == (won(1, 2, (0, 0)),)
    assert first.byes == (Bye(3, ByeKind.PAIRING_ALLOCATED),)
    assert second.matches[0].played is False
    assert second.byes == (Bye(1, ByeKind.HALF_POINT),)


def test_a_round_without_pairs_announces_who_is_absent() -> None:
    task = trf(
        player(1, "   2 w =", "0000 - Z"),
        player(2, "   1 b =", "0000 - H"),
        player(3, "0000 - U"),
        player(4),
        player(5),
        "XXZ 4/5",
    )
    assert len(task.history.rounds) == 1
    assert task.byes == (
        Bye(1, ByeKind.ZERO_POINT),
        Bye(2, ByeKind.HALF_POINT),
        Bye(4, ByeKind.ZERO_POINT),
        Bye(5, ByeKind.ZERO_POINT),
    )


def test_nobody_and_no_result_is_an_absence_but_a_blank_cell_says_nothing() -> None:
    task = trf(player(1, "0000 -  "), player(2, "        "), player(3), player(4, "0000    "))
    assert [bye.player for bye in task.byes] == [1, 4]


@pytest.mark.parametrize("colour", ["-", " "])
def test_a_forfeit_may_be_without_colours(colour: str) -> None:
    task = trf(player(1, f"   2 {colour} -"), player(2, f"   1 {colour} +"))
    assert task.history.rounds[0].matches == (Match(1, 2, Result.LOSS, Result.WIN, played=False),)


def test_a_round_of_one_who_had_the_bye_is_a_round() -> None:
    task = trf(player(1, "   2 w 1", "0000 - U"), player(2, "   1 b 0", "0000 - Z"))
    assert task.round_number == 3
    assert task.byes == ()


def test_a_bye_of_the_pairing_set_beforehand_leaves_the_round_to_be_paired() -> None:
    task = trf(*(player(number) for number in range(1, 7)), player(7, "0000 - U"))
    assert task.round_number == 1 and task.history.rounds == ()
    assert task.byes == (Bye(7, ByeKind.PAIRING_ALLOCATED),)
    asked = trf(player(1, "0000 - U"), player(2, "0000 - Z"), player(3), player(4))
    assert asked.round_number == 1 and asked.absent == {1, 2}
    later = trf(player(1, "0000 - U", "   2 w 1"), player(2, "        ", "   1 b 0"), player(3))
    assert later.round_number == 3
    known = trf(player(1, "0000 - U"), player(2), "240 H 001 0002")
    assert known.round_number == 2


def test_reads_the_records_of_2026_and_of_the_pairing_programs() -> None:
    players = [player(number) for number in range(1, 6)]
    task = trf(
        "142 7",
        "152 B",
        "162  W 3.0    D 1.0    L 0.0    A 0.0    P 1.0",
        "240 H 001 0005",
        "260 001 003    1    2    3",
        "XXP 4 5",
        *players,
    )
    assert task.history.planned_rounds == 7
    assert task.history.first_colour is Colour.BLACK
    assert task.history.points == PointSystem.of(3, 1, 0, 1)
    assert task.byes == (Bye(5, ByeKind.HALF_POINT),)
    assert task.forbidden == {frozenset(pair) for pair in ((1, 2), (1, 3), (2, 3), (4, 5))}
    assert trf("XXC rank black1", *players).history.first_colour is Colour.BLACK
    assert trf("XXS W=3 D=1 PAB=3", *players).history.points == PointSystem.of(3, 1, 0, 3)
    assert trf("BBW 2", "BBD 1", *players).history.points.win == 2
    assert trf("260 002     1    2", *players).forbidden == frozenset()


def test_the_first_colour_is_seen_in_round_one() -> None:
    assert trf(player(1)).history.first_colour is Colour.WHITE
    rounds = [player(1, "   2 b 1"), player(2, "   1 w 0")]
    assert trf(*rounds).history.first_colour is Colour.BLACK


def test_the_first_colour_is_reported_by_the_first_who_has_one() -> None:
    """Number 1 was not paired yet, number 2 had the bye, number 3 is the second of those paired."""
    task = trf(
        player(1, "0000 - Z"),
        player(2, "0000 - U"),
        player(3, "   4 w 1"),
        player(4, "   3 b 0"),
    )
    assert task.history.first_colour is Colour.BLACK
    late = trf(player(1, "0000 - U", "   2 b 1"), player(2, "0000 - H", "   1 w 0"))
    assert late.history.first_colour is Colour.BLACK


@pytest.mark.parametrize("record", ["BBW 3.0", "162  W 3.0    D 1.0", "XXS W=3"])
def test_the_bye_of_the_pairing_is_worth_a_win_unless_that_is_said(record: str) -> None:
    assert trf(record, player(1)).history.points.pairing_bye == 3
    assert trf("BBU 1.0", record, player(1)).history.points.pairing_bye == 1
    assert trf(record, "BBU 0.5", player(1)).history.points.pairing_bye == Fraction(1, 2)


def test_the_letter_for_absence_is_that_of_either_program() -> None:
    for letter in "AZ":
        points = trf(f"162  W 3.0    D 2.0    L 1.0    {letter} 1.0", player(1)).history.points
        assert points.loss == points.absent == 1


def with_total(line: str, total: str) -> str:
    return f"{line[:80]}{total}{line[84:]}"


def test_totals_tell_what_results_are_worth_where_no_record_does() -> None:
    def points(*totals: str, records: tuple[str, ...] = ()) -> PointSystem:
        rounds = (("   2 w 1", "   3 b ="), ("   1 b 0", "0000 - U"), ("0000 - Z", "   1 w ="))
        lines = [
            with_total(player(number, *cells), total)
            for number, (cells, total) in enumerate(zip(rounds, totals, strict=True), start=1)
        ]
        return trf(*records, *lines).history.points

    assert points(" 1.5", " 1.0", " 0.5") == PointSystem()
    assert points(" 4.0", " 3.0", " 1.0") == PointSystem.of(3, 1, 0, 3)
    assert points(" 4,0", " 1.0", " 1.0") == PointSystem.of(3, 1, 0, 1)
    assert points(" 1.5", " 0.5", " 0.5").pairing_bye == Fraction(1, 2)
    assert points(" 4.0", " 3.0", " 0.0") == PointSystem()  # cut, or counted wrongly
    assert points(" 4.0", " 3.0", "    ") == PointSystem()
    assert points(" 4.0", " 3.0", " 1.0", records=("BBW 1.0",)) == PointSystem()


def test_players_are_numbered_by_position_if_the_file_says_so() -> None:
    lines = [player(number) for number in (30, 7, 12)]
    assert [one.id for one in trf(*lines).history.players] == [7, 12, 30]
    ranked = trf("XXC rank black1", *lines)
    assert [one.id for one in ranked.history.players] == [30, 7, 12]
    assert ranked.history.first_colour is Colour.BLACK


def test_virtual_points_are_read_by_player_and_by_range() -> None:
    players = [player(number) for number in (1, 2, 4)]
    by_range = trf("250       1.0   1   2    1    2", "250       0.5   2        2", *players)
    assert by_range.virtual_points == (
        VirtualPoints(1, 1, Fraction(1)),
        VirtualPoints(1, 2, Fraction(1)),
        VirtualPoints(2, 1, Fraction(1)),
        VirtualPoints(2, 2, Fraction(1, 2)),
    )
    by_player = trf("192 FIDE_DUTCH_BAKU", "XXA    4  1.0       0.5", *players)
    assert [(one.round, one.points) for one in by_player.virtual_points] == [
        (1, 1),
        (2, 0),
        (3, Fraction(1, 2)),
    ]


def test_too_many_forbidden_pairs_are_refused_before_they_fill_the_memory() -> None:
    players = [player(number) for number in range(1, 1001)]
    record = "XXP " + " ".join(str(number) for number in range(1, 1001))
    with pytest.raises(TrfError, match="Line 1003: there are more than 1000000 forbidden pairs"):
        trf(*players, *[record] * 3)


def test_codes_may_be_in_small_letters() -> None:
    task = trf("xxr 7", "xxc black1", player(1))
    assert task.history.planned_rounds == 7
    assert task.history.first_colour is Colour.BLACK


def test_unrated_games_and_unfinished_ones() -> None:
    task = trf(player(1, "   2 w W", "   2 b  "), player(2, "   1 b L", "   1 w  "))
    assert task.history.rounds[0].matches[0].played
    assert task.history.rounds[1].unfinished == ((2, 1),)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["012 Nobody"], "not a single player"),
        ([player(1), player(1)], "Line 2: there is a player 1 already"),
        (["001 abcd"], "Line 1: the start number or the rating is no number"),
        ([player(0)], "0 is no start number"),
        ([player(1, "   9 w 1")], "Line 1: player 1, round 1: player 9 does not have"),
        ([player(1, "   1 w 1")], "player 1 does not have the same match"),
        ([player(1, "   2 w 1"), player(2, "   1 w 0")], "has the same colour"),
        ([player(1, "   2 w 1"), player(2, "   1 b 1")], "does not fit the result"),
        ([player(1, "   2 w 1"), player(2, "   1 b =")], "does not fit the result"),
        ([player(1, "   2 w 1"), player(2, "   1 b -")], "was a game here"),
        ([player(1, "   2 w ?"), player(2, "   1 b 0")], "'?' is no result"),
        ([player(1, "   2 x 1"), player(2, "   1 b 0")], "'x' is no colour"),
        ([player(1, "  ab w 1")], "'ab' is no opponent"),
        ([player(1, "0000 - 1"), player(2)], "'1' cannot be without an opponent"),
        ([player(1, *["0000 - Z"] * 101)], "more than 100 rounds"),
        (["XXR many", player(1)], "Line 1: 'many' should be a number"),
        (["XXR 12345", player(1)], "should be a number"),
        (["152 green", player(1)], "neither W nor B"),
        (["240 Q 001 0001", player(1)], "'Q' is no bye"),
        (["XXZ 7", player(1)], "Line 1: there is no player 7"),
        (["BBW 1/0", player(1)], "should be points"),
        (["BBW 5000", player(1)], "cannot be"),
        (["XXA    7  1.0", player(1)], "Line 1: there is no player 7"),
        (["XXA    1  lot", player(1)], "Line 1: 'lot' should be points"),
        (["XXA    1" + "  1.0" * 101, player(1)], "more than 100 rounds"),
        (["250       1.0   1   2    1    9", player(1)], "Line 1: there is no player 9"),
        (["250       1.0   2   1    1    1", player(1)], "Line 1: 2 to 1 is no range"),
        (["250       1.0   1 999    1    1", player(1)], "more than 100 rounds"),
        (["250       1.0   1  20    1 9999", player(1)], "more than 100000 virtual points"),
        (["192 FIDE_DUTCH_BAKU", player(1)], "Line 1: an accelerated Swiss needs its points"),
        (["299 W   2.0   2.5    2   17", player(1)], "Line 1: points that are assigned by hand"),
        (["013 Club", player(1)], "Line 1: team tournaments"),
        (["310   1 Club", player(1)], "Line 1: team tournaments"),
        (["162 ", player(1)], "Line 1: there are no points"),
        (["BBW 1e9", player(1)], "should be points"),
        ([player(1), "### " + "x" * 60_000], "Line 2 has more than 60000 characters"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(lines: list[str], message: str) -> None:
    with pytest.raises(TrfError, match=message.replace("?", r"\?")):
        trf(*lines)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60))
def test_garbage_is_refused_and_never_breaks(garbage: str) -> None:
    for text in (garbage, f"001    1 {garbage}", f"{player(1)}{garbage}", f"XXS {garbage}"):
        with suppress(TrfError):
            read_trf(text)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(ending: str) -> None:
    text = (DATA / "swiss" / "013p6r-40.trf").read_text()
    assert read_trf("\ufeff" + text.replace("\n", ending)) == read_trf(text)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_written_is_read_again(seed: int) -> None:
    rng = Random(seed)
    full = by_chance(rng.randrange(8, 30), 5, rng, absence=0.1)
    task = PairingTask(
        replace(
            full,
            planned_rounds=9,
            first_colour=rng.choice((Colour.WHITE, Colour.BLACK)),
            points=replace(PointSystem.of(3, 1, 0, 2), half_point_bye=Fraction(1, 2)),
        ),
        (Bye(2, ByeKind.ZERO_POINT), Bye(3, ByeKind.HALF_POINT)),
        frozenset({frozenset({1, 4})}),
        (VirtualPoints(1, 1, Fraction(1)), VirtualPoints(5, 2, Fraction(1, 2))),
    )
    again = read_trf(write_trf(task, "Club\nnight"))
    assert again.byes == task.byes
    assert again.forbidden == task.forbidden
    assert again.virtual_points == task.virtual_points
    assert replace(again.history, rounds=()) == replace(task.history, rounds=())
    for ours, theirs in zip(task.history.rounds, again.history.rounds, strict=True):
        assert set(ours.matches) == set(theirs.matches)
        assert {bye for bye in ours.byes if bye.kind is not ByeKind.ZERO_POINT} == {
            bye for bye in theirs.byes if bye.kind is not ByeKind.ZERO_POINT
        }


def test_scores_and_ranks_are_written() -> None:
    text = write_trf(PairingTask(history("Ann Bob Cid", played(won(2, 1)))), "Cup")
    assert text.splitlines()[0] == "012 Cup"
    ann, bob, _cid = (line for line in text.splitlines() if line.startswith("001"))
    assert (bob[80:84], bob[85:89], bob[91:99]) == (" 1.0", "   1", "   1 w 1")
    assert (ann[80:84], ann[85:89], ann[91:99]) == (" 0.0", "   2", "   2 b 0")


def test_points_with_two_decimals_are_written_as_they_are() -> None:
    points = PointSystem.of(Fraction(5, 4), Fraction(1, 4), 0, Fraction(5, 4))
    virtual = (VirtualPoints(1, 2, Fraction(1, 4)),)
    played_once = replace(history("Ann Bob", played(won(1, 2))), points=points)
    again = read_report(write_trf(PairingTask(played_once, virtual_points=virtual)))
    assert again.task.points == points and again.task.virtual_points == virtual
    assert again.warnings == ()


def test_a_name_cannot_break_out_of_its_line() -> None:
    task = PairingTask(History((Player(1, "Ann\n001    2"), Player(2, "B" * 50, 12345))))
    again = read_trf(write_trf(task))
    assert [one.name for one in again.history.players] == ["Ann 001    2", "B" * 33]
    assert again.history.players[1].rating == 9999


def test_a_pairing_is_printed_as_by_the_pairing_programs() -> None:
    assert pairing_text(SwissPairing(((1, 3), (4, 2)), (5,))) == "3\n1 3\n4 2\n5 0\n"


def test_a_result_reversed_is_the_opponents() -> None:
    assert [one.reverse for one in Result] == [Result.LOSS, Result.DRAW, Result.WIN]
