"""The fields of a form that say whether matches are played here, and how the game is set."""

from collections.abc import Mapping
from typing import Any

from django import forms

from matchmaking.ports.game_host import SettingField, game_host, game_options


class GameFields(forms.Form):
    """A game to choose, and the settings of each: those of the chosen one count.

    There are none where no game is installed.
    """

    def add_game_fields(self, plays: str = "", settings: Mapping[str, Any] | None = None) -> None:
        """Add the fields, filled in with a game and its settings."""
        self._settings: dict[str, dict[str, str]] = {}
        options = game_options(plays)
        if len(options) == 1:
            return
        self.fields["plays"] = forms.ChoiceField(
            label="Played", choices=options, required=False, initial=plays,
            help_text="Here in the browser, where both entered by themselves; or elsewhere.",
        )  # fmt: skip
        for game in game_host().games():
            chosen = settings or {} if game.slug == plays else {}
            names = {one.name: f"play-{game.slug}-{one.name}" for one in game.fields}
            self._settings[game.slug] = names
            for one in game.fields:
                field = _field(game.name, one, chosen.get(one.name, one.default))
                field.game = game.slug  # type: ignore[attr-defined]  # for the template
                self.fields[names[one.name]] = field

    @property
    def game_field_names(self) -> list[str]:
        """The names of all these fields."""
        return [
            *(["plays"] if "plays" in self.fields else []),
            *(name for names in self._settings.values() for name in names.values()),
        ]

    def clean(self) -> dict[str, Any]:
        """What was typed in for another game does not matter."""
        data = super().clean() or {}
        for slug, names in self._settings.items():
            if slug != data.get("plays"):
                for name in names.values():
                    self.errors.pop(name, None)
        return data

    def game(self) -> dict[str, Any]:
        """The settings `plays` and `play_settings`; none where no game is installed."""
        if "plays" not in self.fields:
            return {}
        plays = self.cleaned_data["plays"]
        values = {
            setting: self.cleaned_data[name]
            for setting, name in self._settings.get(plays, {}).items()
        }
        given = {setting: value for setting, value in values.items() if value not in {None, ""}}
        return {"plays": plays, "play_settings": given}


def _field(game: str, setting: SettingField, initial: Any) -> forms.Field:
    shared: Any = {
        "label": f"{game}: {setting.title}", "help_text": setting.help, "initial": initial,
        "required": False,
    }  # fmt: skip
    match setting.default:
        case bool():
            return forms.BooleanField(**shared)
        case int():
            return forms.IntegerField(min_value=setting.least, max_value=setting.most, **shared)
        case _:
            return forms.CharField(max_length=200, **shared)
