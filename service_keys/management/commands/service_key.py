"""`manage.py service_key make|list|change|rotate|revoke`: keys by which other programs act here."""

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from lib.errors import Refusal
from service_keys.models import Scope, ServiceKey
from service_keys.services import (
    OVERLAP,
    NewToken,
    change_key,
    make_key,
    revoke_key,
    rotate_key,
)

_HOURS = OVERLAP // timedelta(hours=1)


class Command(BaseCommand):
    """Makes, lists, changes, rotates and revokes service keys."""

    help = "Make, list, change, rotate and revoke service keys. A token is printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, and with which key."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="make|list|…")
        make = verbs.add_parser("make", help="Make a key, and print its token.")
        change = verbs.add_parser("change", help="Change a key; its token stays.")
        verbs.add_parser("list", help="List the keys, with their last use.")
        rotate = verbs.add_parser("rotate", help="Print a new token for a key.")
        revoke = verbs.add_parser("revoke", help="End a key and its tokens, at once and for good.")
        for each in (make, change, rotate, revoke):
            each.add_argument("name", help="What uses the key.")
        for each in (make, change):
            each.add_argument(
                "--scope", action="append", choices=Scope.values, help="What it may; repeat it."
            )
            each.add_argument(
                "--requests-a-minute", type=int, help="More are refused; 6000 unless you say."
            )
            each.add_argument(
                "--expires", help="A date, or a time with its zone, in UTC without one; or never."
            )
        rotate.add_argument(
            "--overlap-hours",
            type=int,
            default=_HOURS,
            help=f"For so long the token before is good too: {_HOURS} unless you say, 0 for none.",
        )

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Do it; what is wrong with it is said in a sentence."""
        try:
            getattr(self, f"_{verb}")(options)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal

    def _make(self, options: dict[str, Any]) -> None:
        made = make_key(
            name=options["name"],
            scopes=_scopes(options["scope"], ()),
            requests_a_minute=options["requests_a_minute"],
            expires_at=_moment(options["expires"], None),
        )
        self._print(made, "It is printed this once, and not stored.")

    def _change(self, options: dict[str, Any]) -> None:
        key = _called(options["name"])
        rate = options["requests_a_minute"]
        change_key(
            key_id=key.pk,
            name=key.name,
            scopes=_scopes(options["scope"], key.scopes),
            requests_a_minute=key.requests_a_minute if rate is None else rate,
            expires_at=_moment(options["expires"], key.expires_at),
        )
        self.stdout.write(f"{key.name} is changed.")

    def _list(self, options: dict[str, Any]) -> None:
        for key in ServiceKey.objects.all():
            words = [key.name, f"{key.shown}…", ",".join(key.scopes), _state(key)]
            words += [f"{key.requests_a_minute} a minute", f"last used {_at(key.last_used_at)}"]
            self.stdout.write("\t".join(words))

    def _rotate(self, options: dict[str, Any]) -> None:
        hours = options["overlap_hours"]
        if hours < 0:
            raise CommandError("--overlap-hours must not be negative.")
        key = _called(options["name"])
        made = rotate_key(key_id=key.pk, overlap=timedelta(hours=hours))
        self._print(made, f"The token before it is good for {hours} hours.")

    def _revoke(self, options: dict[str, Any]) -> None:
        key = revoke_key(key_id=_called(options["name"]).pk)
        self.stdout.write(f"{key.name} is revoked.")

    def _print(self, made: NewToken, more: str) -> None:
        """The token alone on the output, so that a script can keep it; words beside it."""
        self.stderr.write(f"The token of {made.key.name}. {more}")
        self.stdout.write(made.token)


def _called(name: str) -> ServiceKey:
    key = ServiceKey.objects.filter(name=name).first()
    if key is None:
        raise CommandError(f"There is no key called {name!r}. `service_key list` names them.")
    return key


def _scopes(given: Sequence[str] | None, before: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(before if given is None else given))


def _moment(text: str | None, before: datetime | None) -> datetime | None:
    if text is None:
        return before
    if text == "never":
        return None
    try:
        moment = parse_datetime(text)
        day = parse_date(text) if moment is None else None
    except ValueError:
        moment = day = None
    if day is not None:
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - made aware below
    if moment is None:
        raise CommandError(f"--expires must look like 2027-01-31, not {text!r}; or be never.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _state(key: ServiceKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {_at(key.revoked_at)}"
    if key.expires_at is not None:
        return f"{'expired' if key.is_expired else 'expires'} {_at(key.expires_at)}"
    return "good"


def _at(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "never"
