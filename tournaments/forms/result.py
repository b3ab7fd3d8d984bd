"""The form of a result: a score, or the button of how the match ended."""

from typing import Any

from django import forms

from lib.errors import Malformed
from matchmaking.game_fields import read_games
from matchmaking.models import Match
from matchmaking.results import Result
from tournaments.services.progress.results import Report, by_double_forfeit, by_forfeit, by_score

ENDINGS = (
    "score",
    "points",
    "live",
    "live-points",
    "win-0",
    "win-1",
    "draw",
    "forfeit-0",
    "forfeit-1",
    "double-forfeit",
)
GAMES_MOST = 99
#: The errors of the fields beside the result.
FAULTS = {
    "why": "The reason has at most 300 characters, all of them printable.",
    "revision": "The form is incomplete. Load the page again.",
}


class ResultForm(forms.Form):
    """A match's result. `outcome` is the button: `score` takes the games won by each side and those
    that were drawn, `points` the points of each game; `live` and `live-points` are no result yet.

    `win-0` is won by the first side, `forfeit-0` as well, because the second did not play.
    """

    outcome = forms.ChoiceField(choices=[(name, name) for name in ENDINGS], required=False)
    first = forms.IntegerField(min_value=0, max_value=GAMES_MOST, required=False)
    second = forms.IntegerField(min_value=0, max_value=GAMES_MOST, required=False)
    drawn = forms.IntegerField(min_value=0, max_value=GAMES_MOST, required=False)
    revision = forms.IntegerField(min_value=0, required=False)
    why = forms.CharField(max_length=300, required=False)

    def report(self) -> Report:
        """The result as the service takes it; raises `Malformed` when a score is missing."""
        how, _, side = self.cleaned_data["outcome"].partition("-")
        match how:
            case "win":
                return lambda match: _won(match, int(side))
            case "forfeit":
                return by_forfeit(int(side))
            case "double":
                return by_double_forfeit()
            case "draw":
                return by_score((0, 0))
            case "points":
                return by_score(None, games=read_games(self.data))
            case _:
                return by_score(self.scores(), drawn=self.cleaned_data["drawn"])

    def live_scores(self) -> tuple[int, int]:
        """How the match stands: the points of a single game, or the games won."""
        is_points = self.cleaned_data["outcome"] == "live-points"
        return read_games(self.data)[0] if is_points else self.scores()

    def scores(self) -> tuple[int, int]:
        """The two numbers."""
        first, second = self.cleaned_data["first"], self.cleaned_data["second"]
        if first is None or second is None:
            raise Malformed("Say who won, or give both scores.")
        return first, second

    @classmethod
    def read(cls, data: Any) -> "ResultForm":
        """The form as it was sent; raises `Malformed`."""
        form = cls(data)
        if not form.is_valid():
            faults = (text for field, text in FAULTS.items() if field in form.errors)
            raise Malformed(next(faults, "Say who won, or give both scores."))
        return form


def _won(match: Match, side: int) -> Result:
    """A win without a score, which is enough only in a best of one."""
    if match.best_of > 1:
        raise Malformed(f"Give the score: this is best of {match.best_of}.")
    return by_score((1, 0) if side == 0 else (0, 1))(match)
