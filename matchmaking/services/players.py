"""Guests and registered players: creation, names, sign-up."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from lib import tokens
from lib.errors import Conflict
from lib.names import Name, parse_name
from matchmaking.models import Player, SignInName, Ticket

from .ratings import begin_anew
from .sign_outs import close_sockets_of


@dataclass(frozen=True, slots=True)
class Guest:
    """A new guest, and the token that is shown this once."""

    player: Player
    token: str


def check_name_free(name: Name, *, but: UUID | None = None) -> None:
    """Raise `Conflict` when an account other than the player's has the name or a look-alike."""
    taken = SignInName.objects.filter(bears(name))
    if taken.exclude(user__player__in=[but] if but else []).exists():
        raise Conflict(
            f"The name {name.display!r} belongs to a registered player or to staff. "
            "Choose another, or sign in.",
            code="name_registered",
        )


def bears(name: Name) -> Q:
    """Rows that have the name, or one that a reader takes for it."""
    return Q(name_key=name.name_key) | Q(skeleton=name.skeleton)


_REGISTERED = """
    SELECT name_key, skeleton FROM matchmaking_signinname
    WHERE name_key IN ({0}) OR skeleton IN ({0})
"""


def registered(forms: Collection[str]) -> set[str]:
    """The forms of those accounts whose names have one of these forms.

    Its text is ours: the ORM would take longer to write it than the database to answer.
    """
    statement = _REGISTERED.format(", ".join(["%s"] * len(forms)))
    with connection.cursor() as cursor:
        cursor.execute(statement, (*forms, *forms))
        return {form for row in cursor.fetchall() for form in row}


@transaction.atomic
def create_guest(*, username: str) -> Guest:
    """Create a guest; raises `BadName` or `Conflict`."""
    name = parse_name(username)
    check_name_free(name)
    token = tokens.new_token()
    player = Player.objects.create(
        name=name.display,
        name_key=name.name_key,
        skeleton=name.skeleton,
        token_sha256=tokens.digest(token),
    )
    return Guest(player, token)


@transaction.atomic
def replace_token(player: Player) -> str:
    """Withdraw a guest's token and return a new one, shown this once.

    Raises `Conflict` for a registered player, and when it was withdrawn at the same moment.
    """
    if player.token_sha256 is None:
        raise Conflict("An account has no token. Change its password instead.")
    token = tokens.new_token()
    holder = Player.objects.filter(pk=player.pk, token_sha256=player.token_sha256)
    if not holder.update(token_sha256=tokens.digest(token)):
        raise Conflict("This token was withdrawn just now.")
    close_sockets_of(player.pk)
    return token


@transaction.atomic
def sign_up(*, username: str, password: str | None, guest: Player | None) -> User:
    """Register a player; a guest who signs up keeps tickets, matches and history.

    Without a password they sign in at another site. Ratings begin anew where guests do not count.
    Raises `BadName`, or `Conflict` when the name
    is taken or somebody else waits under it.
    """
    name = parse_name(username)
    check_name_free(name)
    waits = Ticket.objects.waiting().filter(bears(name))
    if waits.exclude(player=guest).exists():
        raise Conflict(f"Somebody called {name.display!r} waits in a queue. Choose another name.")
    _rename_others(name, but=guest)
    try:
        with transaction.atomic():
            user = User.objects.create_user(username=name.display, password=password)
            _register(guest or Player(), name, user)
            if guest is not None:
                close_sockets_of(guest.pk)  # some may have been opened with the token, which ends
    except (IntegrityError, ValidationError) as race:
        raise Conflict(f"The name {name.display!r} was just taken.") from race
    if guest is not None:
        begin_anew(guest)
    return user


def _rename_others(name: Name, *, but: Player | None) -> None:
    """Rename guests whose name, or a look-alike of it, is being registered."""
    others = Player.objects.filter(bears(name), user__isnull=True)
    for other in others.exclude(pk__in=[but.pk] if but else []):
        other.name, other.name_key, other.skeleton = parse_name(f"Guest {secrets.token_hex(3)}")
        other.save(update_fields=("name", "name_key", "skeleton"))


def _register(player: Player, name: Name, user: User) -> None:
    player.user, player.token_sha256 = user, None
    player.name, player.name_key, player.skeleton = name
    player.save()
