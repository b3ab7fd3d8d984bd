"""The admin's way to delete players, on the list of accounts, for whoever may delete those."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lib.errors import Conflict
from matchmaking.models import Player

from .removal import delete_player


@admin.action(permissions=["delete"], description="Delete these players and what is personal")
def delete_players(
    accounts: Any, request: HttpRequest, users: QuerySet[User]
) -> HttpResponse | None:
    """Ask first, since there is no way back; then delete each that has nothing to do first."""
    if "yes" not in request.POST:
        context = {
            **accounts.admin_site.each_context(request),
            "title": "Delete players for good",
            "users": users,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return render(request, "personal_data/admin_confirm.html", context)
    for user in users:
        player = Player.objects.filter(user=user).first()
        if player is None:
            messages.warning(request, f"{user} is no player: delete the account itself.")
            continue
        name = player.name
        try:
            alias = delete_player(player)
        except Conflict as refusal:
            messages.error(request, f"{name}: {refusal.message}")
        else:
            messages.success(request, f"Deleted. Results name {alias} now.")
    return None


def add_action() -> None:
    """Put it on the list of accounts, which is of an app below."""
    accounts: Any = admin.site._registry[User]
    accounts.actions = (*accounts.actions, delete_players)
