"""The page computes the same games: its engines run in Chromium, beside ours."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from play.connect_four import ConnectFour
from play.connect_four.engine import winning_cells
from play.engine.game import TurnSettings
from play.pong import bot, engine

from .browser import launch

pytestmark = pytest.mark.browser
GAMES = Path(__file__).resolve().parents[1] / "static" / "play"
ENGINE = GAMES / "pong" / "engine.js"
#: Plays games of held moves; 3 to 5 stand for the computer in its three strengths.
PLAY = """
async ([source, games]) => {
  const pong = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  return games.map(({ seed, first, holds }) => {
    let state = pong.setup({ points: 200, seed, first });
    return holds.flatMap(([held0, held1, steps]) =>
      Array.from({ length: steps }, () => {
        const held = [held0, held1].map((h, side) => (h < 3 ? h : pong.bot(state, side, h - 2)));
        state = pong.step(state, ...held);
        return [state.x, state.y, state.vx, state.vy, state.hits, ...state.paddles, ...state.held,
          ...state.scores, state.wait, state.toward, state.rng, state.points];
      }));
  });
}
"""
DECODE = """
async ([source, frames]) => {
  const pong = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  return frames.map((frame) => {
    const state = pong.decode(new DataView(Uint8Array.from(frame).buffer));
    return [state.x, state.y, state.vx, state.vy, state.hits, ...state.paddles, ...state.held,
      ...state.scores, state.wait, state.toward, state.rng, state.points];
  });
}
"""


def games() -> list[dict[str, Any]]:
    chance = Random(4)
    return [
        {
            "seed": chance.getrandbits(31),
            "first": chance.randrange(2),
            "holds": [
                [chance.randrange(6), chance.randrange(6), chance.randrange(1, 200)]
                for _ in range(20)
            ],
        }
        for _ in range(12)
    ]


def played(game: dict[str, Any]) -> list[engine.Ball]:
    state = engine.setup(points=200, seed=game["seed"], first=game["first"])
    states = []
    for held0, held1, steps in game["holds"]:
        for _ in range(steps):
            held = [
                held if held < 3 else bot.hold(state, side, strength=held - 2)
                for side, held in enumerate((held0, held1))
            ]
            state = engine.step(state, *held)
            states.append(state)
    return states


def test_the_page_plays_the_same_games_and_reads_our_frames(chromium: Path) -> None:
    source = ENGINE.read_text()
    ours = [played(game) for game in games()]
    with launch(chromium) as browser:
        page = browser.new_page()
        theirs = page.evaluate(PLAY, [source, games()])
        for states, their_states in zip(ours, theirs, strict=True):
            assert their_states == [list(state) for state in states]
        some = ours[0][::97]
        frames = [list(engine.frame(state)) for state in some]
        assert page.evaluate(DECODE, [source, frames]) == [list(state) for state in some]


FOURS = """
async ([source, games]) => {
  const four = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  return games.map(({ moves, first }) => {
    let board = four.emptyBoard();
    return moves.map((move, ply) => {
      board = four.drop(board, move - 1, (first + ply) % 2);
      const cells = four.foursThrough(board, move - 1).map((cell) => cell.join());
      return [[...new Set(cells)].sort(), four.openColumns(board).map((c) => c + 1).sort()];
    });
  });
}
"""


def test_the_page_sees_the_same_fours(chromium: Path) -> None:
    game, chance = ConnectFour(), Random(9)
    played, ours = [], []
    for first in (0, 1) * 20:
        board, moves, seen = game.setup(TurnSettings(), seed=0, first=first), [], []
        while game.outcome(board) is None:
            moves.append(chance.choice(game.legal(board)))
            mover = board.turn
            board = game.apply(board, moves[-1])
            cells = sorted(f"{column},{row}" for column, row in winning_cells(board.discs[mover]))
            seen.append([cells, sorted(int(move) for move in game.legal(board))])
        played.append({"moves": [int(move) for move in moves], "first": first})
        ours.append(seen)
    source = (GAMES / "connect_four" / "engine.js").read_text()
    with launch(chromium) as browser:
        assert browser.new_page().evaluate(FOURS, [source, played]) == ours
