"""A tournament's operations in the admin, and the rows that it shows."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.urls import reverse

from lib.admin import Button, LatestFormSet, ReadInline
from tournaments.models import Action, Entry, Judge, Station, Tournament, TournamentState
from tournaments.selectors import swiss_to_pair
from tournaments.services.actors import Actor
from tournaments.services.permissions import organiser_actor
from tournaments.services.undo.stack import last_undoable


def steps_of(tournament: Tournament) -> list[str]:
    """The operations that the admin offers now."""
    steps: list[str] = []
    match tournament.state:
        case TournamentState.DRAFT:
            steps = ["open-check-in"]
            if tournament.entry != Entry.ORGANISER:
                steps.insert(0, "open-registration")
        case TournamentState.REGISTRATION:
            steps = ["close-registration", "open-check-in"]
        case TournamentState.CHECK_IN:
            steps = ["close-check-in"]
        case TournamentState.RUNNING if swiss_to_pair(tournament):
            steps = ["pair"]
    if tournament.state != TournamentState.CANCELLED and last_undoable(tournament):
        steps.append("undo")
    return steps


def manage_button(tournament: Tournament) -> Button:
    """The way to the organiser's pages, which do everything else."""
    return Button("Entrants, stations, judges", reverse("tournament-manage", args=[tournament.pk]))


def staff_actor(tournament: Tournament, user: AbstractBaseUser | AnonymousUser) -> Actor:
    """The account that works in the admin, as the record names it."""
    return organiser_actor(tournament=tournament, user=user) or Actor(str(user))


class StationInline(ReadInline):
    """Its stations."""

    model = Station
    fields = readonly_fields = ("number", "name")


class JudgeInline(ReadInline):
    """Its judges."""

    model = Judge
    fields = readonly_fields = ("name", "player", "station", "created_at")


class ActionInline(ReadInline):
    """The last lines of its record."""

    model = Action
    formset = LatestFormSet
    verbose_name_plural = "record"
    fields = readonly_fields = ("at", "actor_name", "text", "why")
