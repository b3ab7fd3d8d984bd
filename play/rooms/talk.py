"""Who may talk in a room: an app above may say, such as the one that mutes people in its chat."""

from collections.abc import Callable

from lib.errors import Refusal
from matchmaking.models import Player

#: Why a player at an address may not talk now, if so; it may read the database.
SpeechRule = Callable[[Player, str], Refusal | None]

_rules: list[SpeechRule] = []


def register_speech_rule(rule: SpeechRule) -> None:
    """Ask this rule, too, before anybody talks in a room."""
    _rules.append(rule)


def check_speech(player: Player, address: str) -> None:
    """Raise the `Refusal` of the first rule that has one."""
    for rule in _rules:
        refusal = rule(player, address)
        if refusal is not None:
            raise refusal
