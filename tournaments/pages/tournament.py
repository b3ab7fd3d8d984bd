"""Pages of tournaments: the list, a new one, and the bracket or table."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.errors import Refusal
from matchmaking.models import Player
from tournaments.display.draft import view_draft
from tournaments.display.pairing_time import pairing_words
from tournaments.forms.creation import DrawForm, TournamentForm
from tournaments.models import ShortAddress, Tournament, TournamentState
from tournaments.pages.sharing.links import share_of
from tournaments.revisions import large_write, slot_for
from tournaments.selectors import listed_tournaments
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.services.transfer.imports import MadeBy
from tournaments.services.undo.stack import last_undoable

from .making import create_by_form, made_by_of, needs_name
from .rights import reader_of
from .shown import shown_of

PER_PAGE = 20
#: The states in which results may be entered or corrected.
PLAYED = (TournamentState.RUNNING, TournamentState.FINISHED)


@require_safe
def tournament_list(request: HttpRequest) -> HttpResponse:
    """All tournaments, the newest first."""
    page = Paginator(listed_tournaments(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "tournaments/list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def tournament_new(request: HttpRequest) -> HttpResponse:
    """Create a tournament; a visitor becomes a guest by it."""
    form = TournamentForm(request.POST or None, needs_organiser=needs_name(request))

    def create(player: Player | None) -> Tournament:
        arguments = form.arguments()
        size = len(arguments["players"])
        made_by = made_by_of(request, player, size)
        with large_write(size, request.META.get("REMOTE_ADDR")):
            return make(made_by, arguments)

    def make(made_by: MadeBy, arguments: dict[str, Any]) -> Tournament:
        tournament = create_tournament(**made_by, **arguments).tournament
        if "draft" not in request.POST:
            try:
                start_tournament(tournament_id=tournament.pk, actor=made_by["actor"])
            except Refusal as refusal:
                messages.error(request, refusal.message)
        return tournament

    return create_by_form(request, form, "new", create)


@require_POST
def tournament_draw(request: HttpRequest) -> HttpResponse:
    """The draw of a new tournament as it is typed in; nothing while a field is wrong."""
    form = DrawForm(request.POST)
    lines = request.POST.get("players", "").count("\n")
    with slot_for(lines, request.META.get("REMOTE_ADDR")):
        draft = view_draft(*form.parts()) if form.is_valid() else None
        return render(request, "tournaments/_draft.html", {"draft": draft})


@require_safe
@never_cache
@ensure_csrf_cookie
def tournament_page(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """A tournament's bracket or table; with `?fragment`, the part that changes as it goes on."""
    tournament = get_object_or_404(Tournament.objects.select_related("organiser"), pk=tournament_id)
    reader = reader_of(request, tournament)
    may_enter = reader is not None and tournament.state in PLAYED
    shown = shown_of(request, tournament, may_enter=may_enter)
    context = {
        "tournament": tournament,
        "shown": shown,
        "view": shown.view,
        "share": share_of(request, tournament, shown.players),
        "may_run": reader is not None and reader.may_run,
        "may_enter": may_enter,
        "quick": "quick" in request.GET,
        "pairing_words": pairing_words(shown.players),
        "pairing_seconds": settings.MATCHPOINT_SWISS_SECONDS,
        "starts_swiss": shown.starts_swiss,
        "undoable": last_undoable(tournament) if reader and reader.may_run else None,
    }
    name = "_tournament" if "fragment" in request.GET else "tournament"
    return render(request, f"tournaments/{name}.html", context)


@require_safe
def short_address(request: HttpRequest, slug: str, rest: str = "") -> HttpResponse:
    """A tournament's page at its short address; former ones, and what stands below, redirect."""
    address = get_object_or_404(
        ShortAddress.objects.select_related("tournament"), slug=slugify(slug, allow_unicode=True)
    )
    tournament = address.tournament
    if rest:
        return redirect(f"{reverse('tournament', args=[tournament.pk])}/{rest}")
    if slug != tournament.slug:
        return redirect("tournament-short", tournament.slug)
    response: HttpResponse = tournament_page(request, tournament.pk)
    return response
