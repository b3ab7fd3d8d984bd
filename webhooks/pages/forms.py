"""The forms by which an organiser adds and changes a webhook, with the facts in plain words."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import QueryDict

from lib.errors import Malformed
from webhooks.facts import FACTS
from webhooks.models import URL_MAX_CHARS, Endpoint, EndpointState, WebhookFormat
from webhooks.services.endpoints import NAME_MAX_CHARS, checked_name, checked_url

#: What happens in a tournament, in words. Places in running matches are of pools only.
IN_WORDS = {
    "match.made": "A match can be played: both sides are known",
    "match.reported": "Players report a result",
    "match.disputed": "The sides disagree about a result",
    "match.finished": "A match is finished",
    "match.reopened": "A finished match is open again",
    "match.cancelled": "A match is called off",
    "match.allocated": "The game server says where a match is played",
    "match.started": "The game server starts a match",
    "match.scored": "The score of a running match changes",
    "tournament.opened": "Registration opens",
    "tournament.started": "The tournament starts",
    "tournament.round_published": "A round is paired",
    "tournament.match_finished": "A result stands, byes and walkovers too, with its round",
    "tournament.finished": "The tournament is finished",
    "tournament.cancelled": "The tournament is cancelled",
}
OF_POOLS = FACTS.keys() - IN_WORDS.keys()


class WebhookForm(forms.Form):
    """A new webhook of a tournament."""

    name = forms.CharField(
        label="Name", max_length=NAME_MAX_CHARS,
        help_text="For you, such as: Discord, results.",
        error_messages={"required": "Give a name, to know it by."},
    )  # fmt: skip
    format = forms.ChoiceField(
        label="Who gets the messages",
        choices=[
            (WebhookFormat.DISCORD, "A Discord channel"),
            (WebhookFormat.STANDARD, "A program (signed messages, Standard Webhooks)"),
        ],
        initial=WebhookFormat.DISCORD,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who gets the messages."},
    )
    url = forms.CharField(
        label="Address", max_length=URL_MAX_CHARS,
        help_text="Begins with https://. Of Discord: in the channel's settings under Integrations, "
        "Webhooks, Copy webhook URL.",
        widget=forms.URLInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "https://"}
        ),
        error_messages={"required": "Give the address that messages are sent to."},
    )  # fmt: skip
    which = forms.ChoiceField(
        label="What is sent",
        choices=[("all", "All that happens in this tournament"), ("some", "Only what is chosen:")],
        initial="all",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is sent."},
    )
    types = forms.MultipleChoiceField(
        label="Chosen",
        choices=list(IN_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def clean_name(self) -> str:
        """A name as the API takes it."""
        return _or_invalid(checked_name, self.cleaned_data["name"])

    def clean_url(self) -> str:
        """An address as the API takes it."""
        return _or_invalid(checked_url, self.cleaned_data["url"])

    def clean(self) -> dict[str, Any]:
        """Nothing chosen is not all."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("which") == "all":
            said["types"] = []
        elif said.get("which") == "some" and not said.get("types") and "types" not in self.errors:
            self.add_error("types", "Choose at least one, or all that happens.")
        return said


class ChangeForm(WebhookForm):
    """What is changed of a webhook; its address is not shown, and stays where none is given."""

    def __init__(self, row: Endpoint, data: QueryDict | None = None) -> None:
        which = "some" if row.types else "all"
        initial = {"name": row.name, "format": row.format, "which": which, "types": row.types}
        super().__init__(data, initial=initial)
        self._row = row
        self.fields["url"].required = False
        self.fields["url"].help_text = f"Leave it empty to keep the one at {host_of(row)}."

    def clean_url(self) -> str:
        """A new address as the API takes it, or none."""
        return super().clean_url() if self.cleaned_data["url"] else ""

    def changes(self) -> dict[str, Any]:
        """What is to be changed; one that fails is tried again at once at its new address."""
        said = self.cleaned_data
        changes: dict[str, Any] = {name: said[name] for name in ("name", "format", "types")}
        if said["url"]:
            changes["url"] = said["url"]
            if self._row.state == EndpointState.ACTIVE:
                changes["state"] = EndpointState.ACTIVE
        return changes


def host_of(row: Endpoint) -> str:
    """Where a webhook's address is: the rest may be secret, as Discord's is."""
    return urlsplit(row.url).netloc


def _or_invalid(check: Any, value: str) -> str:
    try:
        return str(check(value))
    except Malformed as refusal:
        raise forms.ValidationError(refusal.message) from refusal
