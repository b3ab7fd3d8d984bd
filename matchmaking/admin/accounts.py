"""Accounts: Django's own pages, which refuse a name that another account has."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from matchmaking.services.access.second_factor import turn_off
from matchmaking.services.accounts import check_account_name, end_sessions


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
# They show the secrets of second factors, which nobody but their owner may see.
admin.site.unregister(TOTPDevice)
admin.site.unregister(StaticDevice)


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    """Accounts; that of a player keeps the name under which the player is known."""

    form = AccountForm
    add_form = NewAccountForm
    actions = ("reset_second_factor",)

    @admin.action(permissions=["change"], description="Turn off the second factor of these users")
    def reset_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Let those in again who have lost their device; they are signed out everywhere."""
        for user in users:
            if user.is_superuser and not request.user.is_superuser:
                message, level = f"Only a superuser may do this for {user}.", messages.ERROR
            elif not turn_off(user):
                message, level = f"{user} has no second factor.", messages.WARNING
            else:
                end_sessions(user)
                self.log_change(request, user, "Turned off the second factor.")
                message, level = f"{user} signs in by the password alone now.", messages.SUCCESS
            self.message_user(request, message, level)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """A player's name is not changed here."""
        is_player = obj is not None and hasattr(obj, "player")
        return (*super().get_readonly_fields(request, obj), *(("username",) if is_player else ()))
