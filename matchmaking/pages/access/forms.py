"""Forms of signing in."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User

from matchmaking.pages.forms import ConfirmForm, NewPasswordForm

_CODE_ATTRS = {"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}
_CODE_MAX_CHARS = 40


class SignInForm(AuthenticationForm):
    """A player's name and password."""

    error_messages = {
        "invalid_login": "No player has this name and password. Names may be in any case; "
        "passwords may not.",
        "inactive": "This account has been closed.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Your name"


def _code_field(help_text: str) -> forms.CharField:
    return forms.CharField(
        max_length=_CODE_MAX_CHARS,
        widget=forms.TextInput(attrs=_CODE_ATTRS),
        help_text=help_text,
        error_messages={
            "required": "Type the code that the app shows.",
            "max_length": "A code is shorter.",
        },
    )


class CodeForm(forms.Form):
    """The code of the second factor."""

    code = _code_field("The six digits that your app shows now, or one of your recovery codes.")


class SecondFactorForm(ConfirmForm):
    """A code beside the password."""

    code = _code_field("The six digits that the app shows now.")
    field_order = ("code", "current")


class AddressForm(forms.Form):
    """An address of mail."""

    address = forms.EmailField(
        label="Your mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Type the address first."},
    )


class OwnAddressForm(ConfirmForm):
    """The account's address, and the password; with none, the account has none any more."""

    address = forms.EmailField(
        label="Your mail address",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Nobody else sees it. Leave it empty to have none.",
    )
    field_order = ("address", "current")


class ResetForm(NewPasswordForm):
    """A new password of an account whose old one is lost."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def account(self) -> User:
        """Whose password it is."""
        return self._user
