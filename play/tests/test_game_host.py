"""The games as pools and tournaments see them."""

from typing import Annotated, Any, ClassVar

import pytest
from msgspec import Meta

from lib.errors import Refusal
from matchmaking.ports.game_host import SettingField, game_host
from play import game_host as under_test
from play import registry
from play.engine.game import Game, GameOutcome, GameSettings


class DartsSettings(GameSettings, frozen=True):
    legs: Annotated[int, Meta(ge=1, le=9, title="Legs to win", description="Of a game.")] = 3
    double_out: bool = False


class Darts(Game[None]):
    slug, name, script, about = "darts", "Darts", "darts.js", "Throw."
    settings: ClassVar[type[GameSettings]] = DartsSettings

    def setup(self, settings: Any, *, seed: int, first: int) -> None:
        return None

    def outcome(self, state: None) -> GameOutcome | None:
        return None

    def scores(self, state: None) -> tuple[int, int]:
        return 0, 0

    def view(self, state: None, side: int | None) -> dict[str, Any]:
        return {}

    def pack(self, state: None) -> bytes:
        return b""

    def unpack(self, packed: bytes) -> None:
        return None


@pytest.fixture(autouse=True)
def darts(monkeypatch: pytest.MonkeyPatch) -> None:
    only = {"darts": Darts()}
    monkeypatch.setattr(under_test, "games", lambda: only)
    monkeypatch.setattr(registry, "games", lambda: only)


def test_a_game_is_offered_with_what_can_be_set_of_it() -> None:
    [choice] = game_host().games()
    assert (choice.slug, choice.name, choice.about) == ("darts", "Darts", "Throw.")
    assert choice.fields == [
        SettingField("legs", "Legs to win", "Of a game.", 3, 1, 9),
        SettingField("double_out", "Double out", "", False),
    ]


def test_settings_come_with_the_usual_ones() -> None:
    checked = game_host().checked_settings("darts", {"legs": 5})
    assert checked == {"legs": 5, "double_out": False}


@pytest.mark.parametrize(
    ("slug", "settings", "code", "named"),
    [
        ("ludo", {}, "unknown_game", "'ludo'"),
        ("darts", {"legs": 0}, "bad_settings", "`legs`"),
        ("darts", {"legs": "many"}, "bad_settings", "`legs`"),
        ("darts", {"size": 1}, "bad_settings", "`size`"),
    ],
)
def test_a_wrong_setting_is_named(
    slug: str, settings: dict[str, object], code: str, named: str
) -> None:
    with pytest.raises(Refusal) as refused:
        game_host().checked_settings(slug, settings)
    assert refused.value.code == code and named in refused.value.message
