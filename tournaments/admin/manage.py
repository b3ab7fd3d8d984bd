"""The day of a tournament in the admin: its steps, and what is read of it there."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.urls import reverse

from lib.admin import Button, LatestFormSet, Question, ReadInline
from tournaments.models import Action, Entry, Judge, Station, Tournament, TournamentState
from tournaments.selectors import swiss_to_pair
from tournaments.services.actors import Actor
from tournaments.services.entry.check_in import close_check_in, open_check_in
from tournaments.services.entry.registration import close_registration, open_registration
from tournaments.services.permissions import organiser_actor
from tournaments.services.progress.swiss_rounds import pair_next_round, swiss_group
from tournaments.services.undo.stack import last_undoable, undo_last


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is done to a tournament after asking; `did` says it afterwards."""

    label: str
    consequence: str
    do: Callable[..., object]
    did: str

    def question(self, tournament: Tournament) -> Question:
        """What is asked before."""
        return Question(f"{self.label}: {tournament}?", self.consequence, self.label)

    def take(self, tournament: Tournament, actor: Actor) -> str:
        """Do it; gives what was done, in words."""
        self.do(tournament_id=tournament.pk, actor=actor)
        return f"{self.did} {tournament}."


def _pair(*, tournament_id: UUID, actor: Actor) -> object:
    tournament = Tournament.objects.get(pk=tournament_id)
    return pair_next_round(group=swiss_group(tournament), actor=actor)


STEPS = {
    "open-registration": Step(
        "Open registration",
        "Players can enter it by themselves from now on.",
        open_registration,
        "Opened registration of",
    ),
    "close-registration": Step(
        "Close registration",
        "Nobody can enter it any more; those entered stay.",
        close_registration,
        "Closed registration of",
    ),
    "open-check-in": Step(
        "Open check-in",
        "Players say that they are there. Who does not is left out at the start.",
        open_check_in,
        "Opened check-in of",
    ),
    "close-check-in": Step(
        "Close check-in",
        "Nobody is left out at the start for not having checked in.",
        close_check_in,
        "Closed check-in of",
    ),
    "pair": Step(
        "Pair the next round",
        "Everybody sees the new pairings at once.",
        _pair,
        "Paired the next round of",
    ),
    "undo": Step(
        "Undo the last action",
        "The last line of the record that can be undone is taken back, with what followed from it.",
        undo_last,
        "Undid the last action in",
    ),
}


def steps_of(tournament: Tournament) -> list[str]:
    """The steps that can be taken now."""
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
    verbose_name_plural = "record of the day"
    fields = readonly_fields = ("at", "actor_name", "text", "why")
