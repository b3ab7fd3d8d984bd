"""A second factor beside the password: codes of an app (TOTP), and codes to write down."""

import secrets
from binascii import unhexlify
from datetime import timedelta
from math import ceil
from typing import TypeGuard

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db import transaction
from django.utils import timezone
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from lib import tokens
from lib.errors import Conflict, RateLimited, Refusal

RECOVERY_CODES = 10
#: Without letters and digits that are taken for one another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
#: What a row of django-otp has room for.
_DIGEST_CHARS = 16
#: A code of the step before or after counts too: clocks differ, and typing takes time.
_TOLERANCE = 1


def has_second_factor(user: User) -> bool:
    """Whether the account has turned a second factor on."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def acts_as_staff(user: AbstractBaseUser | AnonymousUser | None) -> TypeGuard[User]:
    """Whether an account may use what staff may do.

    Where staff must have a second factor, those without one are no more than players. A session of
    an account that has one has shown it: turning it on ends all others.
    """
    if not (isinstance(user, User) and user.is_active and user.is_staff):
        return False
    return not settings.MATCHPOINT_STAFF_SECOND_FACTOR or has_second_factor(user)


def new_secret() -> str:
    """A secret for an app that makes codes, in hex."""
    return str(random_hex(20))


def app_address(user: User, secret: str) -> str:
    """The address that a QR code shows to such an app."""
    return str(TOTPDevice(user=user, key=secret).config_url)


@transaction.atomic
def turn_on(user: User, *, secret: str, code: str) -> list[str]:
    """Ask for codes from now on; returns the recovery codes, which are shown this once.

    Raises a refusal when the code is not one of the secret's, `Conflict` when it is on already.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if has_second_factor(user):
        raise Conflict("This account has a second factor already.")
    totp = TOTP(unhexlify(secret))
    if not (code.isdecimal() and totp.verify(int(code), tolerance=_TOLERANCE)):
        raise Refusal("The app shows another code. Is the clock of your device right?")
    # A code counts once: the next one must be of a later step.
    TOTPDevice.objects.create(user=user, name="app", key=secret, drift=totp.drift, last_t=totp.t())
    return new_recovery_codes(user)


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Codes that work once each, in place of those before; the database keeps their digests."""
    device, _ = StaticDevice.objects.get_or_create(user=user, name="recovery codes")
    StaticToken.objects.filter(device=device).delete()
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
        for _ in range(RECOVERY_CODES)
    ]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_digest(code)) for code in codes
    )
    return codes


def recovery_codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    return int(StaticToken.objects.filter(device__user=user).count())


def check_code(user: User, typed: str) -> Device:
    """What a code was made by, an app or a list of recovery codes; either counts once.

    Raises a refusal for a wrong one, and `RateLimited` after several: each doubles the wait.
    """
    code = typed.strip().replace(" ", "")
    is_of_app = code.isdecimal()
    kind: type[TOTPDevice] | type[StaticDevice] = TOTPDevice if is_of_app else StaticDevice
    with transaction.atomic():
        device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        wait = _seconds_to_wait(device) if device else 0
        was_right = bool(device and device.verify_token(code if is_of_app else _digest(code)))
    if wait:
        raise RateLimited(f"Too many wrong codes. Try again in {wait} s.", seconds=wait)
    if device is None or not was_right:
        raise Refusal(
            "This code is wrong, or was used already. Take the one that the app shows now."
            if is_of_app
            else "This is none of your recovery codes, or it was used already."
        )
    return device


def _seconds_to_wait(device: TOTPDevice | StaticDevice) -> int:
    is_allowed, why_not = device.verify_is_allowed()
    if is_allowed:
        return 0
    wait: timedelta = why_not["locked_until"] - timezone.now()
    return max(1, ceil(wait.total_seconds()))


@transaction.atomic
def turn_off(user: User) -> bool:
    """Ask for no code any more; returns whether one was asked for."""
    StaticDevice.objects.filter(user=user).delete()
    removed, _ = TOTPDevice.objects.filter(user=user).delete()
    return bool(removed)


def _digest(code: str) -> str:
    """What is stored of a recovery code; as typed, with or without its hyphens."""
    return tokens.digest(code.replace("-", "").casefold())[:_DIGEST_CHARS]
