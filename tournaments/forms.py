"""What an organiser fills in."""

from typing import Any

from django import forms

from matchmaking.errors import Refusal
from matchmaking.forms import NameField
from matchmaking.names import parse_name

from .models import TOURNAMENT_NAME_MAX_CHARS, Seeding
from .services.entries import check_even, parse_entrants, parse_tournament_name

#: So many wrong lines are named at once; who mends those sees the next.
LINES_TOLD = 5


def numbered_names(text: str) -> list[tuple[int, str]]:
    """The lines of a pasted list that hold a name, each with its number from 1."""
    lines = enumerate((line.strip() for line in text.splitlines()), start=1)
    return [(number, line) for number, line in lines if line]


def wrong_lines(numbered: list[tuple[int, str]]) -> list[str]:
    """What is wrong in a list of names, line by line."""
    wrong: list[str] = []
    first_line: dict[str, int] = {}
    for number, text in numbered:
        try:
            name = parse_name(text)
        except Refusal as refusal:
            wrong.append(f"Line {number}: {refusal.message}")
            continue
        earlier = first_line.setdefault(name.name_key, number)
        if earlier != number:
            wrong.append(f"Line {number}: {name.display!r} is already on line {earlier}.")
    return wrong


class TournamentForm(forms.Form):
    """A new tournament: its name, its players, one a line."""

    organiser = NameField(
        label="Your name", help_text="You become the organiser in this browser.", required=False
    )
    name = forms.CharField(
        label="Name of the tournament",
        max_length=TOURNAMENT_NAME_MAX_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    players = forms.CharField(
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocapitalize": "off"}),
        help_text="One name a line, the strongest first. Empty lines do not count.",
        error_messages={"required": "Paste at least two names, one a line."},
    )
    seeding = forms.ChoiceField(
        choices=(
            (Seeding.GIVEN, "As listed: the first meets the last"),
            (Seeding.LISTED, "Neighbours: the first meets the second"),
            (Seeding.RANDOM, "Shuffled"),
        ),
        initial=Seeding.GIVEN,
        widget=forms.RadioSelect,
    )
    byes = forms.BooleanField(
        label="Allow an odd number of players",
        required=False,
        help_text="The first seeds sit out the first round.",
    )

    def __init__(self, *args: Any, needs_organiser: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_organiser:
            self.fields["organiser"].required = True
        else:
            del self.fields["organiser"]

    def clean_name(self) -> str:
        """The tournament's name as it will be shown."""
        try:
            return parse_tournament_name(self.cleaned_data["name"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def clean_players(self) -> list[str]:
        """The names; what is wrong is said with its line in the list as it was pasted."""
        numbered = numbered_names(self.cleaned_data["players"])
        if wrong := wrong_lines(numbered):
            more = len(wrong) - LINES_TOLD
            raise forms.ValidationError(
                wrong[:LINES_TOLD] + ([f"And {more} more."] if more > 0 else [])
            )
        names = [text for _, text in numbered]
        try:
            parse_entrants(names)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return names

    def clean(self) -> dict[str, Any]:
        """An odd number of players needs byes."""
        data = super().clean() or {}
        if "players" in data:
            try:
                check_even(len(data["players"]), byes=data.get("byes", False))
            except Refusal as refusal:
                count = len(data["players"])
                self.add_error("byes", f"{refusal.message} There are {count}: allow byes here.")
        return data


class ResultForm(forms.Form):
    """A match's result: who won, by playing or because the other one forfeits."""

    winner = forms.TypedChoiceField(choices=((0, "the first side"), (1, "the second")), coerce=int)
    how = forms.ChoiceField(choices=(("played", "played"), ("forfeit", "forfeit")))

    def report(self) -> dict[str, Any]:
        """The result in the words of the service."""
        winner: int = self.cleaned_data["winner"]
        if self.cleaned_data["how"] == "forfeit":
            return {"forfeit_winner": winner}
        return {"scores": (1, 0) if winner == 0 else (0, 1)}
