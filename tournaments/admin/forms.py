"""The admin's form for a new tournament."""

from typing import Any

from django import forms

from tournaments.forms.creation import TournamentForm
from tournaments.models import Seeding


class DraftForm(TournamentForm):
    """A new tournament, dressed as the admin dresses its forms."""

    draft_button = "_save"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, needs_organiser=False, **kwargs)
        self.fields["name"].widget.attrs["class"] = "vTextField"
        self.fields["players"].widget.attrs["class"] = "vLargeTextField"
        seeding = self.fields["seeding"]
        assert isinstance(seeding, forms.ChoiceField)
        seeding.widget = forms.Select()
        seeding.choices = Seeding.choices

    def is_multipart(self) -> bool:
        """Sent as it is: percent-encoded, a long list of names would pass the limit of a body."""
        return True
