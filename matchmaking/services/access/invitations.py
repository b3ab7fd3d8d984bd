"""Inviting somebody by mail to an account, and the account that comes of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.utils import timezone

from lib.errors import Conflict, Refusal
from lib.heavy.slices import delete_slice
from matchmaking.models import Invitation, Player
from matchmaking.services.players import sign_up

from .mail import in_background, send

INVITED_SECONDS = 14 * 24 * 3600
_SALT = "matchpoint.invitation"


@transaction.atomic
def invite(*, email: str, by: User, link: Callable[..., str]) -> Invitation:
    """Mail somebody a link by which they sign up; raises a refusal where no mail is sent."""
    if not settings.MATCHPOINT_SENDS_MAIL:
        raise Refusal("This site sends no mail.")
    invitation = Invitation.objects.create(email=email, invited_by=by)
    send_invitation(invitation, link=link)
    return invitation


@transaction.atomic
def send_invitation(invitation: Invitation, *, link: Callable[..., str]) -> None:
    """Mail the link, for the first time or again; raises `Conflict` once it was followed."""
    still_open = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    if not still_open.update(sent_at=timezone.now()):
        raise Conflict(f"{invitation.email} has an account already.")
    by = invitation.invited_by
    address = link(invitation=signing.dumps(invitation.pk.hex, salt=_SALT))
    text = _INVITATION.format(by=by.get_username() if by else "The staff", link=address)
    transaction.on_commit(
        lambda: in_background(lambda: send(invitation.email, "an invitation", text))
    )


def invitation_of(token: str) -> Invitation:
    """The invitation of a link; raises a refusal when it was accepted, withdrawn or is too old."""
    try:
        pk = UUID(signing.loads(token, salt=_SALT, max_age=INVITED_SECONDS))
    except signing.BadSignature:
        pk = UUID(int=0)
    found = Invitation.objects.filter(pk=pk, accepted_at=None).select_related("invited_by").first()
    if found is None:
        raise Refusal("This invitation was accepted, withdrawn, or is too old. Ask for another.")
    return found


@transaction.atomic
def accept(invitation: Invitation, *, username: str, password: str, guest: Player | None) -> User:
    """Register whoever was invited, once; the address is confirmed by the link itself."""
    still_open = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    if not still_open.update(accepted_at=timezone.now()):
        raise Conflict("This invitation was accepted or withdrawn just now.")
    user = sign_up(username=username, password=password, guest=guest)
    User.objects.filter(pk=user.pk).update(email=invitation.email)
    Invitation.objects.filter(pk=invitation.pk).update(account=user)
    return user


def delete_old_invitations(*, now: datetime) -> int:
    """Addresses of people who never came; returns how many were deleted, 0 when none is left."""
    old = now - timedelta(seconds=INVITED_SECONDS)
    return delete_slice(Invitation.objects.filter(sent_at__lt=old, accepted_at=None))


_INVITATION = """\
{by} invites you to play here. Choose a name and a password:

{link}

The link holds for two weeks, and once."""
