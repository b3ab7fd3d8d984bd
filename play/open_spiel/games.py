"""The games of OpenSpiel that are offered, if it is installed."""

import logging
from importlib.util import find_spec
from typing import Annotated

from msgspec import Meta

from play.engine.game import TurnSettings

from .game import Offer, SpielGame
from .process import Worker

log = logging.getLogger(__name__)


class GoSettings(TurnSettings, frozen=True):
    """The clock, and the size of the board."""

    board: Annotated[int, Meta(ge=5, le=19, title="Lines of the board")] = 9


class HexSettings(TurnSettings, frozen=True):
    """The clock, and the size of the board."""

    board: Annotated[int, Meta(ge=3, le=14, title="Cells along each edge")] = 11


class DiceSettings(TurnSettings, frozen=True):
    """The clock, and the dice."""

    dice: Annotated[int, Meta(ge=1, le=3, title="Dice of each player")] = 2


OFFERS = (
    Offer(
        "chess", "Chess", "chess", "Mate the king. Type a move, or choose from where to where.",
        ("Black", "White"), far=0, draws=True,
    ),
    Offer(
        "go", "Go", "go(board_size={board})", "Surround more of the board than the other side.",
        ("Black", "White"), settings=GoSettings,
    ),
    Offer(
        "othello", "Othello", "othello", "Enclose the other side's discs, and they become yours.",
        ("Black", "White"), draws=True,
    ),
    Offer(
        "hex", "Hex", "hex(board_size={board})", "Join your two edges by an unbroken chain.",
        ("Black", "White"), settings=HexSettings,
    ),
    Offer(
        "backgammon", "Backgammon", "backgammon", "Bring all your checkers home and bear them off.",
        ("x", "o"), takebacks=False,
    ),
    Offer(
        "leduc-poker", "Leduc poker", "leduc_poker",
        "One card each of two jacks, queens and kings, and one on the table: a pair wins.",
        ("First", "Second"), draws=True, takebacks=False,
    ),
    Offer(
        "liars-dice", "Liar's dice", "liars_dice(numdice={dice})",
        "Bid what lies under both cups together, higher each time, or call the other a liar;"
        " sixes count as any face.",
        ("First", "Second"), takebacks=False, settings=DiceSettings,
    ),
)  # fmt: skip


def installed_games() -> list[SpielGame]:
    """All of them, which share one process; none where OpenSpiel is not installed."""
    if find_spec("pyspiel") is None:
        log.info("OpenSpiel is not installed: its games are not offered")
        return []
    worker = Worker()
    return [SpielGame(offer, worker) for offer in OFFERS]
