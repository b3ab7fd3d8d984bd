"""Players, tickets and matches, as an organiser finds, reads and edits them.

Pools, ratings, seasons and reports have modules of their own, which are loaded from here.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from lib.admin import (
    Button,
    LatestFormSet,
    Question,
    ReadInline,
    ServicedAdmin,
    annotated,
    count_by,
)
from lib.errors import Conflict
from matchmaking.callers import Caller
from matchmaking.models import Match, MatchState, Player, Seat, Ticket, TicketState
from matchmaking.results import Result
from matchmaking.services.matches import cancel_match, correct_match, finish_match
from matchmaking.services.queue.tickets import leave_pool
from matchmaking.wording import result_in_words, side_names

from .result_form import result_page


class KindFilter(admin.SimpleListFilter):
    """Guests, or those who have signed up."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The two kinds."""
        return [("registered", "registered"), ("guest", "guest")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Player]) -> QuerySet[Player]:
        """Players of the chosen kind."""
        is_guest = {"guest": True, "registered": False}.get(self.value() or "")
        return queryset if is_guest is None else queryset.filter(user__isnull=is_guest)


class LatestTickets(ReadInline):
    """A player's waits, the last first."""

    model = Ticket
    formset = LatestFormSet
    verbose_name_plural = "latest tickets"
    fields = readonly_fields = ("name", "pool", "state", "waiting_since", "match")
    ordering = ("-waiting_since",)

    related = ("pool", "match")
    prefetched = ("match__seats",)


class LatestMatches(ReadInline):
    """A player's matches, the last first."""

    model = Seat
    fk_name = "player"
    formset = LatestFormSet
    verbose_name_plural = "latest matches"
    fields = readonly_fields = ("match", "state", "result", "made_at")
    ordering = ("-match__created_at",)

    related = ("match",)
    prefetched = ("match__seats",)

    def state(self, seat: Seat) -> str:
        """The state of the match."""
        return seat.match.get_state_display()

    def result(self, seat: Seat) -> str:
        """The result in words."""
        return result_words(seat.match)

    def made_at(self, seat: Seat) -> str:
        """When it was made."""
        return date_format(localtime(seat.match.created_at), "DATETIME_FORMAT")


@admin.register(Player)
class PlayerAdmin(ServicedAdmin[Player]):
    """Players. A guest's token is never shown, nor its stored digest."""

    list_display = ("name", "kind", "match_count", "is_waiting", "created_at")
    list_filter = (KindFilter, "created_at")
    search_fields = ("name", "name_key")
    fields = readonly_fields = ("name", "kind", "account", "id", "created_at")
    inlines = (LatestTickets, LatestMatches)
    related = ("user",)
    match_count = annotated("match_count", "matches")
    is_waiting = annotated("is_waiting", "waits", boolean=True)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Player]:
        """With the number of matches, and whether the player waits."""
        seats = Seat.objects.filter(player=OuterRef("pk"))
        waiting = Ticket.objects.waiting().filter(player=OuterRef("pk"))
        rows = super().get_queryset(request)
        return rows.annotate(match_count=count_by(seats, "player"), is_waiting=Exists(waiting))

    def kind(self, player: Player) -> str:
        """Guest or registered."""
        return "guest" if player.is_guest else "registered"

    def account(self, player: Player) -> str:
        """The account's user name."""
        return player.user.get_username() if player.user else "-"


@admin.register(Ticket)
class TicketAdmin(ServicedAdmin[Ticket]):
    """Waits in pools, and how each ended."""

    list_display = ("name", "pool", "state", "waiting_since", "seen_at", "match")
    list_filter = ("state", "pool", "waiting_since")
    search_fields = ("name", "player__name")
    ordering = ("-waiting_since",)
    fields = readonly_fields = (
        "name", "player", "pool", "state", "waiting_since", "seen_at", "match", "id"
    )  # fmt: skip
    actions = ("cancel_tickets",)

    related = ("pool", "player", "match")
    prefetched = ("match__seats",)

    @admin.action(description="Cancel selected tickets", permissions=["act"])
    def cancel_tickets(self, request: HttpRequest, tickets: QuerySet[Ticket]) -> None:
        """Take these players out of the queue."""
        self.act_on_each(request, tickets, _cancel_ticket)


def _cancel_ticket(ticket: Ticket) -> str:
    if ticket.state != TicketState.WAITING:
        raise Conflict(f"This ticket is already {ticket.get_state_display()}.")
    leave_pool(ticket_id=ticket.pk, caller=Caller(player_id=ticket.player_id))
    return f"Took {ticket.name} out of the queue."


class SeatInline(ReadInline):
    """The seats of a match, the first side first."""

    model = Seat
    verbose_name_plural = "sides"
    fields = readonly_fields = ("name", "player")

    related = ("player",)


class MatchAdmin(ServicedAdmin[Match]):
    """Matches; those that a pool made are finished and cancelled here."""

    list_display: tuple[str, ...] = ("sides", "state", "result", "pool", "created_at")
    list_filter = ("state", "outcome", "pool", "created_at")
    search_fields: ClassVar[tuple[str, ...]] = ("seats__name", "seats__player__name")
    fields: ClassVar[tuple[str, ...]] = (
        "sides", "state", "result", "best_of", "pool", "created_at", "closed_at", "id"
    )  # fmt: skip
    readonly_fields = fields
    inlines = (SeatInline,)
    actions = ("cancel_matches",)

    actions_on_row = ("result", "correct", "cancel")
    related: tuple[str, ...] = ("pool",)
    prefetched = ("seats",)

    @admin.display(description="match")
    def sides(self, match: Match) -> str:
        """The names of the sides."""
        return " vs ".join(side_names(match))

    def result(self, match: Match) -> str:
        """The result in words."""
        return result_words(match)

    def buttons(self, request: HttpRequest, match: Match) -> list[Button]:
        """A pool's match: enter its result, call it off, or correct the result it has."""
        if match.pool is None:
            return []
        if match.state == MatchState.FINISHED:
            return [Button("Correct the result", self.page("correct", match.pk))]
        if match.state != MatchState.OPEN:
            return []
        return [
            Button("Enter the result", self.page("result", match.pk)),
            Button("Cancel the match", self.page("cancel", match.pk)),
        ]

    def result_view(self, request: HttpRequest, match: Match) -> HttpResponse:
        """The page on which the result of a pool's match is entered."""
        return result_page(self, request, match, match, lambda result: _record(match, result))

    def correct_view(self, request: HttpRequest, match: Match) -> HttpResponse:
        """The page on which a finished match gets another result; ratings are corrected."""
        return result_page(
            self,
            request,
            match,
            match,
            lambda result: _correct(match, result),
            states=(MatchState.FINISHED,),
        )

    def cancel_view(self, request: HttpRequest, match: Match) -> HttpResponse:
        """The page that asks before a match is called off."""
        question = Question(
            f"Cancel {match}?",
            "The match ends without a winner, and its players may queue again.",
            "Cancel the match",
        )
        return self.ask_first(request, match, question, lambda: _cancel_match(match))

    @admin.action(description="Cancel selected matches", permissions=["act"])
    def cancel_matches(self, request: HttpRequest, matches: QuerySet[Match]) -> None:
        """Call these matches off."""
        self.act_on_each(request, matches, _cancel_match)


admin.site.register(Match, MatchAdmin)


def _record(match: Match, result: Result) -> None:
    if match.pool is None:
        raise Conflict("This match has a place in a bracket: enter its result there.")
    finish_match(match=match, result=result)


def _correct(match: Match, result: Result) -> None:
    if match.pool is None:
        raise Conflict("This match has a place in a bracket: correct its result there.")
    correct_match(match=match, result=result)


def _cancel_match(match: Match) -> str:
    cancel_match(match_id=match.pk)
    return f"Cancelled {match}."


def result_words(match: Match) -> str:
    """The result as a column; needs the match's seats prefetched."""
    return result_in_words(Result.of(match), side_names(match)) if match.outcome else "-"
