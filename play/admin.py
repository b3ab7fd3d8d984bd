"""Rooms and the games that were played in them, to read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lib.admin import ServicedAdmin
from matchmaking.wording import side_names

from .models import PlayedGame, RoomRow


class _OfMatch(ServicedAdmin[Any]):
    """Rows of a match, which they lead to."""

    related: tuple[str, ...] = ("match",)
    prefetched = ("match__seats",)
    search_fields = ("match__seats__name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the records, which no line shows."""
        return super().get_queryset(request).defer("record")

    @admin.display(description="sides")
    def sides(self, row: RoomRow | PlayedGame) -> str:
        """The names of the sides."""
        return " vs ".join(side_names(row.match))

    @admin.display(description="match")
    def match_link(self, row: RoomRow | PlayedGame) -> SafeString:
        """The match's page here, and the one that players see."""
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">its page</a>',
            reverse(f"{self.admin_site.name}:matchmaking_match_change", args=(row.match_id,)),
            self.sides(row),
            reverse("match", args=(row.match_id,)),
        )


@admin.register(RoomRow)
class RoomAdmin(_OfMatch):
    """Matches that are played here, as they were last stored."""

    list_display = ("sides", "game", "is_live", "scores", "won", "spectators", "host", "stored_at")
    list_filter = ("is_live", "game", "stored_at")
    ordering = ("-stored_at",)
    fields = readonly_fields = (
        "match_link", "game", "version", "settings", "is_begun", "is_live", "number", "won",
        "drawn", "scores", "length", "absence_ms", "spectators", "host", "fence", "revision",
        "stored_at",
    )  # fmt: skip
    related = ("match", "host")


@admin.register(PlayedGame)
class PlayedGameAdmin(_OfMatch):
    """Finished games, and where they are watched again."""

    list_display = ("sides", "number", "game", "scores", "reason", "length", "played_at", "watch")
    list_filter = ("game", "reason", "played_at")
    ordering = ("-played_at",)
    fields = readonly_fields = (
        "match_link", "watch", "number", "revision", "game", "version", "settings", "first", "seed",
        "length", "winner", "scores", "reason", "played_at", "record_size",
    )  # fmt: skip

    @admin.display(description="replay")
    def watch(self, played: PlayedGame) -> SafeString:
        """Watch it again; of several games with one number that is the last."""
        address = reverse("match", args=(played.match_id,))
        return format_html('<a href="{}/replay?game={}">Watch</a>', address, played.number)

    @admin.display(description="record")
    def record_size(self, played: PlayedGame) -> str:
        """How large its record is."""
        return f"{len(played.record):,} bytes"
