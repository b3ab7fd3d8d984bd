"""The games of this site, as pools and tournaments see them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import inspect

from matchmaking.ports.game_host import BadSettings, GameChoice, SettingField, Settings

from .engine.game import Game
from .registry import game_of, games
from .selectors import being_played, with_games


class InstalledGames:
    """See `matchmaking.ports.game_host.GameHost`."""

    def games(self) -> Sequence[GameChoice]:
        """Those of the registry."""
        return [
            GameChoice(game.slug, game.name, game.about, _fields(game)) for game in games().values()
        ]

    def checked_settings(self, slug: str, settings: Settings) -> Settings:
        """The settings as the game's own struct has them."""
        game = game_of(slug)
        try:
            checked = msgspec.convert(settings, game.settings)
        except msgspec.ValidationError as error:
            fault = str(error).replace("`$.", "`")
            raise BadSettings(f"Settings of {game.name}: {fault}.") from error
        return msgspec.structs.asdict(checked)

    def being_played(self, match_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
        """Those in whose rooms somebody has been within the last minute."""
        return being_played(match_ids, now=now)

    def with_games(self, match_ids: Collection[UUID]) -> set[UUID]:
        """Those of which a finished game is stored."""
        return with_games(match_ids)


def _fields(game: Game[Any]) -> list[SettingField]:
    described = inspect.type_info(game.settings)
    assert isinstance(described, inspect.StructType)
    return [_field(field) for field in described.fields]


def _field(field: inspect.Field) -> SettingField:
    kind, schema = field.type, {}
    if isinstance(kind, inspect.Metadata):
        schema, kind = kind.extra_json_schema or {}, kind.type
    title = schema.get("title", field.name.replace("_", " ").capitalize())
    least, most = (kind.ge, kind.le) if isinstance(kind, inspect.IntType) else (None, None)
    about = schema.get("description", "")
    return SettingField(field.name, title, about, field.default, least, most)
