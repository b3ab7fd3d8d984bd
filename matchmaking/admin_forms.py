"""The admin's form for a match's result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget

from .services.matches import BadScore, winner_by_score

PLAYED = "played"


@dataclass(frozen=True, slots=True)
class Result:
    """How a match ended: by `scores`, or by forfeit, which `forfeit_winner` (a side) wins."""

    scores: tuple[int, ...] = ()
    forfeit_winner: int | None = None

    def words(self, sides: Sequence[str]) -> str:
        """The result as a reader of the history sees it."""
        if self.forfeit_winner is None:
            return ":".join(map(str, self.scores))
        return f"{sides[self.forfeit_winner]} wins by forfeit"


class ResultForm(forms.Form):
    """Scores in the order of the sides, or who wins by forfeit."""

    ending = forms.ChoiceField(label="How it ended")
    score_0 = forms.IntegerField(
        min_value=0, max_value=99, required=False, widget=AdminIntegerFieldWidget
    )
    score_1 = forms.IntegerField(
        min_value=0, max_value=99, required=False, widget=AdminIntegerFieldWidget
    )

    def __init__(self, *args: Any, sides: Sequence[str], best_of: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._best_of = best_of
        first, second = sides
        ending = self.fields["ending"]
        assert isinstance(ending, forms.ChoiceField)
        ending.choices = [
            (PLAYED, "It was played: by the score"),
            ("0", f"{second} forfeits, {first} wins"),
            ("1", f"{first} forfeits, {second} wins"),
        ]
        for side, name in enumerate(sides):
            score = self.fields[f"score_{side}"]
            score.label = name
            score.widget.attrs["inputmode"] = "numeric"
        needed = best_of // 2 + 1
        games = "1 game" if needed == 1 else f"{needed} games"
        self.fields["score_0"].help_text = f"Best of {best_of}: the winner has {games}."

    def clean(self) -> dict[str, Any]:
        """A match that was played needs a score that decides it; a forfeit has none."""
        data = super().clean() or {}
        given = [data[f"score_{side}"] for side in (0, 1) if data.get(f"score_{side}") is not None]
        if self.errors:
            return data
        if data["ending"] != PLAYED and given:
            raise forms.ValidationError("A forfeit has no score: leave both empty.")
        if data["ending"] == PLAYED and len(given) < 2:
            raise forms.ValidationError("Enter the score of both sides, or choose a forfeit.")
        if data["ending"] == PLAYED:
            try:
                winner_by_score(given, best_of=self._best_of)
            except BadScore as refusal:
                raise forms.ValidationError(refusal.message) from refusal
        return data

    @property
    def result(self) -> Result:
        """What was entered; of a valid form."""
        data = self.cleaned_data
        if data["ending"] == PLAYED:
            return Result(scores=(data["score_0"], data["score_1"]))
        return Result(forfeit_winner=int(data["ending"]))
