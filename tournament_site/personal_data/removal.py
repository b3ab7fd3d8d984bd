"""A player goes for good: others' results stay, under a name that says nothing."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from lib.errors import Conflict
from lib.models import StoredResponse
from lobby.models import LineSource, Mute
from lobby.moderation import delete_lines
from matchmaking.models import (
    Cooldown,
    ExternalPlayer,
    Invitation,
    PartyMember,
    Player,
    SeasonPlace,
    Seat,
    SignInName,
    Ticket,
)
from matchmaking.selectors import open_matches
from matchmaking.services.accounts import end_sessions
from matchmaking.services.sign_outs import close_sockets_of
from streams.models import Event
from tournaments.models import Action, Entrant, Judge, Member, Tournament, TournamentState
from tournaments.models.entrants import EntryStatus
from tournaments.services.locking import lock_tournament

from .alias import Alias
from .traces import any_of, chat_of, events_about, matches_of, names_of, tournaments_of

_OVER = (TournamentState.FINISHED, TournamentState.CANCELLED)
_OUT = (EntryStatus.WITHDRAWN, EntryStatus.DISQUALIFIED, EntryStatus.DECLINED)


def hindrances(player: Player) -> Iterator[str]:
    """What a player has to do first, a sentence each."""
    if player.user is not None and player.user.is_staff:
        yield "Staff accounts are not deleted: let another of staff take the rights away first."
    if Ticket.objects.filter(player=player).open().exists():
        yield "Leave the queue first."
    if PartyMember.objects.filter(player=player).exists():
        yield "Leave your party first."
    if open_matches(player):
        yield "Finish or concede your match first, or report how it ended."
    going_on = Tournament.objects.exclude(state__in=_OVER)
    alone = Entrant.objects.filter(player=player).exclude(status__in=_OUT)
    teams = Entrant.objects.filter(members__player=player).exclude(status__in=_OUT)
    for tournament in going_on.filter(entrants__in=alone | teams).distinct()[:3]:
        yield f"Withdraw from {tournament.name} first, or wait until it is over."
    for tournament in going_on.filter(organiser=player)[:3]:
        yield f"Finish or cancel {tournament.name}, which you organise, first."


@transaction.atomic
def delete_player(player: Player) -> str:
    """Delete all that is personal of a player; returns the alias that stays in others' results.

    Raises `Conflict` with what has to be done first. There is no way back.
    """
    tournaments = tournaments_of(player)
    for tournament_id in tournaments:
        lock_tournament(tournament_id)
    if found := next(hindrances(player), None):
        raise Conflict(found, code="still_playing")
    matches = matches_of(player)
    names, keys = names_of(player)
    alias = Alias(names, keys)
    _rename_rows(player, alias)
    _rename_in_tournaments(tournaments, alias)
    _rename_in_copies(player, names, alias)
    streams = _rename_in_events(player, tournaments, matches, alias)
    _forget_account(player, alias)
    _forget_conversation(player)
    close_sockets_of(player.pk, read_anew=streams)
    return alias.name.display


def _forget_conversation(player: Player) -> None:
    """Lines of chat, and where they came from. A muted address stays muted, without a name."""
    delete_lines(sorted(chat_of(player).values_list("seq", flat=True)))
    LineSource.objects.filter(player=player.pk).delete()
    mute = Mute.objects.filter(player=player).first()
    if mute is not None:
        mute.delete()
        if mute.address:
            address_only = {"until": mute.until, "since": mute.since}
            Mute.objects.get_or_create(address=mute.address, player=None, defaults=address_only)


def _rename_rows(player: Player, alias: Alias) -> None:
    """The copies of the name beside the player, which places and results are shown by."""
    name = alias.name
    for model in (Seat, SeasonPlace, Member, Judge):
        rows: Any = model
        rows.objects.filter(player=player).update(name=name.display)
    alone = Entrant.objects.filter(player=player, tournament__team_size=1)
    alone.update(name=name.display, name_key=name.name_key, club="", region="")
    Tournament.objects.filter(organiser=player).update(origin="")
    Action.objects.filter(actor=player).update(actor_name=name.display)
    for gone in (Ticket, Cooldown):
        rows = gone
        rows.objects.filter(player=player).delete()


def _rename_in_tournaments(tournaments: Sequence[UUID], alias: Alias) -> None:
    """The record of what was done, with what an undo of it needs, and the plan of a Swiss."""
    for tournament in Tournament.objects.filter(pk__in=tournaments):
        plan = alias.in_value(tournament.pairing_plan)
        if plan != tournament.pairing_plan:
            Tournament.objects.filter(pk=tournament.pk).update(pairing_plan=plan)
        for action in Action.objects.filter(tournament=tournament):
            before = (action.text, action.why, action.data, action.undo)
            action.text, action.why = alias.in_text(action.text), alias.in_text(action.why)
            action.data, action.undo = alias.in_value(action.data), alias.in_value(action.undo)
            if before != (action.text, action.why, action.data, action.undo):
                action.save(update_fields=("text", "why", "data", "undo"))


def _rename_in_copies(player: Player, names: set[str], alias: Alias) -> None:
    """Answers that are kept for a retry, and the admin's history."""
    kept = StoredResponse.objects.annotate(raw=Cast("answer", TextField()))
    kept.filter(any_of("raw", [str(player.pk), *names])).delete()
    for entry in LogEntry.objects.filter(any_of("object_repr", list(names))):
        entry.object_repr = alias.in_text(entry.object_repr)
        entry.change_message = alias.in_text(entry.change_message)
        entry.save(update_fields=("object_repr", "change_message"))


def _rename_in_events(
    player: Player, tournaments: Sequence[UUID], matches: Sequence[UUID], alias: Alias
) -> list[str]:
    """Events keep their numbers, and lose the name; returns the streams in which one did."""
    changed: set[str] = set()
    for event in events_about(player, tournaments, matches):
        text, data = alias.in_text(event.text), alias.in_value(event.data)
        if (text, data) != (event.text, event.data):
            Event.objects.filter(pk=event.pk).update(text=text, data=data)
            changed.add(event.stream_id)
    return sorted(changed)


def _forget_account(player: Player, alias: Alias) -> None:
    """The player stays as a number with an alias; account, sessions and devices go.

    So does the id that they have at a service; its tokens go with the sockets.
    """
    user = player.user
    ExternalPlayer.objects.filter(player=player).delete()
    player.user, player.token_sha256 = None, None
    player.name, player.name_key, player.skeleton = alias.name
    player.save()
    if user is not None:
        SignInName.objects.filter(user=user).delete()
        theirs = Q(account=user) | (Q(email__iexact=user.email) if user.email else Q())
        Invitation.objects.filter(theirs).delete()
        end_sessions(user)
        User.objects.get(pk=user.pk).delete()  # with all that belongs to it, such as devices
