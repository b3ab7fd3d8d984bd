"""The port to the games that are played here, in the browser.

An app above implements `GameHost` and registers it once, in its `ready`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from lib.errors import Refusal
from matchmaking.models import Match

from .match_host import match_host

Settings = dict[str, Any]


class UnknownGame(Refusal):
    """No game of this name is installed."""

    code = "unknown_game"


class BadSettings(Refusal):
    """Settings that the game does not have."""

    code = "bad_settings"


@dataclass(frozen=True, slots=True)
class SettingField:
    """One thing that may be set of a game, as a form shows it; a number may have bounds.

    Its kind is the type of `default`.
    """

    name: str
    title: str
    help: str
    default: int | bool | str
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class GameChoice:
    """A game that can be chosen: its name on the wire, its name, and one sentence about it."""

    slug: str
    name: str
    about: str
    fields: Sequence[SettingField]


class GameHost(Protocol):
    """What matchmaking and tournaments ask of the games."""

    def games(self) -> Sequence[GameChoice]:
        """The games that are installed, by name."""

    def checked_settings(self, slug: str, settings: Settings) -> Settings:
        """The settings of a game with its defaults.

        Raises `UnknownGame`, and `BadSettings` that names the field.
        """

    def being_played(self, match_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
        """Those of these matches that are being played."""

    def with_games(self, match_ids: Collection[UUID]) -> set[UUID]:
        """Those of these matches of which a finished game can be watched again."""


class NoGames:
    """The host where no app has registered one: there are no games."""

    def games(self) -> Sequence[GameChoice]:
        """None."""
        return ()

    def checked_settings(self, slug: str, settings: Settings) -> Settings:
        """There is no game."""
        raise UnknownGame("No games are installed here.")

    def being_played(self, match_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
        """None."""
        return set()

    def with_games(self, match_ids: Collection[UUID]) -> set[UUID]:
        """None."""
        return set()


_host: GameHost = NoGames()


def register_game_host(host: GameHost) -> None:
    """Make this the host of all games."""
    global _host  # noqa: PLW0603 - registered once, at start
    _host = host


def game_host() -> GameHost:
    """The registered host."""
    return _host


def checked_game(plays: str, settings: Settings) -> Settings:
    """The settings of the game of a pool or tournament, `plays` being empty for none.

    Raises as `GameHost.checked_settings` does.
    """
    if plays:
        return _host.checked_settings(plays, settings)
    if settings:
        raise BadSettings("`play_settings` need the game: name it in `plays`, or leave them out.")
    return {}


def game_options(chosen: str = "") -> list[tuple[str, str]]:
    """The options of a select: no game, each game, and the chosen one though it is gone."""
    options = {"": "elsewhere: results are reported"}
    options |= {game.slug: game.name for game in _host.games()}
    options.setdefault(chosen, f"{chosen} (not installed)")
    return list(options.items())


@dataclass(frozen=True, slots=True)
class PlayedHere:
    """The game that a match is played in, and its settings."""

    slug: str
    settings: Settings


def games_of_matches(matches: Collection[Match]) -> dict[UUID, PlayedHere]:
    """What matches are played in here, but for those whose results are reported.

    Needs their pools and seats.
    """
    playable = [match for match in matches if _has_two_players(match)]
    owned = [match.pk for match in playable if match.pool is None]
    found = dict(match_host().games_of(owned)) if owned else {}
    found |= {one.pk: (one.pool.plays, one.pool.play_settings) for one in playable if one.pool}
    return {match_id: PlayedHere(*played) for match_id, played in found.items() if played[0]}


def game_of_match(match: Match) -> PlayedHere | None:
    """What a match is played in here; None where its result is reported. Needs pool and seats."""
    return games_of_matches([match]).get(match.pk)


def _has_two_players(match: Match) -> bool:
    """Whether players sit on two sides; who is only a name cannot play."""
    return len({seat.side for seat in match.seats.all() if seat.player_id}) >= 2
