"""Forms of the queue and of accounts."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest

from lib.errors import Refusal
from lib.names import parse_name
from matchmaking.devices import password_guess
from matchmaking.models.parties import CODE_MAX_CHARS

NAME_ATTRS = {"autocomplete": "nickname", "autocapitalize": "off", "spellcheck": "false"}
NAME_HELP = "1 to 32 characters. Everybody here sees it."


class NameField(forms.CharField):
    """A display name, checked as the machine routes check it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs=NAME_ATTRS))
        kwargs.setdefault("error_messages", {"required": "Choose a name first."})
        super().__init__(label=kwargs.pop("label", "Your name"), **kwargs)

    def clean(self, value: Any) -> str:
        """The name as it will be shown."""
        raw = super().clean(value)
        if not raw:
            return ""
        try:
            return parse_name(raw).display
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal


class GuestForm(forms.Form):
    """A name is all that a guest needs."""

    username = NameField()


class QueueForm(forms.Form):
    """A request to queue; the name is only needed for a new guest."""

    username = NameField(required=False)
    pool = forms.SlugField(max_length=40)
    party = forms.CharField(max_length=CODE_MAX_CHARS, required=False)

    def regions(self) -> tuple[str, ...]:
        """The region chosen for the pool, each pool's choice having a field of its own."""
        chosen = self.data.get(f"region-{self.cleaned_data['pool']}", "")
        return (chosen,) if chosen else ()


class ReadyAnswerForm(forms.Form):
    """The ready check that a button answers."""

    check = forms.UUIDField()


class PartyForm(forms.Form):
    """Creating or joining a party; the name is only needed for a new guest."""

    username = NameField(required=False)
    code = forms.CharField(
        max_length=CODE_MAX_CHARS,
        required=False,
        error_messages={"max_length": "A party's code is shorter."},
    )


class NewPasswordForm(forms.Form):
    """A new password; it is asked twice, since many can be sent no other."""

    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 8 characters, not only digits; not your name, and nothing everybody "
        "uses.",
    )
    password_again = forms.CharField(
        label="Password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        """The password, when it is hard enough to guess."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.account())
        return password

    def account(self) -> User:
        """Whose password it is."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Both passwords must be the same."""
        data = super().clean() or {}
        first, again = data.get("password"), data.get("password_again")
        if first and again and first != again:
            self.add_error("password_again", "This is not the password you gave above.")
        return data


class SignUpForm(NewPasswordForm):
    """A name and a password."""

    field_order = ("username",)
    username = NameField(help_text=NAME_HELP)

    def account(self) -> User:
        """An account of the name that was asked for."""
        return User(username=self.cleaned_data.get("username", ""))


class ConfirmForm(forms.Form):
    """The password that the account has now: a browser left signed in is not enough.

    An account that signs in at another site may have none, and is not asked for one.
    """

    current = forms.CharField(
        label="Your password now",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        if not self.account().has_usable_password():
            del self.fields["current"]

    def account(self) -> User:
        """Whose password it is."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def clean_current(self) -> str:
        """The password, when it is the account's; wrong ones are counted as at the sign-in."""
        current: str = self.cleaned_data["current"]
        user = self.account()
        guess = password_guess(self.request, user, user.get_username())
        if not user.check_password(current):
            raise forms.ValidationError("This is not your password.")
        guess.was_right()
        return current


class PasswordForm(ConfirmForm, NewPasswordForm):
    """A new password in place of the one that the account has."""

    field_order = ("current",)

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["password"].label = "New password"
