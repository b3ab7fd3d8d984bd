"""Which facts somebody wants: by type, and of a pool or a tournament."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import msgspec

from lib.schemas import timestamp
from streams.frames import Entry
from streams.models import Event

from .models import Endpoint


class _Id(msgspec.Struct):
    id: str


class _Pool(msgspec.Struct):
    pool: str | None = None


class _About(msgspec.Struct):
    """What a fact is about, of its data."""

    tournament: _Id | None = None
    match: _Pool | None = None


class Fact(msgspec.Struct, dict=True):
    """A fact as the log has it."""

    type: str
    epoch: str
    seq: int
    at: str
    text: str
    data: msgspec.Raw

    @classmethod
    def of_entry(cls, entry: Entry) -> Self:
        """A fact of the feed."""
        return msgspec.json.decode(entry.frame, type=cls)

    @classmethod
    def of_event(cls, event: Event, epoch: str) -> Self:
        """A fact of the log."""
        data = msgspec.Raw(msgspec.json.encode(event.data))
        return cls(event.type, epoch, event.seq, timestamp(event.at), event.text, data)

    @property
    def message_id(self) -> str:
        """By which a receiver knows it again; also the cursor of the feed."""
        return f"{self.epoch}-{self.seq}"

    @cached_property
    def about(self) -> _About:
        """What it is about."""
        return msgspec.json.decode(self.data, type=_About)

    def decoded(self) -> Any:
        """Its data as plain values."""
        return msgspec.json.decode(self.data)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Facts of some types, or of all; of a pool, of a tournament, or of the whole site."""

    types: Collection[str] = ()
    pool: str | None = None
    tournament: str | None = None

    @classmethod
    def by(cls, endpoint: Endpoint) -> Self:
        """What an endpoint wants; needs its pool."""
        return cls(
            types=frozenset(endpoint.types),
            pool=endpoint.pool.slug if endpoint.pool else None,
            tournament=str(endpoint.tournament_id) if endpoint.tournament_id else None,
        )

    def covers(self, fact: Fact) -> bool:
        """Whether a fact is wanted."""
        if self.types and fact.type not in self.types:
            return False
        if self.pool is None and self.tournament is None:
            return True
        match, tournament = fact.about.match, fact.about.tournament
        if self.pool is not None and (match is None or match.pool != self.pool):
            return False
        return self.tournament is None or (
            tournament is not None and tournament.id == self.tournament
        )
