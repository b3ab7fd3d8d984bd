"""The order of play, and the estimated start of each match."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from .models import Pairing, PairingState, Part, Tournament

#: Deeper than any round that leads to the finals.
_FINALS = 10_000
Rank = tuple[int, int, int, int, int]


def rank(pairing: Pairing) -> Rank:
    """A pairing's place in the order of play: by stage, then round, then group and number.

    A round of the losers' bracket is played beside the round of the winners' that feeds it, and the
    match for third place before the final.
    """
    round_ = pairing.round
    depth = 2 * round_.number
    if round_.part == Part.LOSERS:
        depth = round_.number + 2
    elif round_.part == Part.THIRD_PLACE:
        depth = _FINALS
    elif round_.part == Part.FINAL or (round_.part == Part.WINNERS and not pairing.winner_to_id):
        depth = _FINALS + round_.number
    group = pairing.group
    return group.stage.number, depth, round_.part == Part.LOSERS, pairing.number, group.number


def open_in_order(tournament: Tournament) -> list[Pairing]:
    """The pairings that are still to be played, in the order of play."""
    return sorted(Pairing.objects.in_full().of(tournament).open(), key=rank)


def ready_in_order(tournament: Tournament) -> list[Pairing]:
    """The pairings that can be played now, in the order of play."""
    return [p for p in open_in_order(tournament) if p.state == PairingState.READY]


def estimated_starts(
    tournament: Tournament, *, now: datetime | None = None
) -> dict[UUID, datetime]:
    """The estimated start of each open pairing, by id; for one at a station, when it was called.

    Each match takes `match_minutes`; an entrant plays one match at a time; as many matches run at
    once as there are stations, or any number without stations.
    """
    now = now or timezone.now()
    plan = _Plan(
        length=timedelta(minutes=tournament.match_minutes),
        now=max(now, tournament.starts_at or now),
        stations=tournament.stations.count(),
    )
    plan.schedule(open_in_order(tournament))
    return plan.starts


@dataclass
class _Plan:
    """When entrants and stations are free, while matches are planned one after the other."""

    length: timedelta
    now: datetime
    stations: int
    starts: dict[UUID, datetime] = field(default_factory=dict)
    entrant_free: dict[int, datetime] = field(default_factory=dict)
    station_free: list[datetime] = field(default_factory=list)

    def schedule(self, pairings: list[Pairing]) -> None:
        by_id = {pairing.pk: pairing for pairing in pairings}
        waits_for = dict.fromkeys(by_id, 0)
        for pairing in pairings:
            for onward in _onward(pairing):
                if onward in waits_for:
                    waits_for[onward] += 1
        self._seat(pairings)
        ready = [
            (self.now, place, pairing)
            for place, pairing in enumerate(pairings)
            if not waits_for[pairing.pk] and pairing.state == PairingState.READY
        ]
        places = {pairing.pk: place for place, pairing in enumerate(pairings)}
        known_at = dict.fromkeys(by_id, self.now)
        while ready:
            at, place, pairing = heapq.heappop(ready)
            free = max(at, self._both_free(pairing))
            if free > at:
                heapq.heappush(ready, (free, place, pairing))
                continue
            ends = self._play(pairing, at)
            for onward in _onward(pairing):
                if onward in waits_for:
                    waits_for[onward] -= 1
                    known_at[onward] = max(known_at[onward], ends)
                    if not waits_for[onward]:
                        heapq.heappush(ready, (known_at[onward], places[onward], by_id[onward]))

    def _seat(self, pairings: Iterable[Pairing]) -> None:
        """Begin with the matches that are at their stations now."""
        called = [pairing for pairing in pairings if pairing.called_at]
        ends = [self._end_of_called(pairing) for pairing in called]
        for pairing, end in zip(called, ends, strict=True):
            self._hold(pairing, end)
        free = max(0, self.stations - len(ends))
        self.station_free = [*ends, *[self.now] * free] if self.stations else []
        heapq.heapify(self.station_free)

    def _end_of_called(self, pairing: Pairing) -> datetime:
        assert pairing.called_at is not None
        return max(pairing.called_at + self.length, self.now)

    def _both_free(self, pairing: Pairing) -> datetime:
        if pairing.called_at:
            return self.now
        sides = (pairing.top_id, pairing.bottom_id)
        return max(self.entrant_free.get(side, self.now) if side else self.now for side in sides)

    def _play(self, pairing: Pairing, at: datetime) -> datetime:
        if pairing.called_at:
            start, ends = pairing.called_at, self._end_of_called(pairing)
        else:
            start = at
            if self.station_free:
                start = max(at, heapq.heappop(self.station_free))
                heapq.heappush(self.station_free, start + self.length)
            ends = start + self.length
        self.starts[pairing.pk] = start
        self._hold(pairing, ends)
        return ends

    def _hold(self, pairing: Pairing, until: datetime) -> None:
        for side in (pairing.top_id, pairing.bottom_id):
            if side is not None:
                self.entrant_free[side] = until


def _onward(pairing: Pairing) -> list[UUID]:
    return [pk for pk in (pairing.winner_to_id, pairing.loser_to_id) if pk is not None]
