"""Mail: an address that counts once it is confirmed, a new password by a link, and a test."""

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from lib import limits
from matchmaking.services.access import mail
from matchmaking.services.access.second_factor import new_secret
from matchmaking.services.players import sign_up

from .test_second_factor import OTHER, PASSWORD, App, is_in, signed_in, with_factor

pytestmark = pytest.mark.django_db

ADDRESS = "ann@example.org"
Outbox = list[EmailMessage]


class AtOnce:
    """Does at once what else a thread does, in the test's own transaction."""

    def submit(self, guard: Callable[..., None], work: Callable[[], None]) -> "Future[None]":
        work()
        return Future()


@pytest.fixture(autouse=True)
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MATCHPOINT_SENDS_MAIL = True
    settings.DEFAULT_FROM_EMAIL = "no-reply@play.example.org"
    settings.OTP_TOTP_THROTTLE_FACTOR = 0
    monkeypatch.setattr(mail, "_threads", AtOnce())
    counted = (limits.mails_by_address, limits.mails_to, limits.passwords_by_name_there)
    for buckets in counted:
        buckets._buckets.clear()


@pytest.fixture
def ann() -> User:
    return sign_up(username="Ann", password=PASSWORD, guest=None)


def link_of(message: EmailMessage) -> str:
    found = re.search(r"http://testserver(/\S+)", str(message.body))
    assert found is not None, message.body
    return found[1]


def ask(browser: Client, address: str = ADDRESS, current: str = PASSWORD) -> Any:
    return browser.post("/account/address", {"address": address, "current": current})


def lost(address: str = ADDRESS, browser: Client | None = None) -> Any:
    return (browser or Client()).post("/lost-password", {"address": address})


def choose(link: str, password: str = OTHER, browser: Client | None = None) -> Any:
    form = {"password": password, "password_again": password}
    return (browser or Client()).post(link, form)


def owned(user: User, address: str = ADDRESS) -> User:
    user.email = address
    user.save()
    return user


def test_an_address_counts_once_its_link_was_followed(ann: User, mailoutbox: Outbox) -> None:
    browser = signed_in(ann)
    assert ask(browser, current="wrong").status_code == 400 and not mailoutbox
    assert ask(browser).status_code == 302
    ann.refresh_from_db()
    assert ann.email == "" and mailoutbox[0].to == [ADDRESS]
    link = link_of(mailoutbox[0])
    assert ADDRESS in Client().get(link).content.decode()
    ann.refresh_from_db()
    assert ann.email == ""  # a program that looks at links confirms nothing
    assert Client().post(link).status_code == 302
    ann.refresh_from_db()
    assert ann.email == ADDRESS and is_in(browser)
    assert ADDRESS in browser.get("/account").content.decode()
    assert Client().get(link).status_code == Client().post(link).status_code == 410


def test_a_link_to_confirm_ends_with_the_password(ann: User, mailoutbox: Outbox) -> None:
    ask(signed_in(ann))
    ann.set_password(OTHER)
    ann.save()
    assert Client().post(link_of(mailoutbox[0])).status_code == 410
    assert Client().get("/account/address/confirm?token=forged").status_code == 410


def test_the_address_before_is_notified_and_one_may_have_none(
    ann: User, mailoutbox: Outbox
) -> None:
    browser = signed_in(owned(ann))
    assert ask(browser, "").status_code == 302
    ann.refresh_from_db()
    assert ann.email == "" and mailoutbox[0].to == [ADDRESS]
    assert "its address was removed" in str(mailoutbox[0].body)


def test_a_lost_password_is_replaced_by_a_link_which_ends_every_session(
    ann: User, mailoutbox: Outbox
) -> None:
    other = signed_in(owned(ann))
    known = lost("ANN@example.org").content
    assert link_of(mailoutbox[0]) and mailoutbox[0].to == [ADDRESS]
    unknown = lost("nobody@example.org").content
    assert known.replace(b"ANN@", b"nobody@") == unknown and len(mailoutbox) == 1
    link, fresh = link_of(mailoutbox[0]), Client()
    assert choose(link, "short", fresh).status_code == 400
    assert "Ann" in fresh.get(link).content.decode() and not is_in(fresh)
    assert choose(link, OTHER, fresh).status_code == 302
    assert is_in(fresh) and not is_in(other)
    assert authenticate(username="ann", password=OTHER) is not None
    assert "it has a new password" in str(mailoutbox[1].body)
    assert choose(link).status_code == 410


def test_a_new_password_is_no_way_around_the_second_factor(ann: User, mailoutbox: Outbox) -> None:
    app, _ = with_factor(owned(ann))
    lost()
    browser = Client()
    assert choose(link_of(mailoutbox[0]), OTHER, browser)["Location"] == "/sign-in/code"
    assert not is_in(browser)
    assert browser.post("/sign-in/code", {"code": App(new_secret()).code()}).status_code == 400
    assert browser.post("/sign-in/code", {"code": app.code()}).status_code == 302


def test_a_closed_account_gets_no_link_and_its_link_ends(ann: User, mailoutbox: Outbox) -> None:
    owned(ann)
    lost()
    User.objects.update(is_active=False)
    lost()
    assert len(mailoutbox) == 1 and choose(link_of(mailoutbox[0])).status_code == 410
    for account in ("x", "MQ", "OTk5OTk5", ""):
        assert Client().get(f"/lost-password/new?account={account}&token=a-b").status_code == 410


def test_nobody_is_flooded_with_mails_and_nobody_floods(ann: User, mailoutbox: Outbox) -> None:
    owned(ann)
    answers = [lost() for _ in range(10)]
    assert len(mailoutbox) == 4 and len({answer.content for answer in answers}) == 1
    statuses = [lost(f"a{n}@example.org").status_code for n in range(30)]
    assert statuses[:10] == [200] * 10 and statuses[-1] == 429


def test_who_is_locked_out_is_told_for_how_long_and_comes_back_by_mail(
    ann: User, mailoutbox: Outbox
) -> None:
    owned(ann)
    browser = Client()
    for _ in range(9):
        page = browser.post("/sign-in", {"username": "Ann", "password": "wrong"})
    assert page.status_code == 429 and page["Retry-After"] == "20"
    words = page.content.decode()
    assert "Try again in 20 s" in words and "/lost-password" in words
    lost(browser=browser)
    assert choose(link_of(mailoutbox[0]), OTHER, browser)["Location"] == "/"
    assert is_in(browser)
    # And from now on this browser is counted by itself.
    browser.cookies.pop("sessionid")
    answer = browser.post("/sign-in", {"username": "Ann", "password": OTHER})
    assert answer.status_code == 302


def test_the_owner_is_notified_of_every_new_way_in(ann: User, mailoutbox: Outbox) -> None:
    browser = signed_in(owned(ann))
    browser.get("/account/second-factor")
    app = App(browser.session["matchpoint_new_secret"])
    browser.post("/account/second-factor", {"code": app.code(), "current": PASSWORD})
    off = {"code": app.code(), "current": PASSWORD, "action": "off"}
    browser.post("/account/second-factor", off)
    new = {"current": PASSWORD, "password": OTHER, "password_again": OTHER}
    browser.post("/account/password", new)
    news = ["factor was turned on", "factor was turned off", "has a new password"]
    assert [word in str(mail.body) for word, mail in zip(news, mailoutbox, strict=True)] == (
        [True] * 3
    )


def test_without_mail_no_page_offers_it_and_says_whom_to_ask(
    ann: User, settings: Settings, mailoutbox: Outbox
) -> None:
    settings.MATCHPOINT_SENDS_MAIL = False
    browser = signed_in(owned(ann))
    assert "This site sends no mail. Ask those who run it" in lost().content.decode()
    page = browser.get("/account").content.decode()
    assert "/account/address" not in page
    assert "sends no mail" in ask(browser, "new@example.org").content.decode()
    with pytest.raises(CommandError, match="EMAIL_URL is not set"):
        call_command("send_test_mail", ADDRESS)
    assert not mailoutbox


class _Smtp(socketserver.StreamRequestHandler):
    """Answers as a mail server does, or refuses one command."""

    def handle(self) -> None:
        refused: dict[str, str] = self.server.refused  # type: ignore[attr-defined]
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].decode().upper().strip(":")
            answer = {"EHLO": "250-here\r\n250 AUTH PLAIN", "DATA": "354 go on", "AUTH": "235 in"}
            reply = refused.get(word, answer.get(word, "250 fine"))
            self.wfile.write(f"{reply}\r\n".encode())
            if word == "DATA" and reply.startswith("354"):
                while self.rfile.readline() != b".\r\n":
                    pass
                self.wfile.write(b"250 taken\r\n")


@pytest.fixture
def smtp(settings: Settings) -> Iterator[dict[str, str]]:
    """A mail server; the test says what it refuses."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp)
    refused: dict[str, str] = {}
    server.refused = refused  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "user", "secret"
    yield refused
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("command", "reply", "sentence"),
    [
        ("AUTH", "535 no", "refuses the user or the password of EMAIL_URL"),
        ("MAIL", "550 no", "sends no mail from no-reply@play.example.org"),
        ("RCPT", "550 no", "does not send to this address"),
        ("EHLO", "250 here", "has no TLS on this port, or no sign-in"),
    ],
)
def test_the_test_mail_says_what_failed(
    smtp: dict[str, str], command: str, reply: str, sentence: str
) -> None:
    smtp[command] = reply
    with pytest.raises(CommandError, match=sentence):
        call_command("send_test_mail", ADDRESS)


def test_the_test_mail_says_that_it_was_taken_or_nothing_is_there(
    smtp: dict[str, str], settings: Settings, capsys: Any
) -> None:
    call_command("send_test_mail", ADDRESS)
    assert f"took a mail from no-reply@play.example.org to {ADDRESS}" in capsys.readouterr().out
    settings.EMAIL_PORT = 1
    with pytest.raises(CommandError, match="Nothing listens at"):
        call_command("send_test_mail", ADDRESS)
    settings.EMAIL_HOST = "mail.invalid"
    with pytest.raises(CommandError, match="is not known"):
        call_command("send_test_mail", ADDRESS)
