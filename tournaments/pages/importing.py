"""The page of a tournament out of files: looked at first, then made."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from matchmaking.models import Player
from tournaments.forms.importing import ImportForm
from tournaments.models import Tournament
from tournaments.revisions import large_write
from tournaments.services.setup.quotas import BYTES_FOR_EACH
from tournaments.services.transfer.imports import import_file
from tournaments.services.transfer.preview import Preview, preview_file

from .making import create_by_form, made_by_of, needs_name
from .responses import submit


@require_http_methods(["GET", "POST"])
def tournament_import(request: HttpRequest) -> HttpResponse:
    """Create a tournament from a file; a visitor becomes a guest by it.

    With the button `preview` it is only shown what would be made.
    """
    form = ImportForm(
        request.POST or None, request.FILES or None, needs_organiser=needs_name(request)
    )
    if "preview" in request.POST:
        return _preview(request, form)

    def create(player: Player | None) -> Tournament:
        content = form.content()
        size = len(content["data"]) // BYTES_FOR_EACH
        made_by = made_by_of(request, player, size)
        with large_write(size, request.META.get("REMOTE_ADDR")):
            made = import_file(**content, **made_by)
        for warning in made.warnings:
            messages.warning(request, warning)
        return made.tournament

    return create_by_form(request, form, "import", create)


def _preview(request: HttpRequest, form: ImportForm) -> HttpResponse:
    """What the file would make, to be confirmed; the name of an organiser is asked for then."""

    def look() -> Preview:
        content = form.content()
        size = len(content["data"]) // BYTES_FOR_EACH
        made_by_of(request, None, size)  # it takes as much work as making it
        with large_write(size, request.META.get("REMOTE_ADDR")):
            return preview_file(**content)

    if "organiser" in form.fields:
        form.fields["organiser"].required = False
    preview = submit(form, look, form.refusal_field)
    context = {"form": form, "preview": preview, "packed": form.kept() if preview else ""}
    return render(request, "tournaments/import.html", context, status=200 if preview else 400)
