"""What is shown of a game of OpenSpiel, as `static/play/generic/view.js` draws it.

What one player may not see is left out here, since a state's own text has it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyspiel

View = dict[str, Any]
Views = list[View]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PIECES = dict(zip("KQRBNPkqrbnp", "♔♕♖♗♘♙♚♛♜♝♞♟", strict=True))
_STONES = {"x": "●", "X": "●", "B": "●", "o": "○", "O": "○", "W": "○"}


def move_texts(game: str, state: Any) -> dict[str, int]:
    """The legal moves as people write them; of moves that read the same, any one."""
    texts: dict[str, int] = {}
    for action in state.legal_actions():
        texts.setdefault(move_text(game, state, action), action)
    return texts


def move_text(game: str, state: Any, action: int) -> str:
    """A move as people write it."""
    return _WRITTEN.get(_short(game), str)(state.action_to_string(action))


def views_of(game: str, state: Any, moves: Mapping[str, int]) -> Views:
    """What player 0, player 1 and a spectator see; one view alone is for all of them."""
    short = _short(game)
    if short in _HIDDEN:
        return _HIDDEN[short](state)
    view = _OPEN[short](state, moves) if short in _OPEN else {"text": str(state)}
    return [view | {"history": state.history(), "player": state.current_player()}]


def _short(game: str) -> str:
    return game.partition("(")[0]


_WRITTEN: dict[str, Callable[[str], str]] = {
    "backgammon": lambda text: text.partition(" - ")[2],  # "401 - 13/9/8"
    "go": lambda text: text.partition(" ")[2].lower(),  # "B d4"
}


def _grid(rows: Iterable[Iterable[str]], *, files: str, ranks: Iterable[int]) -> View:
    board = [[_STONES.get(cell, "") for cell in row] for row in rows]
    return {"board": board, "files": list(files), "ranks": [str(rank) for rank in ranks]}


def _chess(state: Any, moves: Mapping[str, int]) -> View:
    board: list[list[str]] = []
    for rank in str(state).partition(" ")[0].split("/"):
        row: list[str] = []
        for sign in rank:
            row += [""] * int(sign) if sign.isdigit() else [_PIECES[sign]]
        board.append(row)
    return {
        "board": board,
        "files": list(_LETTERS[:8]),
        "ranks": list("87654321"),
        "checkered": True,
        "cells": {text: _squares(state, action) for text, action in moves.items()},
    }


def _squares(state: Any, action: int) -> list[str]:
    """From where to where a move goes, of its long notation, such as e7e8q."""
    text = pyspiel.chess.action_to_move(action, state.board()).to_lan()
    return [text[:2], text[2:4]]


def _go(state: Any, moves: Mapping[str, int]) -> View:
    lines = [line for line in str(state).splitlines() if line[:2].strip().isdigit()]
    letters = _LETTERS.replace("i", "")[: len(lines)]
    grid = _grid((line[3:] for line in lines), files=letters, ranks=range(len(lines), 0, -1))
    return grid | {"facts": [["White's compensation", "7.5 points"]]}


def _othello(state: Any, moves: Mapping[str, int]) -> View:
    rows = [line.split()[1:9] for line in str(state).splitlines() if line[:1].isdigit()]
    discs = [cell for row in rows for cell in row]
    grid = _grid(rows, files=_LETTERS[:8], ranks=range(1, 9))
    return grid | {"facts": [["Discs", f"Black {discs.count('x')}, White {discs.count('o')}"]]}


def _hex(state: Any, moves: Mapping[str, int]) -> View:
    rows = [line.split() for line in str(state).splitlines()]
    letters = _LETTERS[: len(rows[0])]
    grid = _grid(
        (
            ["x" if cell in "xyzX" else "o" if cell in "opqO" else "." for cell in row]
            for row in rows
        ),
        files=letters,
        ranks=range(1, len(rows) + 1),
    )
    aims = [["Black", "from top to bottom"], ["White", "from left to right"]]
    return grid | {"is_slanted": True, "facts": aims}


def _backgammon(state: Any, moves: Mapping[str, int]) -> View:
    """The points are numbered as the side counts them that is to move, or x at the end."""
    board, _, rest = str(state).partition("Turn: ")
    facts = dict(line.split(":", 1) for line in rest.splitlines() if ":" in line)
    edges = [_wide(range(12, 0, -1)), _wide(range(13, 25))]
    if state.current_player() == 1:
        edges.reverse()
    rows = [_wide(line.replace("|", "")) for line in board.splitlines()[1:-1]]
    return {
        "text": "\n".join([edges[0], *rows, edges[1]]),
        "facts": [
            ["Dice", " and ".join(facts.get("Dice", "").strip())],
            ["Bar", facts.get("Bar", "").strip() or "empty"],
        ],
    }


def _wide(points: Iterable[object]) -> str:
    """A line of twelve points, with the bar between."""
    cells = [f"{point:>3}" for point in points]
    return f"{''.join(cells[:6])} |{''.join(cells[6:])}"


_OPEN: dict[str, Callable[[Any, Mapping[str, int]], View]] = {
    "backgammon": _backgammon,
    "chess": _chess,
    "go": _go,
    "hex": _hex,
    "othello": _othello,
}


def _liars_dice(state: Any) -> Views:
    """The dice of both come first, then the bids."""
    first, second, *bids = str(state).split(" - ")[0].split()
    shown = [["Last bid", _bid(bids[-1]) if bids else "none yet"]]
    return _by_player(state, "dice", (", ".join(first), ", ".join(second)), shown)


def _bid(bid: str) -> str:
    number, dash, face = bid.partition("-")
    return f"{number} dice of {face}" if dash else bid


def _leduc(state: Any) -> Views:
    lines = dict(line.split(": ", 1) for line in str(state).splitlines() if ": " in line)
    cards = [_card(int(card)) for card in lines["Cards (public player_0 player_1)"].split()]
    money = lines["Money (player_0 player_1)"].split()
    bets = [lines.get(f"Round {number} sequence", "").strip() for number in (1, 2)]
    shown = [
        ["Card on the table", cards[0]],
        ["Pot", lines["Pot"]],
        ["Money", " and ".join(money)],
        ["Bets", "; ".join(bet for bet in bets if bet) or "none yet"],
    ]
    is_shown = "Fold" not in "".join(bets)
    return _by_player(state, "card", cards[1:], shown, is_shown=is_shown)


def _card(card: int) -> str:
    return "none yet" if card < 0 else "JQK"[card // 2]


def _by_player(
    state: Any, what: str, held: Sequence[str], shown: list[list[str]], *, is_shown: bool = True
) -> Views:
    """The view of each player, who sees what it holds; at the end, with `is_shown`, all see all."""
    is_open = state.is_terminal() and is_shown
    actions = [one.action for one in state.full_history() if one.player >= 0]

    def facts(viewer: int | None) -> list[list[str]]:
        lines = []
        for player, name in enumerate(("first", "second")):
            label = f"Your {what}" if player == viewer else f"{what.capitalize()} of the {name}"
            lines.append([label, held[player] if player == viewer or is_open else "hidden"])
        return lines + shown

    players = [
        {
            "facts": facts(player),
            "history": actions,
            "player": player,
            "information": state.information_state_string(player),
        }
        for player in range(2)
    ]
    return [*players, {"facts": facts(None)}]


_HIDDEN: dict[str, Callable[[Any], Views]] = {"leduc_poker": _leduc, "liars_dice": _liars_dice}
