"""The forms of a new tournament."""

from typing import Any

from django import forms

from lib.errors import Refusal
from lib.names import parse_name
from matchmaking.pages.forms import NameField
from tournaments.files.entrant_lines import BadLines, NewEntrant
from tournaments.files.entrant_sheet import parse_pasted
from tournaments.models import TOURNAMENT_NAME_MAX_CHARS, Entrant, Entry, Seeding, Stage, Tournament
from tournaments.services.setup.creation import MIN_PLAYERS, parse_entrants, parse_tournament_name
from tournaments.services.setup.stage_plans import check_plans, check_size

from .games import GameFields
from .stages import FormatFields


class OwnedForm(forms.Form):
    """The form of a new tournament, with a name for its organiser unless the browser has one."""

    #: The field that shows why the tournament was not created.
    refusal_field: str

    organiser = NameField(
        label="Your name", help_text="You become the organiser in this browser.", required=False
    )

    def __init__(self, *args: Any, needs_organiser: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_organiser:
            self.fields["organiser"].required = True
        else:
            del self.fields["organiser"]


class TournamentForm(GameFields, FormatFields, OwnedForm):
    """A new tournament: its name, how it is played, its players, one a line."""

    field_order = ("organiser", "name")
    #: The name is the tournament's, not its first stage's.
    setting_names = FormatFields.setting_names - {"name"}
    refusal_field = "name"
    #: The button that saves a draft.
    draft_button = "draft"

    name = forms.CharField(
        label="Name of the tournament",
        max_length=TOURNAMENT_NAME_MAX_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    entry = forms.TypedChoiceField(
        label="Who enters players",
        coerce=Entry,
        empty_value=Entry.ORGANISER,
        choices=(
            (Entry.ORGANISER, "I paste their names"),
            (Entry.OPEN, "They register by themselves"),
            (Entry.APPROVAL, "They ask, and I admit them"),
        ),
        required=False,
        initial=Entry.ORGANISER,
    )
    players = forms.CharField(
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocapitalize": "off"}),
        help_text="One name a line, the strongest first. A rating may follow after a comma.",
    )
    seeding = forms.TypedChoiceField(
        coerce=Seeding,
        choices=(
            (Seeding.GIVEN, "As listed: the first meets the last"),
            (Seeding.LISTED, "Neighbours: the first meets the second"),
            (Seeding.RATING, "By rating, the highest first"),
            (Seeding.RANDOM, "Shuffled"),
        ),
        initial=Seeding.GIVEN,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_game_fields()
        # A program may leave them out: a single elimination, best of one.
        self.fields["format"].required = self.fields["best_of"].required = False

    def clean_name(self) -> str:
        """The tournament's name as it will be shown."""
        try:
            return parse_tournament_name(self.cleaned_data["name"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def clean_players(self) -> list[NewEntrant]:
        """The entrants; each error names its line in the list as it was pasted."""
        try:
            listed = parse_pasted(self.cleaned_data["players"]).entrants
        except BadLines as refusal:
            raise forms.ValidationError(refusal.lines) from refusal
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        if any(one.members for one in listed):
            raise forms.ValidationError(
                "This is a list of teams. Save a draft, set the players in a team in its settings, "
                "and add the list there."
            )
        entrants = [one.new for one in listed]
        if not self.cleaned_data["players"] and not self._may_be_empty:
            raise forms.ValidationError("Paste at least two names, one a line.")
        try:
            parse_entrants(
                [one.name for one in entrants], least=0 if self._may_be_empty else MIN_PLAYERS
            )
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return entrants

    @property
    def _may_be_empty(self) -> bool:
        """Whether players may register later: not when it starts at once."""
        return (
            self.data.get("entry") in {Entry.OPEN, Entry.APPROVAL}
            and self.draft_button in self.data
        )

    def clean(self) -> dict[str, Any]:
        """The format must suit the number of players."""
        data = super().clean() or {}
        if self.errors:
            return data
        count, settings = len(data["players"]), self.settings()
        try:
            check_plans([settings])
            if not self._may_be_empty:
                check_size(settings, count)
        except Refusal as refusal:
            self.add_error("format", refusal.message)
        return data

    def arguments(self) -> dict[str, Any]:
        """The arguments of `create_tournament`, without the organiser."""
        names = ("name", "players", "seeding", "entry")
        given = {name: self.cleaned_data[name] for name in names}
        return given | self.game() | {"byes": True, "stages": [self.settings()]}


class DrawForm(TournamentForm):
    """A new tournament as far as it has been typed in."""

    def __init__(self, data: Any) -> None:
        super().__init__(data, needs_organiser=False)
        del self.fields["name"]

    def parts(self) -> tuple[Tournament, Stage, list[Entrant]]:
        """It as rows that are not stored, with ids."""
        tournament = Tournament(seeding=self.cleaned_data["seeding"], byes=True)
        entrants = [
            one.row(tournament, number, parse_name(one.name))
            for number, one in enumerate(self.cleaned_data["players"], start=1)
        ]
        for entrant in entrants:
            entrant.pk = entrant.seed
        return tournament, Stage.of(self.settings()), entrants
