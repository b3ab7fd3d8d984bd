"""Mails that people are sent: an address is confirmed, a lost password replaced, news of both.

A mail server may take seconds, and how long an answer takes must not say whether an address is
known here: so mails are looked up, written and sent on threads of their own.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.mail import get_connection, send_mail
from django.db import Error as DatabaseError
from django.db import connections
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlencode, urlsafe_base64_decode, urlsafe_base64_encode

from lib import limits
from lib.errors import Conflict, RateLimited, Refusal

CONFIRM_SECONDS = 24 * 3600
_CONFIRM_SALT = "matchpoint.address"
_TOO_MANY = "Too many mails. Wait some minutes, then try again."

logger = logging.getLogger(__name__)
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")


def in_background(work: Callable[[], None]) -> None:
    """Do what a mail server may hold up; if it fails, a line of the log says why."""
    _threads.submit(_log_failure, work)


def _log_failure(work: Callable[[], None]) -> None:
    try:
        work()
    except (OSError, SMTPException, DatabaseError) as error:
        logger.error("A mail could not be sent: %s. Try manage.py send_test_mail.", error)
    finally:
        connections.close_all()


def send(to: str, subject: str, text: str) -> None:
    """Send a mail; raises `OSError` or `SMTPException`."""
    signature = f"-- \n{settings.PUBLIC_URL or 'Matchpoint'}\n"
    with get_connection() as connection:  # closed also when the server refuses the password
        body = f"{text}\n\n{signature}"
        send_mail(f"Matchpoint: {subject}", body, None, [to], connection=connection)


def full_address(request: HttpRequest, name: str, *args: str, **query: str) -> str:
    """The address of a page, as a mail must write it.

    Secrets belong in the query, which neither our log nor nginx's shows.
    """
    path = reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")
    return settings.PUBLIC_URL + path if settings.PUBLIC_URL else request.build_absolute_uri(path)


def check_may_ask(request: HttpRequest, to: str) -> bool:
    """Count a mail that somebody asks for; returns whether one more may go to this address.

    Raises `RateLimited` when too many are asked for from one address of the network.
    """
    if not limits.mails_by_address.take(request.META.get("REMOTE_ADDR", "")):
        raise RateLimited(_TOO_MANY, seconds=60)
    return limits.mails_to.take(to.strip().casefold())


# A lost password.


def send_reset_links(to: str, *, link: Callable[..., str]) -> None:
    """Mail a link to each account with this address; to no account, nothing."""
    for user in User.objects.filter(email__iexact=to.strip(), is_active=True):
        pk = urlsafe_base64_encode(force_bytes(user.pk))
        address = link(account=pk, token=default_token_generator.make_token(user))
        # To the stored address: of two that a database takes for one, only that is the owner's.
        send(user.email, "a new password", _RESET.format(name=user.get_username(), link=address))


def user_of_reset(pk: str, token: str) -> User | None:
    """The account of such a link, while it holds: for an hour, and until it was used."""
    try:
        user = User.objects.filter(pk=int(force_str(urlsafe_base64_decode(pk)))).first()
    except (ValueError, OverflowError):
        return None
    is_good = user and user.is_active and default_token_generator.check_token(user, token)
    return user if is_good else None


# An address.


def ask_to_confirm(request: HttpRequest, user: User, to: str, *, link: Callable[..., str]) -> None:
    """Mail a link to an address, which counts once somebody has followed it."""
    if not settings.MATCHPOINT_SENDS_MAIL:
        raise Refusal("This site sends no mail. Ask those who run it to store your address.")
    if not check_may_ask(request, to):
        raise RateLimited(_TOO_MANY, seconds=60)
    token = signing.dumps([user.pk, to, _proof(user)], salt=_CONFIRM_SALT)
    text = _CONFIRM.format(name=user.get_username(), link=link(token=token))
    in_background(lambda: send(to, "your address", text))


def address_of_token(token: str) -> tuple[User, str]:
    """The account and the address of a link; raises a refusal when it holds no longer."""
    try:
        pk, address, proof = signing.loads(token, salt=_CONFIRM_SALT, max_age=CONFIRM_SECONDS)
    except signing.BadSignature:
        pk, address, proof = None, "", ""
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or proof != _proof(user):
        raise Refusal("This link was used already, or is too old. Ask for another.")
    return user, address


def store_address(user: User, address: str) -> None:
    """Have an address count, or with none have no address; the one before is notified."""
    before = user.email
    stored = User.objects.filter(pk=user.pk, email=before)
    if not stored.update(email=address):
        raise Conflict("The address was changed at the same moment. Look again.")
    user.email = address
    notify(before, user, f"its address is now {address}" if address else "its address was removed")


def notify(to: str, user: User, what: str) -> None:
    """Tell the owner of an account that something about signing in has changed."""
    if to and settings.MATCHPOINT_SENDS_MAIL:
        text = _CHANGED.format(name=user.get_username(), what=what)
        in_background(lambda: send(to, "your account", text))


def _proof(user: User) -> str:
    """What changes with the password and the address, so that a link counts once."""
    return salted_hmac(_CONFIRM_SALT, f"{user.password}\n{user.email}").hexdigest()


_RESET = """\
Somebody, probably you, has asked for a new password of the account {name}. Choose one here:

{link}

The link holds for an hour, and once. If it was not you, do nothing: the password stays."""

_CONFIRM = """\
Somebody, probably you, wants this to be the address of the account {name}. Confirm it here:

{link}

The link holds for a day. If it was not you, do nothing."""

_CHANGED = """\
There is news of your account {name}: {what}.

If that was not you, choose a new password now, and tell those who run this site."""
