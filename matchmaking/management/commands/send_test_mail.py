"""`manage.py send_test_mail ADDRESS`: whether mail works, and what is wrong if it does not."""

import socket
import ssl
from argparse import ArgumentParser
from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from matchmaking.services.access.mail import send


class Command(BaseCommand):
    """Sends one mail, at once."""

    help = "Send a mail to an address, or say what keeps this site from sending any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address."""
        parser.add_argument("address", help="Where to send it.")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        """Send it, and fail with a sentence."""
        if not settings.MATCHPOINT_SENDS_MAIL:
            raise CommandError("EMAIL_URL is not set, so this site sends no mail.")
        try:
            send(address, "a test", "Mail from this site arrives.")
        except (OSError, SMTPException) as error:
            raise CommandError(_what_failed(error)) from error
        self.stdout.write(
            f"The mail server took a mail from {settings.DEFAULT_FROM_EMAIL} to {address}. If it "
            "does not arrive, look among the unwanted mails, and ask those who run the server."
        )


def _what_failed(error: Exception) -> str:
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return f"{sentence.format(where=where, sender=settings.DEFAULT_FROM_EMAIL)} ({error})"
    return f"The mail server at {where} failed. ({error})"


#: The first that fits counts: some kinds are kinds of others.
_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (SMTPAuthenticationError, "{where} refuses the user or the password of EMAIL_URL."),
    (SMTPSenderRefused, "{where} sends no mail from {sender}. Set another MAIL_FROM."),
    (SMTPRecipientsRefused, "{where} does not send to this address."),
    (
        SMTPNotSupportedError,
        "{where} has no TLS on this port, or no sign-in. Try smtp+ssl:// with port 465, or smtp://.",
    ),
    (SMTPException, "{where} does not speak SMTP as expected."),
    (socket.gaierror, "The host of EMAIL_URL is not known: {where}."),
    (ssl.SSLCertVerificationError, "The certificate of {where} is not good for that name."),
    (ssl.SSLError, "{where} does not speak TLS here. Try smtp+tls:// with port 587."),
    (ConnectionRefusedError, "Nothing listens at {where}."),
    (TimeoutError, "{where} does not answer. A firewall may keep this machine from sending mail."),
    (OSError, "{where} cannot be reached."),
)
