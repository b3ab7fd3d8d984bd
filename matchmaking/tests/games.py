"""A game to choose in pools and tournaments, without one that can be played."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import pytest

from lib.errors import Refusal
from matchmaking.ports import game_host
from matchmaking.ports.game_host import BadSettings, GameChoice, SettingField, Settings

_FIELDS = (
    SettingField("legs", "Legs", "How many win.", 3, least=1, most=9),
    SettingField("double", "Double out", "", False),
    SettingField("board", "Board", "", "London"),
)


class Darts:
    """The host of one game."""

    def games(self) -> list[GameChoice]:
        return [GameChoice("darts", "Darts", "Throw.", _FIELDS)]

    def checked_settings(self, slug: str, settings: Settings) -> Settings:
        if slug != "darts":
            raise Refusal(f"The game {slug!r} is not installed here.", code="unknown_game")
        usual: Settings = {field.name: field.default for field in _FIELDS}
        checked = usual | settings
        if len(checked) > len(_FIELDS) or not 1 <= checked["legs"] <= 9:
            raise BadSettings("Settings of Darts: `legs` is 1 to 9.")
        return checked

    def being_played(self, match_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
        return set()

    def with_games(self, match_ids: Collection[UUID]) -> set[UUID]:
        return set()


def install_darts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let darts be the only game there is."""
    monkeypatch.setattr(game_host, "_host", Darts())
