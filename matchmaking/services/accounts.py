"""Accounts of players and of staff: one namespace, whichever way an account is made."""

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.utils import timezone

from lib.names import account_name
from matchmaking.models import Player, SignInName

from .players import bears
from .sign_outs import close_sockets_of

_USERNAME_MAX_CHARS = 150
_PASSWORD_MIN_CHARS = 8


def account_called(typed: str) -> User | None:
    """The account of that exact name, else of that name in any case."""
    if len(typed) > _USERNAME_MAX_CHARS:
        return None
    name = account_name(typed.strip())
    exact = User.objects.filter(username=name.display).first()
    return exact or User.objects.filter(signinname__name_key=name.name_key).first()


def check_account_name(user: User) -> None:
    """Raise `ValidationError` when another account has the user's name, or one that looks alike."""
    others = SignInName.objects.filter(bears(account_name(user.username)))
    if others.exclude(user_id=user.pk).exists():
        raise ValidationError(
            f"The name {user.username!r} belongs to another account, or looks like its name. "
            "Choose another.",
            code="name_registered",
        )


def prepare_account_name(user: User) -> None:
    """Before an account is saved: check a new name, and store that of a renamed account.

    An unchanged name is not checked: an old account whose name clashes can still be saved.
    """
    stored = User.objects.filter(pk=user.pk).values_list("username", flat=True).first()
    if stored == user.username:
        return
    check_account_name(user)
    if stored is not None:
        store_account_name(user)


def store_account_name(user: User) -> None:
    """Store the name by which an account signs in; `IntegrityError` if it was just taken."""
    name = account_name(user.username)
    SignInName.objects.update_or_create(
        user=user, defaults={"name_key": name.name_key, "skeleton": name.skeleton}
    )


def close_sockets_of_account(user: User) -> None:
    """Close the sockets of the account's player; a staff account may have none."""
    player = Player.objects.filter(user=user).only("pk").first()
    if player is not None:
        close_sockets_of(player.pk)


def change_password(user: User, password: str | None) -> None:
    """Set a password, or none, which ends every session; also the same one again.

    Each storing has a salt of its own, by which sessions know it.
    """
    user.set_password(password)
    user.save(update_fields=("password",))


def end_sessions(user: User) -> None:
    """End every session of an account whose password is not at hand, and close its sockets.

    Sessions do not name their account outside their data, so all are read; staff do this rarely.
    """
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
    close_sockets_of_account(user)


class PlainPasswordValidator:
    """Refuses what is quickly tried out: a few letters among white space, or digits only."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise `ValidationError` when the password is too plain."""
        seen = "".join(filter(str.isprintable, "".join(password.split())))
        if len(seen) < _PASSWORD_MIN_CHARS:
            raise ValidationError(
                f"This password is too short: {len(seen)} characters besides spaces. Use at least "
                f"{_PASSWORD_MIN_CHARS}.",
                code="password_too_short",
            )
        if seen.isdigit():
            raise ValidationError(
                "This password has only digits. Use letters too.", code="password_entirely_numeric"
            )

    def get_help_text(self) -> str:
        """What the password must be."""
        return f"At least {_PASSWORD_MIN_CHARS} characters besides spaces, and not only digits."
