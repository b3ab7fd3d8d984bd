"""How a stage is played: one struct for its row, its form, a request's body and a document."""

from decimal import Decimal
from typing import Annotated

from django.db import models
from msgspec import Meta

from lib.schemas import Schema

BEST_OF_MAX = 99
INTEGER_MAX = 2**31 - 1
Count = Annotated[int, Meta(ge=0, le=INTEGER_MAX)]


class Format(models.TextChoices):
    """How a stage pairs its contenders."""

    SINGLE_ELIMINATION = "single_elimination", "single elimination"
    DOUBLE_ELIMINATION = "double_elimination", "double elimination"
    ROUND_ROBIN = "round_robin", "round robin"
    SWISS = "swiss", "Swiss system"

    @property
    def is_elimination(self) -> bool:
        """Whether a loser is knocked out, so that a match must have a winner."""
        return self in {Format.SINGLE_ELIMINATION, Format.DOUBLE_ELIMINATION}


class CommonStageSettings(Schema):
    """The settings of a stage, but for its points, which have two shapes in JSON."""

    format: Format = Format.SINGLE_ELIMINATION
    name: str = ""
    best_of: Count = 1
    """Games in a match; the winner needs more than half."""
    semi_best_of: Count | None = None
    """Semi-finals of another length, and the third-place match; elimination only."""
    final_best_of: Count | None = None
    """A final of another length; elimination only."""
    third_place: bool = False
    """A match for the third place; single elimination only."""
    group_count: Count = 1
    """Groups of a round robin, seeded in a snake."""
    legs: Count = 1
    """2 lets everybody meet everybody twice."""
    rounds_planned: Count | None = None
    """Rounds of a Swiss; as many as are needed for one winner if left out."""
    draws: bool = False
    """Whether a match may be drawn; not in an elimination."""
    tie_breaks: Annotated[tuple[str, ...], Meta(max_length=4096)] = ()
    """After the points, in order, such as `["buchholz_cut_1", "wins"]`."""
    advance: Count | None = None
    """How many of each group go on to the next stage; none from the last."""

    @property
    def lengths(self) -> tuple[int, ...]:
        """Best of how many its matches are: `best_of`, and the others that are set."""
        lengths = (self.best_of, self.semi_best_of, self.final_best_of)
        return tuple(length for length in lengths if length is not None)


class StageSettings(CommonStageSettings):
    """All settings of a stage, under the names of the fields of `models.Stage`.

    `tie_breaks` are names of `engine.standings.TieBreak`; none for the usual ones.
    """

    points_win: Decimal = Decimal(1)
    points_draw: Decimal = Decimal("0.5")
    points_loss: Decimal = Decimal(0)
    points_bye: Decimal = Decimal(1)

    @property
    def points(self) -> tuple[Decimal, ...]:
        """What a win, a draw, a loss and a bye of the pairing are worth."""
        return self.points_win, self.points_draw, self.points_loss, self.points_bye


_ELIMINATIONS = frozenset({Format.SINGLE_ELIMINATION, Format.DOUBLE_ELIMINATION})
_TABLES = frozenset({Format.ROUND_ROBIN, Format.SWISS})
#: The formats that a setting is for; all, if it is not named.
FORMATS_OF = {
    "semi_best_of": _ELIMINATIONS,
    "final_best_of": _ELIMINATIONS,
    "third_place": frozenset({Format.SINGLE_ELIMINATION}),
    "group_count": frozenset({Format.ROUND_ROBIN}),
    "legs": frozenset({Format.ROUND_ROBIN}),
    "rounds_planned": frozenset({Format.SWISS}),
    "draws": _TABLES,
    "tie_breaks": _TABLES,
    **dict.fromkeys(("points_win", "points_draw", "points_loss", "points_bye"), _TABLES),
}
