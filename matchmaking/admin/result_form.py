"""The admin's page for a match's result."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lib.admin import Row, ServicedAdmin
from matchmaking.models import Match, MatchState
from matchmaking.results import MOST_POINTS, SIDES, BadScore, Result
from matchmaking.wording import result_in_words, side_names

PLAYED = "played"
NEITHER = "neither"
_POINTS = re.compile(r"(\d{1,4})\s*[:\u2013-]\s*(\d{1,4})", re.ASCII)
_GAMES = re.compile(rf"\A\s*{_POINTS.pattern}(?:[\s,;]+{_POINTS.pattern})*\s*\Z", re.ASCII)


class ResultForm(forms.Form):
    """Scores in the order of the sides, or the winner by forfeit."""

    ending = forms.ChoiceField(label="How it ended")
    #: What was entered; of a valid form.
    result: Result

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
        if len(sides) == SIDES:
            if draws and best_of > 1:
                self.fields["drawn"] = forms.IntegerField(
                    label="Drawn games", min_value=0, max_value=best_of, required=False
                )
            self.fields["games"] = forms.CharField(
                label="Points of each game",
                required=False,
                validators=[RegexValidator(_GAMES, "Write them like 11:5, 7:11, 11:9.")],
                help_text="Such as 11:5, 7:11, 11:9. The score may then be left empty.",
            )

    def clean(self) -> dict[str, Any]:
        """Read the result: a match that was played needs a score that decides it."""
        data = super().clean() or {}
        if self.errors:
            return data
        given = [data.get(f"score_{side}") for side in range(self._sides)]
        scores = [score for score in given if score is not None]
        games = [
            (int(first), int(second)) for first, second in _POINTS.findall(data.get("games", ""))
        ]
        if data["ending"] == PLAYED:
            self.result = self._by_score(scores, data.get("drawn"), games)
        elif scores or games or data.get("drawn"):
            raise forms.ValidationError("A forfeit has no score: leave all empty.")
        elif data["ending"] == NEITHER:
            self.result = Result.double_forfeit()
        else:
            self.result = Result.forfeit(int(data["ending"]))
        return data

    def _by_score(
        self, scores: list[int], drawn: int | None, games: list[tuple[int, int]]
    ) -> Result:
        if len(scores) < self._sides and (scores or not games):
            whose = "both sides" if self._sides == SIDES else "every side"
            raise forms.ValidationError(f"Enter the score of {whose}, or choose a forfeit.")
        try:
            return Result.by_score(
                scores or None,
                best_of=self._best_of,
                draws=self._draws,
                sides=self._sides,
                drawn=drawn,
                games=games,
            )
        except BadScore as refusal:
            raise forms.ValidationError(refusal.message) from refusal


def _endings(sides: Sequence[str]) -> list[tuple[str, str]]:
    """How a match may end; of two sides both the winner and the loser of a forfeit are named."""
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


def result_page(
    admin: ServicedAdmin[Row],
    request: HttpRequest,
    row: Row,
    match: Match,
    record: Callable[[Result], object],
    *,
    states: Sequence[str] = (MatchState.OPEN,),
) -> HttpResponse:
    """A page that takes a match's result, then records it and returns to the row.

    Shown only while the match is in one of `states`; needs the match's seats prefetched.
    """
    sides = side_names(match)
    meeting = " vs ".join(sides)
    if request.method != "POST" and match.state not in states:
        words = f"This match is already {match.get_state_display()}."
        admin.message_user(request, words, messages.ERROR)
        return redirect(admin.page("change", row.pk))
    form = ResultForm(request.POST or None, sides=sides, best_of=match.best_of, draws=match.draws)
    if not form.is_valid():
        context = admin.page_context(request, row, f"Result of {meeting}") | {"form": form}
        return render(request, "admin/result.html", context)

    def enter() -> str:
        record(form.result)
        return f"Entered {meeting}: {result_in_words(form.result, sides)}."

    admin.act(request, row, enter)
    return redirect(admin.page("change", row.pk))
