"""The forms of a stage: its format and settings."""

from typing import Any

from django import forms

from tournaments.engine.standings import TieBreak
from tournaments.models import Format, Stage, StageSettings
from tournaments.models.stage_settings import BEST_OF_MAX, FORMATS_OF
from tournaments.services.setup.stage_plans import GROUPS_MAX, ROUNDS_MAX, STAGES_MAX

TIE_BREAK_PLACES = 5
_TIE_BREAKS = [
    ("", "as usual"),
    *((one.name, one.title) for one in TieBreak if one is not TieBreak.POINTS),
]


def _late_best_of(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=1, max_value=BEST_OF_MAX, required=False,
        help_text="Elimination; empty for the same.",
    )  # fmt: skip


class FormatFields(forms.Form):
    """The fields that a new tournament and each of its stages share."""

    #: The settings that are read from the fields of the same names.
    setting_names = frozenset(StageSettings.__struct_fields__)

    format = forms.TypedChoiceField(
        choices=Format,
        coerce=Format,
        initial=Format.SINGLE_ELIMINATION,
        empty_value=Format.SINGLE_ELIMINATION,
    )
    best_of = forms.IntegerField(
        label="Best of", min_value=1, max_value=BEST_OF_MAX, initial=1, help_text="Games a match."
    )
    semi_best_of = _late_best_of("Semi-finals best of")
    final_best_of = _late_best_of("Final best of")
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

    def settings(self) -> StageSettings:
        """The settings of the stage, without empty ones and those of other formats."""
        data = self.cleaned_data
        return StageSettings(
            **{
                name: data[name]
                for name in self.setting_names
                if data.get(name) not in {None, ""}
                and data["format"] in FORMATS_OF.get(name, Format)
            }
        )


def _points(initial: str) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=0, max_value=100, max_digits=5, decimal_places=2, initial=initial
    )


class StageForm(FormatFields):
    """One stage of a tournament, with all its settings."""

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

    def clean(self) -> dict[str, Any]:
        """Gather the tie-breaks."""
        data = super().clean() or {}
        chosen = (data.get(f"tie_break_{n}") for n in range(1, TIE_BREAK_PLACES + 1))
        return data | {"tie_breaks": tuple(name for name in chosen if name)}


StageFormSet = forms.formset_factory(
    StageForm, extra=0, can_delete=True, max_num=STAGES_MAX, validate_max=True
)


def stage_initial(stage: Stage) -> dict[str, Any]:
    """The initial values of a stage's form."""
    tie_breaks = {f"tie_break_{n}": name for n, name in enumerate(stage.tie_breaks, start=1)}
    return stage.settings | tie_breaks


def stage_settings(formset: Any) -> list[StageSettings]:
    """The stages of a valid formset, without those that are deleted."""
    return [form.settings() for form in formset.forms if not form.cleaned_data.get("DELETE")]
