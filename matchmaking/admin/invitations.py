"""Invitations: staff ask somebody by mail to sign up."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from lib.admin import ServicedAdmin
from matchmaking.models import Invitation
from matchmaking.services.access.invitations import invite, send_invitation
from matchmaking.services.access.mail import full_address


@admin.register(Invitation)
class InvitationAdmin(ServicedAdmin[Invitation]):
    """Who was invited, by whom, and what came of it. To delete an open one withdraws it."""

    list_display = ("email", "invited_by", "sent_at", "accepted_at", "account")
    search_fields = ("email",)
    related = ("invited_by", "account")
    readonly_fields = ("invited_by", "sent_at", "accepted_at", "account")
    actions = ("send_again",)

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> Any:
        """Of a new one the address is all there is."""
        return ("email", *self.readonly_fields) if obj else ("email",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only where mail is sent."""
        right = "matchmaking.add_invitation"
        return settings.MATCHPOINT_SENDS_MAIL and request.user.has_perm(right)

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        """An invitation may be withdrawn."""
        return request.user.has_perm("matchmaking.delete_invitation")

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        """Store the invitation, and mail the link."""
        assert isinstance(request.user, User)
        made = invite(email=obj.email, by=request.user, link=_link(request))
        obj.pk, obj.sent_at = made.pk, made.sent_at

    @admin.action(description="Send these invitations again", permissions=["act"])
    def send_again(self, request: HttpRequest, invitations: QuerySet[Invitation]) -> None:
        """Mail the link once more; it holds for two weeks from now."""

        def again(invitation: Invitation) -> str:
            send_invitation(invitation, link=_link(request))
            return f"Another mail is on its way to {invitation.email}."

        self.act_on_each(request, invitations, again)


def _link(request: HttpRequest) -> Any:
    return partial(full_address, request, "sign-up")
