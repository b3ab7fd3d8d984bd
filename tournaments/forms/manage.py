"""The forms of the organiser's pages, of players who register and of judges."""

from typing import Any

from django import forms
from django.conf import settings

from lib.errors import Refusal
from matchmaking.models import DecidedBy, Pool
from matchmaking.pages.forms import NameField
from service_keys.models import ServiceKey
from tournaments.files.encodings import ENCODINGS
from tournaments.files.entrant_lines import RATING_MAX, BadLines
from tournaments.files.entrant_sheet import Sheet, parse_pasted
from tournaments.models import (
    TOURNAMENT_NAME_MAX_CHARS,
    Entry,
    KeepApart,
    Reporting,
    Seeding,
    Tournament,
)
from tournaments.models.entrants import LABEL_MAX_CHARS
from tournaments.models.tournament import SLUG_MAX_CHARS
from tournaments.models.tournament_settings import TEAM_SIZE_MAX
from tournaments.services.entry.entrants import Details
from tournaments.services.setup.settings import ABOUT_MAX_CHARS, CODE_MAX_CHARS, MINUTES_MAX

from .games import GameFields


class LinesForm(forms.Form):
    """Entrants to add, pasted: one a line, or a table with a header line."""

    lines = forms.CharField(
        label="Names",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocapitalize": "off"}),
        help_text="One a line. A rating and a club may follow, after a comma or a tab: "
        "Ann, 1800, Owls.",
        error_messages={"required": "Paste at least one name."},
    )

    def __init__(self, tournament: Tournament, data: Any = None) -> None:
        super().__init__(data)
        self._teams = tournament.team_size > 1
        if self._teams:
            self.fields["lines"].help_text = "A team a line, then its players: Owls, Ann, Bob."

    def clean_lines(self) -> Sheet:
        """The entrants; each error names its line."""
        try:
            return parse_pasted(self.cleaned_data["lines"], teams=self._teams)
        except BadLines as refusal:
            raise forms.ValidationError(refusal.lines) from refusal
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class ListFileForm(forms.Form):
    """A file of entrants to add."""

    file = forms.FileField(
        label="CSV",
        help_text="Columns such as name, rating, club, region, seed, members, in any usual words.",
        error_messages={"required": "Choose a file first.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )
    encoding = forms.ChoiceField(
        label="Encoding",
        required=False,
        choices=[("", "Find it out"), *ENCODINGS.items()],
        help_text="Another one, if letters come out wrong.",
    )

    def content(self) -> bytes:
        """The file, read just far enough to see that it is too long."""
        read: bytes = self.cleaned_data["file"].read(settings.MATCHPOINT_FILE_MAX_BYTES + 1)
        return read


class SettingsForm(GameFields):
    """A tournament's settings; only what was changed is passed on.

    Only staff see which pool's ratings move, since only they may choose it.
    """

    name = forms.CharField(max_length=TOURNAMENT_NAME_MAX_CHARS)
    slug = forms.CharField(
        label="Short address",
        max_length=SLUG_MAX_CHARS,
        help_text="Stands behind /t/. Old addresses lead here too.",
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"}),
    )
    about = forms.CharField(
        label="For the players",
        max_length=ABOUT_MAX_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Shown on the tournament's page.",
    )
    starts_at = forms.SplitDateTimeField(
        label="Starts at",
        required=False,
        help_text="UTC.",
        widget=forms.SplitDateTimeWidget(
            date_format="%Y-%m-%d",
            time_format="%H:%M",
            date_attrs={"type": "date", "aria-label": "Date of the start"},
            time_attrs={"type": "time", "aria-label": "Time of the start, UTC"},
        ),
    )
    entry = forms.ChoiceField(label="Who may enter", choices=Entry)
    entry_code = forms.CharField(
        label="Code",
        max_length=CODE_MAX_CHARS,
        required=False,
        help_text="Players need it where they enter by code.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    capacity = forms.IntegerField(
        label="Places", min_value=2, required=False, help_text="Later entrants wait."
    )
    team_size = forms.IntegerField(
        label="Players in a team", min_value=1, max_value=TEAM_SIZE_MAX, help_text="1 for none."
    )
    check_in_minutes = forms.IntegerField(
        label="Check-in opens", min_value=1, max_value=MINUTES_MAX, required=False,
        help_text="Minutes before the start; empty to open it by hand.",
    )  # fmt: skip
    match_minutes = forms.IntegerField(
        label="A match takes", min_value=1, max_value=MINUTES_MAX,
        help_text="Minutes, for the estimated times.",
    )  # fmt: skip
    reporting = forms.ChoiceField(label="Who reports results", choices=Reporting)
    decided_by = forms.ChoiceField(
        label="Who decides results", choices=DecidedBy,
        help_text="Players report as far as they may; you may enter results in any case.",
    )  # fmt: skip
    game_server = forms.ModelChoiceField(
        ServiceKey.objects.filter(revoked_at=None), label="The game server that decides",
        required=False, empty_label="none",
    )  # fmt: skip
    rated_in = forms.ModelChoiceField(
        Pool.objects.all(), label="Moves the ratings of", required=False, empty_label="no pool"
    )
    seeding = forms.ChoiceField(label="Seeds at the start", choices=Seeding)
    keep_apart = forms.ChoiceField(
        label="Keep apart in round one", choices=KeepApart, required=False
    )
    byes = forms.BooleanField(
        label="Allow an odd number of players",
        required=False,
        help_text="In an elimination, the first seeds sit out the first round.",
    )

    def __init__(self, tournament: Tournament, data: Any = None, *, is_staff: bool) -> None:
        initial: dict[str, Any] = {name: getattr(tournament, name) for name in self.base_fields}
        if tournament.starts_at is not None:
            # The form has no seconds: a value that is sent back unchanged is no change.
            initial["starts_at"] = tournament.starts_at.replace(second=0, microsecond=0)
        super().__init__(data, initial=initial)
        if not is_staff:
            del self.fields["rated_in"], self.fields["game_server"]
            if tournament.decided_by != DecidedBy.GAME_SERVER:
                own = [one for one in DecidedBy.choices if one[0] != DecidedBy.GAME_SERVER]
                self.fields["decided_by"] = forms.ChoiceField(
                    label="Who decides results", choices=own
                )
        self.add_game_fields(tournament.plays, tournament.play_settings)
        self.order_fields(["name", "slug", "about", "starts_at", *self.game_field_names])

    def changes(self) -> dict[str, Any]:
        """What was changed."""
        changed, of_games = set(self.changed_data), set(self.game_field_names)
        game = self.game() if changed & of_games else {}
        return {name: self.cleaned_data[name] for name in changed - of_games} | game


class EntrantForm(forms.Form):
    """What is known of an entrant beside its name."""

    rating = forms.IntegerField(min_value=0, max_value=RATING_MAX, required=False)
    club = forms.CharField(max_length=LABEL_MAX_CHARS, required=False)
    region = forms.CharField(max_length=LABEL_MAX_CHARS, required=False)

    def details(self) -> Details:
        """As the service takes them."""
        return Details(**self.cleaned_data)


class JudgeForm(forms.Form):
    """A new judge."""

    name = NameField(label="Name", error_messages={"required": "Give a name."})
    is_player = forms.BooleanField(
        label="This is a signed-up player", required=False,
        help_text="Otherwise you get a token to pass on.",
    )  # fmt: skip

    def __init__(self, tournament: Tournament, data: Any = None) -> None:
        super().__init__(data)
        stations = tournament.stations.all()
        self.fields["station"] = forms.ModelChoiceField(
            stations, required=False, empty_label="everywhere", label="May judge"
        )


class RegisterForm(forms.Form):
    """The registration of a player or a team."""

    username = NameField()
    team = forms.CharField(label="Name of the team", max_length=32)
    members = forms.CharField(
        label="The others in the team",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="One name a line. You are the captain.",
    )
    code = forms.CharField(
        max_length=CODE_MAX_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}),
        help_text="Ask the organiser for it.",
    )
    club = forms.CharField(max_length=LABEL_MAX_CHARS, required=False)

    def __init__(self, tournament: Tournament, *, needs_name: bool, data: Any = None) -> None:
        super().__init__(data)
        if not needs_name:
            del self.fields["username"]
        if tournament.team_size == 1:
            del self.fields["team"], self.fields["members"]
        if tournament.entry != Entry.CODE:
            del self.fields["code"]


class TokenForm(forms.Form):
    """A judge's token."""

    token = forms.CharField(
        label="Your token",
        max_length=100,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        ),
    )
