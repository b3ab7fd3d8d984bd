"""OpenSpiel's games as this site's: whole games, hidden things, and a process that breaks."""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from random import Random
from typing import Any

import msgspec
import pytest

from play.engine.game import IllegalMove
from play.open_spiel import games, process
from play.open_spiel.game import SpielGame, Spot
from play.open_spiel.process import Worker, WorkerFailed

#: Left out where OpenSpiel is not installed, but never in CI.
pytestmark = pytest.mark.skipif(
    find_spec("pyspiel") is None and os.environ.get("CI") != "true", reason="no OpenSpiel"
)
SLUGS = [offer.slug for offer in games.OFFERS]
HIDDEN = ["leduc-poker", "liars-dice"]


@pytest.fixture(scope="module")
def offered() -> Iterator[dict[str, SpielGame]]:
    found = {game.slug: game for game in games.installed_games()}
    yield found
    for game in found.values():
        game._worker.stop()


def play(game: SpielGame, *, seed: int, first: int, most: int = 400) -> list[tuple[Spot, str]]:
    """A game of moves by chance, to its end or for so many moves."""
    chance = Random(seed)
    spots = [(start(game, seed, first), "")]
    while game.outcome(spots[-1][0]) is None and len(spots) <= most:
        move = chance.choice(game.legal(spots[-1][0]))
        spots.append((game.apply(spots[-1][0], move), move))
    return spots


def start(game: SpielGame, seed: int = 1, first: int = 0) -> Spot:
    return game.setup(game.settings(), seed=seed, first=first)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_game_is_played_and_played_again_the_same(
    offered: dict[str, SpielGame], slug: str
) -> None:
    game = offered[slug]
    for first in range(2):
        played = play(game, seed=7 + first, first=first)
        assert game.to_move(played[0][0]) == first
        state = start(game, 7 + first, first)
        for then, move in played[1:]:
            state = game.apply(state, move)
            assert state == then
        assert game.unpack(game.pack(state)) == state
        outcome = game.outcome(state)
        if outcome is not None:
            assert game.legal(state) == []
            assert game.scores(state) == outcome.scores
            assert game.draws or outcome.winner is not None


@pytest.mark.parametrize("slug", SLUGS)
def test_an_illegal_move_is_refused_before_the_library_sees_it(
    offered: dict[str, SpielGame], slug: str
) -> None:
    game, state = offered[slug], start(offered[slug])
    worker = game._worker._process
    for move in ("", "no such move", "e2e4", "99", "\n", "a" * 10_000):
        with pytest.raises(IllegalMove):
            game.apply(state, move)
    assert game._worker._process is worker


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_drawn_has_a_name_for_each_row_and_column(
    offered: dict[str, SpielGame], slug: str
) -> None:
    game = offered[slug]
    for state, _ in play(game, seed=3, first=0, most=40):
        view = game.view(state, None)
        assert view.get("board") or view.get("text") or view.get("facts")
        if board := view.get("board"):
            assert (len(board), {len(row) for row in board}) == (
                len(view["ranks"]), {len(view["files"])},
            )  # fmt: skip
            names = {file + rank for file in view["files"] for rank in view["ranks"]}
            for cells in view.get("cells", {}).values():
                assert names >= set(cells)


def test_chess_is_shown_from_where_to_where_and_to_black_from_the_other_end(
    offered: dict[str, SpielGame],
) -> None:
    chess = offered["chess"]
    state = chess.apply(start(chess), "e4")
    view = chess.view(state, 1)
    assert view["sides"] == ["White", "Black"]
    assert view["is_turned"] and not chess.view(state, 0)["is_turned"]
    assert view["board"][4][4] == "♙"
    assert view["cells"]["Nf6"] == ["g8", "f6"]


def test_hex_joins_the_edges_that_its_view_says(offered: dict[str, SpielGame]) -> None:
    game = offered["hex"]
    state = game.setup(game.settings(board=3), seed=1, first=0)
    for move in ("a1", "b1", "a2", "b2", "a3"):
        state = game.apply(state, move)
    assert game.view(state, 0)["facts"][0] == ["Black", "from top to bottom"]
    outcome = game.outcome(state)
    assert outcome is not None and outcome.winner == 0


def test_the_points_of_backgammon_are_numbered_for_who_is_to_move(
    offered: dict[str, SpielGame],
) -> None:
    game = offered["backgammon"]
    for state, _ in play(game, seed=5, first=0, most=20):
        view = game.view(state, game.to_move(state))
        top, *points, bottom = (
            line.replace("|", "").split()
            for line in view["text"].splitlines()
            if "  |  " not in line
        )
        stands = dict(zip(top, points[0], strict=True)) | dict(zip(bottom, points[-1], strict=True))
        starts = {move.partition("/")[0] for move in game.legal(state)}
        sign = view["sides"][game.to_move(state)]
        assert {stands[start] for start in starts if start.isdigit()} <= {sign}


@pytest.mark.parametrize("slug", HIDDEN)
def test_what_one_holds_says_nothing_of_what_the_other_holds(
    offered: dict[str, SpielGame], slug: str
) -> None:
    game = offered[slug]
    others: dict[str, set[str]] = defaultdict(set)
    watched = set()
    for seed in range(300):
        state = start(game, seed)
        mine, theirs, seen = (dump(game.view(state, side)) for side in (0, 1, None))
        others[mine].add(theirs)
        watched.add(seen)
        assert '"hidden"' in mine
    assert len(watched) == 1
    assert min(len(theirs) for theirs in others.values()) > 1


def dump(view: dict[str, Any]) -> str:
    return msgspec.json.encode(view).decode()


@pytest.mark.parametrize("slug", HIDDEN)
def test_the_other_s_hand_stays_hidden_until_it_is_shown(
    offered: dict[str, SpielGame], slug: str
) -> None:
    game = offered[slug]
    for seed in range(30):
        *before, (last, final) = play(game, seed=seed, first=seed % 2)
        for state, _ in before:
            for side in (0, 1, None):
                held = [
                    value for name, value in game.view(state, side)["facts"] if " of the " in name
                ]
                assert set(held) == {"hidden"}
        assert ("hidden" in dump(game.view(last, None))) == (final == "Fold")


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("strength", [1, 2])
def test_a_computer_makes_a_legal_move_by_what_its_side_sees(
    offered: dict[str, SpielGame], slug: str, strength: int
) -> None:
    game = offered[slug]
    for state, _ in play(game, seed=11, first=1, most=3):
        if game.outcome(state) is None:
            side, legal = game.to_move(state), game.legal(state)
            view = game.view(state, side)
            assert game.bot(view, legal, strength=strength, chance=Random(1)) in legal


def test_the_search_takes_a_win(offered: dict[str, SpielGame]) -> None:
    game = offered["hex"]
    state = game.setup(game.settings(board=3), seed=1, first=0)
    for move in ("a1", "b1", "a2", "b2"):
        state = game.apply(state, move)
    view, legal = game.view(state, 0), game.legal(state)
    assert game.bot(view, legal, strength=2, chance=Random(1)) == "a3"


def test_a_process_that_is_killed_costs_nothing(offered: dict[str, SpielGame]) -> None:
    game = offered["chess"]
    state = start(game)
    for move in ("e4", "e5", "Nf3"):
        worker = game._worker._process
        assert worker is not None
        worker.kill()
        state = game.apply(state, move)
        assert game._worker._process is not worker
    assert "Nc6" in game.legal(state)


BROKEN = {
    "never ready": "import time; time.sleep(60)",
    "ends at once": "",
    "ends when asked": "print('{}', flush=True); input()",
    "falls silent": "print('{}', flush=True); import time; time.sleep(60)",
}


@pytest.mark.parametrize("program", BROKEN.values(), ids=BROKEN)
def test_a_process_that_breaks_again_refuses_the_move_and_no_more(
    offered: dict[str, SpielGame], program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_START_SECONDS", 1.0)
    monkeypatch.setattr(process, "STEP_SECONDS", 0.2)
    state = start(offered["go"])
    worker = Worker([sys.executable, "-c", program])
    game = SpielGame(games.OFFERS[1], worker)
    with pytest.raises(IllegalMove, match="cannot be asked"):
        game.apply(state, "c3")
    with pytest.raises(WorkerFailed):
        start(game)
    worker.stop()


def test_without_openspiel_there_are_none_of_its_games_and_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(games, "find_spec", lambda name: None)
    with caplog.at_level("INFO"):
        assert games.installed_games() == []
    assert [record.levelname for record in caplog.records] == ["INFO"]
