"""How a stage is played, as an organiser fills it in."""

from collections.abc import Sequence
from typing import Any

from django import forms

from tournaments.engine.standings import TieBreak
from tournaments.models import Format, Stage
from tournaments.models.stages import BEST_OF_MAX
from tournaments.services.setup.stage_plans import (
    GROUPS_MAX,
    ROUNDS_MAX,
    STAGES_MAX,
    Points,
    StagePlan,
)

TIE_BREAK_PLACES = 5
_TIE_BREAKS = [
    ("", "as usual"),
    *((one.name, one.title) for one in TieBreak if one is not TieBreak.POINTS),
]


class FormatFields(forms.Form):
    """What both a new tournament and each of its stages ask for."""

    format = forms.ChoiceField(choices=Format, initial=Format.SINGLE_ELIMINATION)
    best_of = forms.IntegerField(
        label="Best of", min_value=1, max_value=BEST_OF_MAX, initial=1, help_text="Games a match."
    )
    semi_best_of = forms.IntegerField(
        label="Semi-finals best of", min_value=1, max_value=BEST_OF_MAX, required=False,
        help_text="Elimination; empty for the same.",
    )  # fmt: skip
    final_best_of = forms.IntegerField(
        label="Final best of", min_value=1, max_value=BEST_OF_MAX, required=False,
        help_text="Elimination; empty for the same.",
    )  # fmt: skip
    third_place = forms.BooleanField(
        label="Play for third place", required=False, help_text="Single elimination."
    )
    group_count = forms.IntegerField(
        label="Groups", min_value=1, max_value=GROUPS_MAX, initial=1, required=False,
        help_text="Round robin.",
    )  # fmt: skip
    rounds_planned = forms.IntegerField(
        label="Rounds", min_value=1, max_value=ROUNDS_MAX, required=False,
        help_text="Swiss; empty for as many as find a winner.",
    )  # fmt: skip
    draws = forms.BooleanField(
        label="A match may be drawn", required=False, help_text="Round robin and Swiss."
    )

    def plan(self) -> StagePlan:
        """The stage in the words of the service; what is of another format is left out."""
        data = self.cleaned_data
        format_ = Format(data["format"])
        return StagePlan(
            format=format_,
            best_of=data["best_of"],
            semi_best_of=data["semi_best_of"] if format_.is_elimination else None,
            final_best_of=data["final_best_of"] if format_.is_elimination else None,
            third_place=data["third_place"] and format_ == Format.SINGLE_ELIMINATION,
            group_count=(data["group_count"] or 1) if format_ == Format.ROUND_ROBIN else 1,
            rounds_planned=data["rounds_planned"] if format_ == Format.SWISS else None,
            draws=data["draws"] and not format_.is_elimination,
            **self.more(format_),
        )

    def more(self, format_: Format) -> dict[str, Any]:
        """What else a form with more fields says."""
        return {}


def _points(initial: str) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=0, max_value=100, max_digits=5, decimal_places=2, initial=initial
    )


class StageForm(FormatFields):
    """One stage of a tournament, with everything that can be chosen."""

    name = forms.CharField(max_length=40, required=False, help_text="Such as Playoffs.")
    legs = forms.TypedChoiceField(
        coerce=int, choices=((1, "once"), (2, "twice")), initial=1, label="Everyone meets everyone"
    )
    advance = forms.IntegerField(
        label="Go on to the next stage", min_value=1, required=False,
        help_text="So many of each group; empty in the last stage.",
    )  # fmt: skip
    points_win = _points("1")
    points_draw = _points("0.5")
    points_loss = _points("0")
    points_bye = _points("1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, TIE_BREAK_PLACES + 1):
            self.fields[f"tie_break_{place}"] = forms.ChoiceField(
                label=f"Tie-break {place}", choices=_TIE_BREAKS, required=False
            )

    @property
    def points(self) -> list[forms.BoundField]:
        """The fields of the points."""
        return [self[f"points_{what}"] for what in ("win", "draw", "loss", "bye")]

    @property
    def tie_breaks(self) -> list[forms.BoundField]:
        """The fields of the tie-breaks, in order."""
        return [self[f"tie_break_{place}"] for place in range(1, TIE_BREAK_PLACES + 1)]

    def more(self, format_: Format) -> dict[str, Any]:
        """Name, legs, who goes on; points and tie-breaks of a table."""
        data = self.cleaned_data
        said: dict[str, Any] = {"name": data["name"], "advance": data["advance"]}
        if format_ == Format.ROUND_ROBIN:
            said["legs"] = data["legs"]
        if not format_.is_elimination:
            said["points"] = Points(
                data["points_win"], data["points_draw"], data["points_loss"], data["points_bye"]
            )
            chosen = (data[f"tie_break_{n}"] for n in range(1, TIE_BREAK_PLACES + 1))
            said["tie_breaks"] = tuple(name for name in chosen if name)
        return said


StageFormSet = forms.formset_factory(
    StageForm, extra=0, can_delete=True, max_num=STAGES_MAX, validate_max=True
)


def stage_initial(stage: Stage) -> dict[str, Any]:
    """A stage as its form begins."""
    fields = (
        "name", "format", "best_of", "semi_best_of", "final_best_of", "third_place",
        "group_count", "legs", "rounds_planned", "draws", "advance", "points_win", "points_draw",
        "points_loss", "points_bye",
    )  # fmt: skip
    tie_breaks = {f"tie_break_{n}": name for n, name in enumerate(stage.tie_breaks, start=1)}
    return {field: getattr(stage, field) for field in fields} | tie_breaks


def stage_plans(formset: Any) -> Sequence[StagePlan]:
    """The stages of a valid formset, without those that are to go."""
    return [form.plan() for form in formset.forms if not form.cleaned_data.get("DELETE")]
