"""Tournaments, as an organiser makes, runs and reads them; and matches with a place in one."""

from typing import Any, cast
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from lib.admin import Button, Question, ServicedAdmin, annotated, count_by
from matchmaking.admin.matches import MatchAdmin
from matchmaking.admin.result_form import result_page
from matchmaking.identity import player_of_user
from matchmaking.models import Match, MatchState
from matchmaking.results import Result
from tournaments.display.bracket import view_groups
from tournaments.models import Entrant, Pairing, PairingState, Slot, Tournament, TournamentState
from tournaments.schemas import tournament_url
from tournaments.selectors import bracket_pairings, champions
from tournaments.services.operations import OPERATIONS
from tournaments.services.permissions import Account, owner_actor
from tournaments.services.progress.results import enter_result
from tournaments.services.progress.start import cancel_tournament, start_tournament
from tournaments.services.setup.creation import create_tournament

from .forms import DraftForm
from .manage import ActionInline, JudgeInline, StationInline, manage_button, staff_actor, steps_of


@admin.register(Tournament)
class TournamentAdmin(ServicedAdmin[Tournament]):
    """Tournaments: created, started, their results entered, perhaps cancelled."""

    change_form_template = "admin/tournaments/tournament/change_form.html"
    list_display = ("name", "state", "entrant_count", "progress", "created_at")
    list_filter = ("state", "seeding", "created_at")
    search_fields = ("name", "entrants__name")
    readonly_fields = (
        "name", "state", "progress", "seeding", "byes", "organiser",
        "created_at", "started_at", "finished_at", "id",
    )  # fmt: skip
    inlines = (StationInline, JudgeInline, ActionInline)
    actions_on_row = ("start", "cancel")
    related = ("organiser",)
    entrant_count = annotated("entrant_count", "entrants")
    fieldsets = (
        (None, {"fields": readonly_fields[:6]}),
        ("Times", {"fields": readonly_fields[6:], "classes": ("collapse",)}),
    )

    # Permissions.

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Accounts with the permission to add create drafts."""
        return request.user.has_perm("tournaments.add_tournament")

    def has_delete_permission(self, request: HttpRequest, obj: Tournament | None = None) -> bool:
        """Only a draft may be deleted."""
        is_draft = obj is not None and obj.state == TournamentState.DRAFT
        return is_draft and request.user.has_perm("tournaments.delete_tournament")

    # The list.

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tournament]:
        """With its numbers: entrants, matches in all, matches decided."""
        idle = (Slot.BYE, Slot.VACANT)
        pairings = Pairing.objects.filter(group__stage__tournament=OuterRef("pk"))
        met = pairings.exclude(Q(top_slot__in=idle) | Q(bottom_slot__in=idle))
        decided = met.filter(winner__isnull=False)
        return (
            super()
            .get_queryset(request)
            .annotate(
                entrant_count=count_by(
                    Entrant.objects.filter(tournament=OuterRef("pk")), "tournament"
                ),
                match_count=count_by(met, "group__stage__tournament"),
                decided_count=count_by(decided, "group__stage__tournament"),
            )
        )

    @admin.display(ordering="decided_count")
    def progress(self, tournament: Any) -> str:
        """How many of its matches are decided."""
        if not tournament.match_count:
            return "-"
        return f"{tournament.decided_count} of {tournament.match_count} decided"

    # A tournament's page.

    def view_on_site(self, obj: Tournament) -> str:
        """The public page."""
        return tournament_url(obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the bracket and the entrants beside the tournament's own fields."""
        tournament = kwargs["obj"]
        groups = view_groups(bracket_pairings(tournament.pk))
        pairings = [p for _, bracket in groups for c in bracket.rounds for p in c.pairings]
        is_finished = tournament.state == TournamentState.FINISHED
        last = tournament.stages.last() if is_finished else None
        context |= {
            "groups": groups,
            "ready": [pairing for pairing in pairings if pairing.state == PairingState.READY],
            "champions": champions(tournament, last) if last else [],
            "entrants": tournament.entrants.all(),
            "may_act": self.has_act_permission(request),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def buttons(self, request: HttpRequest, row: Tournament) -> list[Button]:
        """The operations that can be done now, and the way to all others."""
        if row.is_over:
            return self._steps(row)
        start = Button("Start the tournament", self.page("start", row.pk))
        cancel = Button("Cancel the tournament", self.page("cancel", row.pk))
        first = [start] if row.is_before_start else []
        return [*first, *self._steps(row), manage_button(row), cancel]

    def _steps(self, row: Tournament) -> list[Button]:
        return [
            Button(OPERATIONS[name].label, self.page("step", row.pk, name))
            for name in steps_of(row)
        ]

    # Actions.

    def get_urls(self) -> list[URLPattern]:
        """The pages that act, before the stock ones."""
        view = self.on_row
        name = "tournaments_tournament"
        return [
            path("<uuid:pk>/day/<slug:step>/", view(self.step_view), name=f"{name}_step"),
            path(
                "<uuid:pk>/results/<uuid:match_pk>/", view(self.result_view), name=f"{name}_result"
            ),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Make a tournament by pasting names."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = DraftForm(request.POST or None)
        may_start = self.has_act_permission(request)
        if form.is_valid():
            tournament = self._create(request, form, start=may_start and "_start" in request.POST)
            return redirect(self.page("change", tournament.pk))
        context = self.admin_site.each_context(request) | {
            "title": "Add tournament",
            "opts": self.opts,
            "back": self.page("changelist"),
            "form": form,
            "may_start": may_start,
        }
        return render(request, "admin/tournaments/tournament/add.html", context)

    @transaction.atomic
    def _create(self, request: HttpRequest, form: DraftForm, *, start: bool) -> Tournament:
        organiser = player_of_user(cast(User, request.user))
        actor = owner_actor(organiser, request.user)
        made = create_tournament(organiser=organiser, actor=actor, **form.arguments())
        tournament = made.tournament
        said = f"Made {tournament} with {len(form.cleaned_data['players'])} entrants."
        self.log_addition(request, tournament, said)
        self.message_user(request, said, messages.SUCCESS)
        if start:
            self.act(request, tournament, lambda: _start(tournament, request.user))
        return tournament

    def start_view(self, request: HttpRequest, tournament: Tournament) -> HttpResponse:
        """The page that asks before a draft is drawn and started."""
        question = Question(
            f"Start {tournament}?",
            f"{tournament.entrants.count()} entrants are seeded "
            f"({tournament.get_seeding_display()}), the bracket is drawn and shown to everybody. "
            "After that nobody can be added.",
            "Start the tournament",
        )
        return self.ask_first(
            request, tournament, question, lambda: _start(tournament, request.user)
        )

    def step_view(self, request: HttpRequest, tournament: Tournament, step: str) -> HttpResponse:
        """The page that asks before an operation."""
        if (one := OPERATIONS.get(step)) is None or not one.label:
            raise Http404
        actor = staff_actor(tournament, request.user)
        question = Question(f"{one.label}: {tournament}?", one.consequence, one.label)
        return self.ask_first(request, tournament, question, lambda: one.do(tournament, actor))

    def cancel_view(self, request: HttpRequest, tournament: Tournament) -> HttpResponse:
        """The page that asks before a tournament is cancelled."""
        question = Question(
            f"Cancel {tournament}?",
            "It ends without a winner, and so do its matches that are not yet played. "
            "This cannot be undone.",
            "Cancel the tournament",
        )
        return self.ask_first(
            request, tournament, question, lambda: _cancel(tournament, request.user)
        )

    def result_view(
        self, request: HttpRequest, tournament: Tournament, match_pk: UUID
    ) -> HttpResponse:
        """The page on which a match's result is entered; the winner advances."""
        matches = Match.objects.in_full().filter(pairing__group__stage__tournament=tournament)
        match = get_object_or_404(matches, pk=match_pk)
        actor = staff_actor(tournament, request.user)

        def enter(result: Result) -> None:
            enter_result(
                tournament_id=tournament.pk, match_id=match_pk, report=lambda _: result, actor=actor
            )

        return result_page(self, request, tournament, match, enter)

    def delete_model(self, request: HttpRequest, obj: Tournament) -> None:
        """Delete a draft, unless it has been started meanwhile."""
        drafts = Tournament.objects.select_for_update().filter(state=TournamentState.DRAFT)
        if not drafts.filter(pk=obj.pk).exists():
            raise PermissionDenied
        super().delete_model(request, obj)


def _start(tournament: Tournament, user: Account) -> str:
    actor = staff_actor(tournament, user)
    pairs = start_tournament(tournament_id=tournament.pk, actor=actor)
    return f"Started {tournament}: {len(pairs)} pairings in the first round."


def _cancel(tournament: Tournament, user: Account) -> str:
    cancel_tournament(tournament_id=tournament.pk, actor=staff_actor(tournament, user))
    return f"Cancelled {tournament}."


class BracketMatchAdmin(MatchAdmin):
    """Matches, with the tournament in which each has its place."""

    list_display = ("sides", "state", "result", "pool", "tournament", "created_at")
    search_fields = (*MatchAdmin.search_fields, "pairing__group__stage__tournament__name")
    fields = (*MatchAdmin.fields, "tournament")
    readonly_fields = fields
    related = ("pool", "pairing__group__stage__tournament")

    def tournament(self, match: Match) -> str:
        """Where the match has its place, with the way there."""
        tournament = _tournament_of(match)
        if tournament is None:
            return "-"
        page = reverse("admin:tournaments_tournament_change", args=[tournament.pk])
        return format_html('<a href="{}">{}</a> {}', page, tournament, match.pairing.key)

    def buttons(self, request: HttpRequest, row: Match) -> list[Button]:
        """A bracket's match is only finished, and that at its tournament."""
        tournament = _tournament_of(row)
        if tournament is None:
            return super().buttons(request, row)
        may_run = request.user.has_perm("tournaments.change_tournament")
        if row.state != MatchState.OPEN or not may_run:
            return []
        return [Button("Enter the result", _result_page(tournament, row))]

    def result_view(self, request: HttpRequest, match: Match) -> HttpResponse:
        """The page on which a result is entered: the tournament's own, for a bracket's match."""
        tournament = _tournament_of(match)
        if tournament is None:
            return super().result_view(request, match)
        return redirect(_result_page(tournament, match))


def _result_page(tournament: Tournament, match: Match) -> str:
    return reverse("admin:tournaments_tournament_result", args=[tournament.pk, match.pk])


def _tournament_of(match: Match) -> Tournament | None:
    pairing: Pairing | None = getattr(match, "pairing", None)
    return pairing.group.stage.tournament if pairing else None


admin.site.unregister(Match)
admin.site.register(Match, BracketMatchAdmin)
