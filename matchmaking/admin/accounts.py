"""Accounts: Django's own pages, which refuse a name that another account has."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import User
from django.http import HttpRequest

from matchmaking.services.accounts import check_account_name


class _NamedAccount:
    """A form with an account's name."""

    cleaned_data: dict[str, Any]
    instance: User

    def clean_username(self) -> str:
        """The name, if no other account has it or a look-alike."""
        username: str = self.cleaned_data["username"]
        if username != self.instance.username:
            check_account_name(User(pk=self.instance.pk, username=username))
        return username


class NewAccountForm(_NamedAccount, AdminUserCreationForm):  # type: ignore[type-arg]
    """A new account."""


class AccountForm(_NamedAccount, UserChangeForm):  # type: ignore[type-arg]
    """An account that exists."""


admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    """Accounts; that of a player keeps the name under which the player is known."""

    form = AccountForm
    add_form = NewAccountForm

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """A player's name is not changed here."""
        is_player = obj is not None and hasattr(obj, "player")
        return (*super().get_readonly_fields(request, obj), *(("username",) if is_player else ()))
