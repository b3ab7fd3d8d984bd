"""Changes of entries, seeds, stations and settings undone, and the start."""

from uuid import UUID

from django.utils.dateparse import parse_datetime

from lib.errors import Conflict
from lib.names import parse_name
from matchmaking.models import Player, Pool
from service_keys.models import ServiceKey
from tournaments.models import Entrant, EntryStatus, Pairing, Seeding, Tournament, TournamentState
from tournaments.services import capacity, undoable
from tournaments.services.actors import Actor
from tournaments.services.entry.entrants import ENTRANT_FIELDS, give_name, open_seats
from tournaments.services.guards import check_before_start, check_is_free, entrant_of
from tournaments.services.permissions import check_may_choose_server, check_may_rate
from tournaments.services.progress.redraw import check_can_redraw, redraw
from tournaments.services.progress.stages import tear_down
from tournaments.services.progress.start import number_seeds
from tournaments.services.setup.settings import check_in_time
from tournaments.services.venue.stations import place_at
from tournaments.signals import day_moved, stations_changed


def undo_state(tournament: Tournament, undone: undoable.StateMoved, actor: Actor) -> None:
    """Back to the state before registration or check-in opened or closed."""
    if tournament.state != undone.after:
        raise Conflict("The day has moved on since then.", code="too_late")
    tournament.change(state=TournamentState(undone.before))
    day_moved.send(sender=Tournament, tournament=tournament)


def undo_check_in(tournament: Tournament, undone: undoable.CheckedIn, actor: Actor) -> None:
    """The entrant is not checked in any more."""
    check_before_start(tournament)
    entrant = entrant_of(tournament, undone.entrant)
    entrant.change(checked_in_at=None)
    capacity.announce(tournament, entrant, capacity.EntryChange.UNCHECKED)


def undo_added(tournament: Tournament, undone: undoable.EntrantsAdded, actor: Actor) -> None:
    """Those who were entered are off the list again."""
    check_before_start(tournament)
    entrants = list(tournament.entrants.filter(pk__in=undone.entrants))
    tournament.entrants.filter(pk__in=undone.entrants).delete()
    capacity.announce_all(tournament, entrants, capacity.EntryChange.LEFT)
    capacity.fill_places(tournament)


def undo_removed(tournament: Tournament, undone: undoable.EntrantRemoved, actor: Actor) -> None:
    """Who was taken off the list is on it again, with the old seed where that is free."""
    check_before_start(tournament)
    kept = undone.entrant
    entrant = Entrant(pk=kept.id, tournament=tournament, player_id=_player(kept.player))
    for field in ENTRANT_FIELDS:
        setattr(entrant, field, getattr(kept, field))
    check_is_free(tournament, parse_name(entrant.name))
    if entrant.status == EntryStatus.ENTERED and capacity.places_left(tournament) < 1:
        entrant.status = EntryStatus.WAITING
    order = list(tournament.entrants.all())
    place = sum(other.seed < entrant.seed for other in order)
    entrant.seed = capacity.next_seed(tournament)
    entrant.save(force_insert=True)
    for one in kept.members:
        player = _player(one.player)
        entrant.members.create(name=one.name, player_id=player, is_captain=one.is_captain)
    order.insert(place, entrant)
    number_seeds(tournament, order)
    capacity.announce(tournament, entrant)


def _player(player_id: UUID | None) -> UUID | None:
    """A recorded player, if there still is one."""
    found = Player.objects.filter(pk__in=[player_id] if player_id else [])
    return found.values_list("pk", flat=True).first()


def undo_status(tournament: Tournament, undone: undoable.StatusChanged, actor: Actor) -> None:
    """An entry stands as it did before it was admitted or declined."""
    check_before_start(tournament)
    entrant = entrant_of(tournament, undone.entrant)
    is_full = undone.before == EntryStatus.ENTERED and capacity.places_left(tournament) < 1
    entrant.change(status=EntryStatus.WAITING if is_full else undone.before)
    capacity.fill_places(tournament)


def undo_renamed(tournament: Tournament, undone: undoable.EntrantRenamed, actor: Actor) -> None:
    """The entrant has its former name."""
    entrant = entrant_of(tournament, undone.entrant)
    give_name(tournament, entrant, parse_name(undone.before))


def undo_replaced(tournament: Tournament, undone: undoable.EntrantReplaced, actor: Actor) -> None:
    """The first entrant has the place again, and its open matches."""
    entrant, before = entrant_of(tournament, undone.entrant), undone.before
    check_is_free(tournament, parse_name(before.name), but=entrant)
    for field in ("name", "name_key", "rating", "club", "region"):
        setattr(entrant, field, getattr(before, field))
    entrant.player_id = _player(before.player)
    entrant.save()
    open_seats(entrant).update(name=entrant.name, player=entrant.player_id)
    capacity.announce(tournament, entrant, capacity.EntryChange.RENAMED)


def undo_seeds(tournament: Tournament, undone: undoable.SeedsChanged, actor: Actor) -> None:
    """The former order, and the draw made again if there is one."""
    started = not tournament.is_before_start
    if started:
        check_can_redraw(tournament)
    _restore_order(tournament, undone.order)
    if started:
        tournament.seeding = Seeding.GIVEN  # just so, not as it was once drawn
        redraw(tournament, actor)
    tournament.change(seeding=undone.seeding, shuffle_seed=undone.shuffle_seed)


def undo_station(tournament: Tournament, undone: undoable.StationSet, actor: Actor) -> None:
    """The match is at its former station, or at none."""
    pairing = Pairing.objects.ready().of(tournament).filter(pk=undone.pairing).first()
    if pairing is None:
        raise Conflict("This match has been played since then.", code="too_late")
    place_at(tournament, pairing, undone.before)
    stations_changed.send(sender=Pairing, tournament=tournament, pairings=[pairing])


def undo_settings(tournament: Tournament, undone: undoable.SettingsChanged, actor: Actor) -> None:
    """The former settings."""
    before = dict(undone.before)
    check_in_time(tournament, before)
    if before.get("starts_at"):
        before["starts_at"] = parse_datetime(before["starts_at"])
    if "rated_in" in before:
        check_may_rate(actor)
        before["rated_in"] = Pool.objects.filter(pk=before["rated_in"]).first()
    if "game_server" in before:
        if before["game_server"]:
            check_may_choose_server(actor)
        before["game_server"] = ServiceKey.objects.filter(pk=before["game_server"]).first()
    tournament.change(**before)


def undo_start(tournament: Tournament, undone: undoable.TournamentStarted, actor: Actor) -> None:
    """Back to before the start, as long as no result is in; who has left since then stays out.

    The shuffle seed is kept, so that a start undone by mistake draws the same again.
    """
    check_can_redraw(tournament)
    tear_down(list(tournament.stages.all()))
    if not undone.is_planned:
        tournament.stages.all().delete()
    tournament.change(state=TournamentState(undone.state), started_at=None)
    there = tournament.entrants.filter(status__in=(EntryStatus.ABSENT, EntryStatus.ENTERED))
    for entrant_id, status in undone.statuses:
        there.filter(pk=entrant_id).update(status=status)
    tournament.entrants.filter(pk__in=undone.unrated).update(rating=None)
    _restore_order(tournament, undone.order)
    day_moved.send(sender=Tournament, tournament=tournament)


def _restore_order(tournament: Tournament, order: list[int]) -> None:
    rows = {entrant.pk: entrant for entrant in tournament.entrants.all()}
    number_seeds(tournament, [rows[pk] for pk in order if pk in rows])
