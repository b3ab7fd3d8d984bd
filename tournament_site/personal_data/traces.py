"""Where a player's rows, names and addresses are, beside their own row."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.db.models.functions import Cast

from lobby.stream_names import LOBBY, tournament_stream
from matchmaking.models import Player, SeasonPlace, Seat, Ticket
from matchmaking.sockets import match_stream
from streams.models import Event
from tournaments.models import Entrant, Judge, Member, Tournament
from webhooks.facts import FACTS_STREAM

#: Streams that name everybody.
_SHARED = (LOBBY, FACTS_STREAM)
#: So many conditions in one statement; SQLite takes a thousand.
_AT_ONCE = 100


def rows_about(model: type[Any], pk: Any) -> Iterator[tuple[str, QuerySet[Any]]]:
    """All rows that refer to one of a model, by `app.Model.field`."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            related: Any = relation.related_model
            name = f"{related._meta.label}.{relation.field.name}"
            yield name, related._base_manager.filter(**{relation.field.name: pk})


def names_of(player: Player) -> tuple[set[str], set[str]]:
    """What a player is called anywhere, the mail address too, and the keys of the names."""
    alone = Entrant.objects.filter(player=player, tournament__team_size=1)
    tickets = Ticket.objects.filter(player=player)
    names = {
        player.name,
        *alone.values_list("name", flat=True),
        *tickets.values_list("name", flat=True),
        *Seat.objects.filter(player=player).values_list("name", flat=True),
        *SeasonPlace.objects.filter(player=player).values_list("name", flat=True),
        *Member.objects.filter(player=player).values_list("name", flat=True),
        *Judge.objects.filter(player=player).values_list("name", flat=True),
    }
    if player.user is not None:
        names |= {player.user.get_username(), player.user.email}
    keys = {player.name_key, player.skeleton, *alone.values_list("name_key", flat=True)}
    return names - {""}, keys - {""}


def tournaments_of(player: Player) -> list[UUID]:
    """Where a player has been anything, in the order in which tournaments are locked."""
    ways = (
        Q(entrants__player=player)
        | Q(entrants__members__player=player)
        | Q(judges__player=player)
        | Q(organiser=player)
        | Q(actions__actor=player)
    )
    return sorted(set(Tournament.objects.filter(ways).values_list("pk", flat=True)))


def matches_of(player: Player) -> list[UUID]:
    """The matches in which a player has a seat."""
    return list(Seat.objects.filter(player=player).values_list("match_id", flat=True).distinct())


def chat_of(player: Player) -> QuerySet[Event]:
    """The lines of chat that a player has written."""
    lines = _naming(Event.objects.filter(stream=LOBBY, type="chat"), [str(player.pk)])
    return Event.objects.filter(pk__in=[e.pk for e in lines if _author(e) == str(player.pk)])


def _author(line: Event) -> str | None:
    author = line.data.get("player")
    return author["id"] if author else None


def events_about(
    player: Player, tournaments: Sequence[UUID], matches: Sequence[UUID]
) -> Iterator[Event]:
    """Events that may name a player: of their matches and tournaments, in every stream."""
    ids = [player.pk, *tournaments, *matches]
    streams = [*map(tournament_stream, tournaments), *map(match_stream, matches)]
    for some in _slices(streams):
        yield from Event.objects.filter(stream__in=some).exclude(type="chat")
    for some in _slices([str(pk) for pk in ids]):
        yield from _naming(Event.objects.filter(stream__in=_SHARED).exclude(type="chat"), some)


def _naming(events: QuerySet[Event], words: Sequence[str]) -> QuerySet[Event]:
    """Events in whose data one of these words is."""
    return events.annotate(raw=Cast("data", TextField())).filter(any_of("raw", words))


def any_of(column: str, words: Sequence[str]) -> Q:
    """Rows in whose text or JSON one of these words is, however JSON writes it."""
    found = Q()
    for word in {*words, *(json.dumps(word)[1:-1] for word in words)}:
        found |= Q(**{f"{column}__contains": word})
    return found


def _slices(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(things), _AT_ONCE):
        yield things[start : start + _AT_ONCE]
