"""Pools and their rules, as an organiser creates and edits them."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from lib.admin import annotated, count_by
from lib.errors import Refusal
from matchmaking.models import DecidedBy, Match, MatchState, Pool, Ticket
from matchmaking.ports.game_host import checked_game, game_options
from matchmaking.services.queue.tickets import close_pool, expire_tickets
from matchmaking.services.ratings import RANK_RULES, refresh_ranks

#: What is stored of a field that is left empty.
_EMPTY: dict[str, Any] = {"attributes": [], "roles": {}}


class IndentedJSON(forms.JSONField):
    """JSON that an organiser reads and edits."""

    widget = forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "vLargeTextField"})

    def prepare_value(self, value: Any) -> Any:
        """As it was sent, or stored, a field to a line."""
        if isinstance(value, str):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)


class PoolForm(forms.ModelForm):  # type: ignore[type-arg]
    """A pool, with the games that can be played here to choose from."""

    class Meta:
        model = Pool
        fields = "__all__"  # noqa: DJ007 - the admin names them

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, empty in _EMPTY.items():
            if name in self.fields:
                self.fields[name] = IndentedJSON(
                    required=False, initial=empty, help_text=self.fields[name].help_text
                )
        if "plays" in self.fields:
            self.fields["plays"] = forms.ChoiceField(
                choices=game_options(self.instance.plays), required=False,
                help_text=self.fields["plays"].help_text,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The settings are those of the game, which decides a match that is played here."""
        data = super().clean() or {}
        data |= {name: type(one)() for name, one in _EMPTY.items() if data.get(name, 0) is None}
        by_server = data.get("decided_by") == DecidedBy.GAME_SERVER
        if by_server and not data.get("game_server"):
            self.add_error("game_server", "Choose the key of the game server that decides.")
        if "plays" not in data or "play_settings" not in data:
            return data
        try:
            data["play_settings"] = checked_game(data["plays"], data["play_settings"] or {})
        except Refusal as refusal:
            is_of_game = refusal.code == "unknown_game"
            self.add_error("plays" if is_of_game else "play_settings", refusal.message)
        return data


@admin.register(Pool)
class PoolAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Pools. One that has been used cannot be deleted, but closed."""

    form = PoolForm
    list_display = ("name", "slug", "game", "is_open", "rated", "waiting", "open_matches")
    list_filter = ("is_open", "rated", "game")
    search_fields = ("name", "slug", "game")
    fieldsets = (
        (None, {"fields": ("name", "slug", "game", "is_open", "shared_names", "rated")}),
        (
            "Ratings",
            {
                "fields": (
                    "guests_count", "ranked_opponents", "rated_a_day", "rate_unanswered",
                    "deviation_floor",
                )
            },
        ),
        (
            "The match",
            {
                "fields": (
                    "plays", "play_settings", "team_size", "teams", "best_of", "draws",
                    "ready_seconds", "leaving", "decided_by", "game_server", "rating_by_server",
                    "backfill",
                )
            },
        ),
        (
            "What players want",
            {
                "fields": ("attributes", "roles"),
                "description": "Attributes are a list of declarations, such as "
                "<code>[{&quot;name&quot;: &quot;maps&quot;, &quot;kind&quot;: "
                "&quot;choices&quot;, &quot;options&quot;: [&quot;dust&quot;, "
                "&quot;nuke&quot;], &quot;after_seconds&quot;: 60}]</code>. A "
                "<code>kind</code> is choice, choices, number or latency; <code>match</code> "
                "says how: equal, overlap, within, latency or prefer. Also <code>label</code>, "
                "<code>within</code>, <code>growth</code>, <code>weight</code>, "
                "<code>required</code> and <code>default</code>; docs/matchmaking.md has all of "
                "them. Roles are of teams: how many of each a team has.",
            },
        ),
        (
            "Who meets whom",
            {
                "fields": (
                    "window_start", "window_growth", "longest_wait_seconds", "rematch_memory",
                    "rematch_pause_seconds", "gather_seconds",
                    "party_limit", "regions", "region_seconds",
                ),
                "description": "By default players are matched at once, first come, first matched.",
            },
        ),
    )  # fmt: skip
    actions = ("open_pools", "close_pools", "expire_waits")
    waiting = annotated("waiting")
    open_matches = annotated("open_matches", "open matches")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pool]:
        """With the number of those who wait and play."""
        waits = Ticket.objects.waiting().filter(pool=OuterRef("pk"))
        plays = Match.objects.filter(pool=OuterRef("pk"), state=MatchState.OPEN)
        rows: QuerySet[Pool] = super().get_queryset(request)
        return rows.annotate(waiting=count_by(waits, "pool"), open_matches=count_by(plays, "pool"))

    def get_readonly_fields(self, request: HttpRequest, obj: Pool | None = None) -> tuple[str, ...]:
        """Programs know a pool by its slug, so that stays as it is."""
        return ("slug",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Pool | None = None) -> bool:
        """A pool that nobody has used, one at a time; the default pool is always needed."""
        if obj is None or obj.slug == Pool.DEFAULT:
            return False
        uses = (obj.tickets, obj.matches, obj.rated_matches, obj.rating_history)
        if any(rows.exists() for rows in uses):
            return False
        return super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Pool, form: Any, change: bool) -> None:
        """Close a pool as the action does when the form does: waiting players are notified."""
        closes = change and "is_open" in form.changed_data and not obj.is_open
        obj.is_open = obj.is_open or closes
        super().save_model(request, obj, form, change)
        if change and RANK_RULES & set(form.changed_data):
            refresh_ranks(pool=obj)
        if closes:
            close_pool(pool=obj)
            obj.is_open = False

    @admin.action(description="Open selected pools", permissions=["change"])
    def open_pools(self, request: HttpRequest, pools: QuerySet[Pool]) -> None:
        """Let players queue."""
        self._set_open(request, pools, "Opened", _open)

    @admin.action(description="Close selected pools", permissions=["change"])
    def close_pools(self, request: HttpRequest, pools: QuerySet[Pool]) -> None:
        """Take no more players, and notify those who wait; matches go on."""
        self._set_open(request, pools, "Closed", lambda pool: close_pool(pool=pool))

    def _set_open(
        self,
        request: HttpRequest,
        pools: QuerySet[Pool],
        verb: str,
        change: Callable[[Pool], bool],
    ) -> None:
        changed = 0
        for pool in pools:
            if change(pool):
                self.log_change(request, pool, f"{verb}.")
                changed += 1
        self.message_user(request, f"{verb} {changed} of {len(pools)}.", messages.SUCCESS)

    @admin.action(description="Expire waits that show no life", permissions=["change"])
    def expire_waits(self, request: HttpRequest, pools: QuerySet[Pool]) -> None:
        """Close tickets without a recent sign of life."""
        expired = 0
        for pool in pools:
            count = expire_tickets(now=timezone.now(), pool=pool)
            if count:
                self.log_change(request, pool, f"Expired {count} tickets.")
            expired += count
        self.message_user(request, f"{expired} tickets expired.", messages.SUCCESS)


def _open(pool: Pool) -> bool:
    return bool(Pool.objects.filter(pk=pool.pk, is_open=False).update(is_open=True))
