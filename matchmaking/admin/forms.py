"""The admin's form for a match's result."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget

from matchmaking.models import Outcome
from matchmaking.results import MOST_POINTS, SIDES, BadScore, Result

PLAYED = "played"
NEITHER = "neither"


def result_in_words(result: Result, sides: Sequence[str]) -> str:
    """A result as a reader of the history sees it."""
    match result.outcome:
        case Outcome.DOUBLE_FORFEIT:
            return "forfeited by both"
        case Outcome.FORFEIT if result.winner is not None:
            return f"{sides[result.winner]} wins by forfeit"
        case _:
            return ":".join(map(str, result.scores))


class ResultForm(forms.Form):
    """Scores in the order of the sides, or who wins by forfeit."""

    ending = forms.ChoiceField(label="How it ended")

    def __init__(
        self, *args: Any, sides: Sequence[str], best_of: int, draws: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._sides, self._best_of, self._draws = len(sides), best_of, draws
        ending = self.fields["ending"]
        assert isinstance(ending, forms.ChoiceField)
        ending.choices = _endings(sides)
        for side, name in enumerate(sides):
            widget = AdminIntegerFieldWidget(attrs={"inputmode": "numeric"})
            self.fields[f"score_{side}"] = forms.IntegerField(
                label=name, min_value=0, max_value=MOST_POINTS, required=False, widget=widget
            )
        self.fields["score_0"].help_text = _rule(len(sides), best_of)

    @property
    def _scores(self) -> list[int]:
        """The scores that were filled in."""
        given = [self.cleaned_data.get(f"score_{side}") for side in range(self._sides)]
        return [score for score in given if score is not None]

    def clean(self) -> dict[str, Any]:
        """A match that was played needs a score that decides it; a forfeit has none."""
        data = super().clean() or {}
        if self.errors:
            return data
        if data["ending"] != PLAYED and self._scores:
            raise forms.ValidationError("A forfeit has no score: leave all empty.")
        if data["ending"] == PLAYED and len(self._scores) < self._sides:
            whose = "both sides" if self._sides == SIDES else "every side"
            raise forms.ValidationError(f"Enter the score of {whose}, or choose a forfeit.")
        if data["ending"] == PLAYED:
            try:
                self._by_score()
            except BadScore as refusal:
                raise forms.ValidationError(refusal.message) from refusal
        return data

    def _by_score(self) -> Result:
        return Result.by_score(
            self._scores, best_of=self._best_of, draws=self._draws, sides=self._sides
        )

    @property
    def result(self) -> Result:
        """What was entered; of a valid form."""
        match self.cleaned_data["ending"]:
            case "played":
                return self._by_score()
            case "neither":
                return Result.double_forfeit()
            case winner:
                return Result.forfeit(int(winner))


def _endings(sides: Sequence[str]) -> list[tuple[str, str]]:
    """How a match may end: two sides are told both who forfeits and who wins by it."""
    if len(sides) == SIDES:
        first, second = sides
        forfeits = [
            ("0", f"{second} forfeits, {first} wins"),
            ("1", f"{first} forfeits, {second} wins"),
            (NEITHER, "Both forfeit: nobody wins"),
        ]
    else:
        forfeits = [(str(side), f"{name} wins by forfeit") for side, name in enumerate(sides)]
        forfeits.append((NEITHER, "All forfeit: nobody wins"))
    return [(PLAYED, "It was played: by the score"), *forfeits]


def _rule(sides: int, best_of: int) -> str:
    if sides > SIDES:
        return "Points: the most win."
    needed = best_of // 2 + 1
    games = "1 game" if needed == 1 else f"{needed} games"
    return f"Best of {best_of}: the winner has {games}."
