"""Invitations by mail: staff invite, somebody follows the link once, and has an account."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from matchmaking.models import Invitation, Player
from matchmaking.services.access import invitations
from matchmaking.services.players import create_guest

from .staff import staff
from .test_mail import ADDRESS, Outbox, link_of, site
from .test_second_factor import PASSWORD, is_in, signed_in

pytestmark = pytest.mark.django_db
__all__ = ["site"]

RIGHTS = ("add", "view", "change", "delete")
Committing = Callable[..., Any]


@pytest.fixture
def clerk() -> Client:
    return staff("clerk", *(f"matchmaking.{right}_invitation" for right in RIGHTS))


@pytest.fixture
def link(clerk: Client, mailoutbox: Outbox, django_capture_on_commit_callbacks: Committing) -> str:
    """The link that somebody was sent."""
    with django_capture_on_commit_callbacks(execute=True):
        answer = clerk.post("/admin/matchmaking/invitation/add/", {"email": ADDRESS})
    assert answer.status_code == 302 and mailoutbox[0].to == [ADDRESS]
    assert "clerk invites you" in str(mailoutbox[0].body)
    return link_of(mailoutbox[0])


def sign_up(link: str, name: str = "Ann", browser: Client | None = None) -> Any:
    form = {"username": name, "password": PASSWORD, "password_again": PASSWORD}
    return (browser or Client()).post(link, form)


def test_who_is_invited_signs_up_once_with_a_confirmed_address(link: str, clerk: Client) -> None:
    browser = Client()
    page = browser.get(link).content.decode()
    assert "clerk" in page and ADDRESS in page
    assert sign_up(link, browser=browser).status_code == 302 and is_in(browser)
    ann = User.objects.get(username="Ann")
    assert ann.email == ADDRESS and not ann.is_staff and ann.player.name == "Ann"
    assert Invitation.objects.get().account == ann
    assert "was accepted" in sign_up(link, "Bob").content.decode()
    assert not User.objects.filter(username="Bob").exists()
    listed = clerk.get("/admin/matchmaking/invitation/").content.decode()
    assert ADDRESS in listed and "Ann" in listed


def test_a_refused_name_leaves_the_invitation_open(link: str) -> None:
    assert sign_up(link, "clerk").status_code == 400
    assert Invitation.objects.get().accepted_at is None
    assert sign_up(link, "Ann").status_code == 302


def test_a_guest_who_is_invited_stays_the_same_player(link: str) -> None:
    guest = create_guest(username="Gus")
    browser = Client()
    browser.cookies["matchpoint_guest"] = guest.token
    sign_up(link, "Gus", browser)
    assert Player.objects.get().pk == guest.player.pk


def test_an_invitation_is_sent_again_and_withdrawn(
    link: str,
    clerk: Client,
    mailoutbox: Outbox,
    django_capture_on_commit_callbacks: Committing,
) -> None:
    page, pk = "/admin/matchmaking/invitation/", Invitation.objects.get().pk
    with django_capture_on_commit_callbacks(execute=True):
        clerk.post(page, {"action": "send_again", "_selected_action": [pk]})
    assert len(mailoutbox) == 2 and Client().get(link_of(mailoutbox[1])).status_code == 200
    clerk.post(f"{page}{pk}/delete/", {"post": "yes"})
    assert "withdrawn" in Client().get(link).content.decode()


def test_a_link_holds_for_two_weeks(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "INVITED_SECONDS", -1)
    assert Client().get(link).status_code == 400
    assert Client().get("/sign-up?invitation=forged").status_code == 400


def test_nobody_else_invites_and_nobody_does_without_mail(
    clerk: Client, settings: Settings, mailoutbox: Outbox
) -> None:
    page = "/admin/matchmaking/invitation/add/"
    assert staff("viewer", "matchmaking.view_invitation").post(page).status_code == 403
    assert signed_in(User.objects.create_user("ann")).post(page).status_code == 302
    settings.MATCHPOINT_SENDS_MAIL = False
    assert clerk.post(page, {"email": ADDRESS}).status_code == 403
    assert not Invitation.objects.exists() and not mailoutbox


def test_the_address_of_who_never_came_is_deleted_and_else_goes_with_the_account(
    link: str,
) -> None:
    sign_up(link)
    Invitation.objects.create(email="never@example.org")
    now = timezone.now()
    assert invitations.delete_old_invitations(now=now + timedelta(days=13)) == 0
    assert invitations.delete_old_invitations(now=now + timedelta(days=15)) == 1
    assert Invitation.objects.get().email == ADDRESS
    User.objects.get(username="Ann").delete()
    assert not Invitation.objects.exists()
