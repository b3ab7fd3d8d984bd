"""The card of a pairing: drawn once, and again when something that it shows changes."""

from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from lib.heavy.kept import Kept
from tournaments.display.bracket import PairingView

register = template.Library()

#: What keeping a card takes besides its text, about, in bytes.
_AROUND_BYTES = 1000

_kept = Kept[SafeString](
    most_bytes=settings.MATCHPOINT_KEPT_BYTES, size=lambda card: len(card) + _AROUND_BYTES
)


@register.simple_tag(takes_context=True)
def pairing_card(context: Any, pairing: PairingView) -> SafeString:
    """A pairing in its round, with a link to enter its result where `may_enter` says so."""
    tournament = context.get("tournament")
    plays = bool(tournament and tournament.plays)
    may_enter = bool(context.get("may_enter")) and pairing.match_id is not None
    entry = reverse("tournament", args=[tournament.pk]) if may_enter else ""
    has_replay = pairing.match_id in context.get("with_games", ())

    def draw() -> SafeString:
        parts = {"pairing": pairing, "plays": plays, "entry": entry, "has_replay": has_replay}
        return mark_safe(get_template("tournaments/_pairing.html").render(parts).strip())  # noqa: S308 - a template's

    return _kept.get((pairing, plays, entry, has_replay), draw)
