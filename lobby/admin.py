"""The event log, read-only, and moderation."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import Truncator

from lib.admin import ServicedAdmin
from lib.errors import Refusal
from lobby.events.data import EVENTS
from streams.models import Event, Stream

from .models import ChatSettings, Mute
from .moderation import delete_line
from .stream_names import LOBBY

KINDS = (("lobby", "the lobby"), ("tournament:", "tournaments"), ("match:", "matches"))
LINE_CHARS = 80


class TypeFilter(admin.SimpleListFilter):
    """Events of one type; the types are known, so that none need be counted."""

    title = parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every type that a log may hold."""
        return [(name, name.replace("_", " ")) for name in EVENTS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Events of the chosen type."""
        return queryset.filter(type=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    """The lobby's stream, or those of tournaments or matches, of which there may be thousands."""

    title = "streams of"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        """The kinds of stream."""
        return KINDS

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows whose stream is of the chosen kind."""
        if not self.value():
            return queryset
        name = "name" if queryset.model is Stream else "stream__name"
        return queryset.filter(**{f"{name}__startswith": self.value()})


@admin.register(Event)
class EventAdmin(ServicedAdmin[Event]):
    """Events, the last first; a search finds words of the text, or the whole of a stream's name."""

    list_display = ("at", "type", "start_of_text", "stream_name", "seq")
    list_filter = (TypeFilter, KindFilter, "at")
    search_fields = ("text", "=stream__name")
    ordering = ("-pk",)
    show_full_result_count = False
    fields = readonly_fields = ("at", "stream", "seq", "type", "text", "data")
    actions = ("take_away",)

    @admin.action(permissions=["act"], description="Take these lines of chat away")
    def take_away(self, request: HttpRequest, events: QuerySet[Event]) -> None:
        """Empty lines of chat; every open page drops them."""
        self.act_on_each(request, events, _take_away)

    @admin.display(description="stream")
    def stream_name(self, event: Event) -> str:
        """Whose log it is in."""
        return event.stream_id

    @admin.display(description="text")
    def start_of_text(self, event: Event) -> str:
        """What people read, cut where a big bracket would fill the page."""
        return Truncator(event.text).chars(LINE_CHARS)


def _take_away(event: Event) -> str:
    if event.type != "chat" or event.stream_id != LOBBY:
        raise Refusal("Only lines of chat can be taken away.")
    delete_line(seq=event.seq)
    return "Taken away."


@admin.register(Mute)
class MuteAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Muted players and addresses, and until when; deleting a row ends the mute."""

    list_display = ("__str__", "player", "address", "until", "reason")
    search_fields = ("player__name", "address", "reason")
    autocomplete_fields = ("player",)
    list_select_related = ("player",)
    ordering = ("-until",)


@admin.register(ChatSettings)
class ChatSettingsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who may talk in the lobby, and how often: the list is the form of the one row."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The form of the one row."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row, _ = ChatSettings.objects.get_or_create(pk=ChatSettings.ROW)
        return redirect("admin:lobby_chatsettings_change", row.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ChatSettings | None = None) -> bool:
        """There is one row."""
        return False


@admin.register(Stream)
class StreamAdmin(ServicedAdmin[Stream]):
    """How far each stream is."""

    list_display = ("name", "epoch", "seq")
    list_filter = (KindFilter,)
    search_fields = ("name",)
    ordering = ("name",)
    fields = readonly_fields = ("name", "epoch", "seq")
