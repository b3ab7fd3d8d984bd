"""A tournament elsewhere: on a screen, on paper, in other sites, in calendars."""

from typing import Any
from uuid import UUID

from csp.decorators import csp_replace
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from tournaments.display.choice import Choice, number_in
from tournaments.display.slides import sheets_of, slides_of
from tournaments.models import Tournament
from tournaments.pages.sharing.calendar import calendar_entry
from tournaments.pages.sharing.image import Preview, draw_preview
from tournaments.pages.sharing.links import absolute, share_of
from tournaments.revisions import LARGE, slot_for, slot_if_large

from .shown import Whole, shown_of

SECONDS_SHOWN, SECONDS_LEAST, SECONDS_MOST = 12, 3, 300
THEMES = {"light", "dark"}
PICTURE_SECONDS = 24 * 3600
#: Any site may frame it: it shows only what is public and takes no input.
FRAMED: dict[str, Any] = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"] | {"frame-ancestors": ["*"]}


@require_safe
@never_cache
def tournament_screen(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """For a projector: large, dark, slide after slide."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    asked = number_in(request.GET.get("seconds", ""))
    seconds = SECONDS_SHOWN if asked is None else min(max(asked, SECONDS_LEAST), SECONDS_MOST)
    name = "_slides" if "fragment" in request.GET else "screen"
    with slot_if_large(tournament, request.META.get("REMOTE_ADDR")):
        context = _whole(request, tournament) | {"theme": "dark", "seconds": seconds}
        context["slides"] = slides_of(tournament, context["view"])
        return render(request, f"tournaments/{name}.html", context)


def _whole(request: HttpRequest, tournament: Tournament) -> dict[str, Any]:
    """What the projector's view and the sheets of paper are made of."""
    whole = Whole.read(tournament, Choice.of(request.GET))
    return {
        "tournament": tournament,
        "entrants": whole.entrants,
        "view": whole.view,
        "champions": whole.champions,
        "share": share_of(request, tournament, len(whole.entrants)),
    }


@require_safe
@never_cache
def tournament_print(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """For paper: a large bracket in sheets that can be laid side by side."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    with slot_if_large(tournament, request.META.get("REMOTE_ADDR")):
        context = _whole(request, tournament)
        context["sheets"] = sheets_of(context["view"])
        return render(request, "tournaments/print.html", context)


@require_safe
@never_cache
@xframe_options_exempt
@csp_replace(FRAMED)  # type: ignore[arg-type]
def tournament_embed(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """For a frame in another site: no head, no cookies, no buttons."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    theme = request.GET.get("theme", "")
    shown = shown_of(request, tournament, framed=True)
    context = {
        "tournament": tournament,
        "shown": shown,
        "share": share_of(request, tournament, shown.players),
        "theme": theme if theme in THEMES else "",
        "framed": True,
    }
    name = "_tournament" if "fragment" in request.GET else "embed"
    # Without the request: no session is opened, so no cookie is set.
    return HttpResponse(render_to_string(f"tournaments/{name}.html", context))


@require_safe
def tournament_preview(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """The picture that a shared link shows; drawn again when the tournament has changed."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    etag = f'"{tournament.pk.hex}-{tournament.revision}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        preview = preview_of(request, tournament)
        name = f"preview:{preview.fingerprint}"
        png = cache.get(name)
        if png is None:
            with slot_for(LARGE, request.META.get("REMOTE_ADDR")):
                png = draw_preview(preview)
            cache.set(name, png, PICTURE_SECONDS)
        response = HttpResponse(png, content_type="image/png")
    response["Cache-Control"], response["ETag"] = "public, max-age=60", etag
    return response


def preview_of(request: HttpRequest, tournament: Tournament) -> Preview:
    """What the picture shows of a tournament now."""
    shown = shown_of(request, tournament)
    headline = " and ".join(shown.champions[:2])
    return Preview(
        name=tournament.name,
        facts=share_of(request, tournament, shown.players).text,
        headline=f"{headline} won" if headline else "",
        rows=tuple(shown.top_names),
        is_bracket=not shown.is_table,
    )


@require_safe
def tournament_calendar(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """The calendar entry of a tournament that has a time to start at."""
    tournament = get_object_or_404(Tournament, pk=tournament_id)
    if tournament.starts_at is None:
        raise Http404
    url = absolute(request, reverse("tournament", args=[tournament.pk]))
    return HttpResponse(
        calendar_entry(tournament, url=url, now=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="tournament.ics"'},
    )
