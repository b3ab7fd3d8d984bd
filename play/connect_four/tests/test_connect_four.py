"""The rules of Connect Four beside a slow and plain check, and how well the computer plays."""

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from play.connect_four import ConnectFour, bot
from play.connect_four.engine import COLUMNS, ROWS, Board, open_fours, winning_cells
from play.engine.game import IllegalMove, TurnSettings
from play.engine.record import Turn, pack_record, states_of_turns, unpack_turns

GAME = ConnectFour()


def start(first: int = 0) -> Board:
    return GAME.setup(TurnSettings(), seed=0, first=first)


def after(moves: str, first: int = 0) -> Board:
    board = start(first)
    for move in moves:
        board = GAME.apply(board, move)
    return board


def lines(board: Board, side: int) -> list[list[tuple[int, int]]]:
    """Every four in a row of a side, found by looking at every cell."""
    columns = GAME.view(board, None)["columns"]
    mine = {
        (column, row)
        for column, cells in enumerate(columns)
        for row, owner in enumerate(cells)
        if owner == side
    }
    found = []
    for (column, row), (dx, dy) in product(mine, ((0, 1), (1, 0), (1, 1), (1, -1))):
        line = [(column + n * dx, row + n * dy) for n in range(4)]
        if mine.issuperset(line):
            found.append(line)
    return found


@given(choices=st.lists(st.integers(0, 6), max_size=60), first=st.integers(0, 1))
def test_a_game_ends_with_four_in_a_row_or_a_full_board(choices: list[int], first: int) -> None:
    board = start(first)
    for n, choice in enumerate(choices):
        legal = GAME.legal(board)
        mover = GAME.to_move(board)
        assert mover == (first + n) % 2
        board = GAME.apply(board, legal[choice % len(legal)])
        assert GAME.unpack(GAME.pack(board)) == board
        won = lines(board, mover)
        outcome = GAME.outcome(board)
        cells = {cell for line in won for cell in line}
        assert set(winning_cells(board.discs[mover])) == cells
        assert not lines(board, 1 - mover)
        if won:
            assert outcome is not None and outcome.winner == mover
            return
        if sum(board.heights) == COLUMNS * ROWS:
            assert outcome is not None and outcome.winner is None
            return
        assert outcome is None


@pytest.mark.parametrize(
    ("moves", "winning"),
    [
        ("1212121", [[0, 0], [0, 1], [0, 2], [0, 3]]),
        ("1122334", [[0, 0], [1, 0], [2, 0], [3, 0]]),
        ("12233434454", [[0, 0], [1, 1], [2, 2], [3, 3]]),
    ],
)
def test_a_win_names_its_cells(moves: str, winning: list[list[int]]) -> None:
    board = after(moves)
    outcome = GAME.outcome(board)
    assert outcome is not None and (outcome.winner, outcome.scores) == (0, (1, 0))
    assert GAME.view(board, 1)["winning"] == winning


def test_no_line_goes_around_an_edge() -> None:
    # Three on top of a column, and one at the foot of the next.
    board = Board(discs=(0b111000 | 1 << 7, 0), heights=(6, 1, 0, 0, 0, 0, 0), turn=1)
    assert GAME.outcome(board) is None


@pytest.mark.parametrize("move", ["0", "8", "", "a", "11", "-1"])
def test_what_is_no_column_is_no_move(move: str) -> None:
    with pytest.raises(IllegalMove):
        GAME.apply(start(), move)


def test_a_full_column_takes_no_more() -> None:
    board = after("111111")
    assert "1" not in GAME.legal(board)
    with pytest.raises(IllegalMove, match="full"):
        GAME.apply(board, "1")


@given(choices=st.lists(st.integers(0, 6), max_size=42), first=st.integers(0, 1))
def test_a_record_of_turns_plays_the_same_game_again(choices: list[int], first: int) -> None:
    states, turns = [start(first)], []
    for choice in choices:
        if GAME.outcome(states[-1]):
            break
        legal = GAME.legal(states[-1])
        turns.append(Turn(legal[choice % len(legal)], 10))
        states.append(GAME.apply(states[-1], turns[-1].move))
    again = unpack_turns(pack_record(turns))
    assert list(states_of_turns(GAME, states[0], again)) == states[1:]


def test_a_record_with_an_illegal_move_is_not_played() -> None:
    with pytest.raises(IllegalMove):
        list(states_of_turns(GAME, start(), [Turn("1", 0), Turn("8", 0)]))


def choose(board: Board, strength: int, chance: Random) -> str:
    return GAME.bot(GAME.view(board, None), GAME.legal(board), strength=strength, chance=chance)


def test_the_computer_wins_at_once_and_stops_a_win() -> None:
    for seed in range(5):
        assert choose(after("121212"), 3, Random(seed)) == "1"
        assert choose(after("12121"), 3, Random(seed)) == "1"


@pytest.mark.parametrize(("better", "worse"), [(2, 1), (3, 2)])
def test_a_stronger_computer_wins_more(better: int, worse: int) -> None:
    won = 0
    chance = Random(7)
    for n in range(10):
        side = n % 2
        board = start()
        while (outcome := GAME.outcome(board)) is None:
            strength = better if GAME.to_move(board) == side else worse
            board = GAME.apply(board, choose(board, strength, chance))
        won += outcome.winner == side
    assert won >= 7


def positions(count: int) -> list[Board]:
    """Boards as games by chance leave them, on which somebody may still move."""
    chance = Random(5)
    found: list[Board] = []
    while len(found) < count:
        board = start(chance.randrange(2))
        for _ in range(chance.randrange(36)):
            if GAME.outcome(board) is None:
                board = GAME.apply(board, chance.choice(GAME.legal(board)))
        if GAME.outcome(board) is None:
            found.append(board)
    return found


def test_where_a_side_can_win_at_once_is_what_dropping_everywhere_shows() -> None:
    for board in positions(150):
        for side in range(2):
            turned = board._replace(turn=side)
            wins = {
                int(move) - 1 for move in GAME.legal(board) if lines(GAME.apply(turned, move), side)
            }
            fours = open_fours(board, side)
            assert {cell // 7 for cell in range(49) if fours >> cell & 1} == wins


def plain_value(board: Board, depth: int) -> int:
    """What the search must find, without anything that makes it quick."""
    outcome = GAME.outcome(board)
    if outcome is not None:
        return 0 if outcome.winner is None else -bot._WON - depth
    if depth == 0:
        return bot._shape(board, board.turn) - bot._shape(board, 1 - board.turn)
    return max(-plain_value(GAME.apply(board, move), depth - 1) for move in GAME.legal(board))


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_the_quick_search_finds_what_the_plain_one_does(depth: int) -> None:
    for board in positions(25):
        assert bot._value(board, depth, -99_999, 99_999) == plain_value(board, depth)


def test_a_move_is_found_soon() -> None:
    """Counted in boards, not in seconds: each takes a few millionths of a second."""
    seen = 0
    real = bot._value

    def counted(board: Board, depth: int, low: int, high: int) -> int:
        nonlocal seen
        seen += 1
        return real(board, depth, low, high)

    most = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bot, "_value", counted)
        for board in positions(60):
            seen = 0
            bot.choose(board, strength=3, chance=Random(1))
            most = max(most, seen)
    assert most < 8_000, most
