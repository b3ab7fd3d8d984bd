"""The page on which an organiser pairs the next round of a Swiss by hand."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lib.errors import Refusal
from tournaments.models import Tournament
from tournaments.services.actors import Actor
from tournaments.services.progress.pairing_by_hand import Suggestion, pair_by_hand, suggest_pairs

from .manage import organiser_page, with_form

#: A choice of both sides of a board, by the entrants' ids; empty where nobody is chosen.
Board = tuple[str, str]


@with_form
@organiser_page
def pair_page(request: HttpRequest, tournament: Tournament, actor: Actor) -> HttpResponse:
    """The boards of the next round, as suggested, to be changed and published."""
    refusal, chosen = None, _chosen(request.POST)
    if request.method == "POST":
        try:
            round_ = pair_by_hand(
                tournament_id=tournament.pk,
                pairs=[(int(white), int(black)) for white, black in chosen if white and black],
                actor=actor,
                repeats="repeats" in request.POST,
                why=request.POST.get("why", ""),
            )
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, f"{round_} is paired.")
            return redirect("tournament", tournament.pk)
    return _form(request, tournament, chosen, refusal)


def _form(
    request: HttpRequest, tournament: Tournament, chosen: list[Board], refusal: Refusal | None
) -> HttpResponse:
    try:
        suggestion = suggest_pairs(tournament.pk)
    except Refusal as error:
        messages.error(request, (refusal or error).message)
        return redirect("tournament", tournament.pk)
    context = {
        "tournament": tournament,
        "suggestion": suggestion,
        "boards": chosen or _suggested(suggestion),
        "refusal": refusal,
        "why": request.POST.get("why", ""),
    }
    status = 400 if refusal else 200
    return render(request, "tournaments/manage/pair.html", context, status=status)


def _suggested(suggestion: Suggestion) -> list[Board]:
    return [(str(white.pk), str(black.pk)) for white, black in suggestion.pairs]


def _chosen(data: Mapping[str, str]) -> list[Board]:
    """The boards of a form that was sent; what is no id counts as nobody."""
    boards = range(1, sum(name.startswith("white-") for name in data) + 1)
    return [
        (_id(data.get(f"white-{board}", "")), _id(data.get(f"black-{board}", "")))
        for board in boards
    ]


def _id(raw: str) -> str:
    return raw if raw.isascii() and raw.isdigit() and len(raw) < 18 else ""
