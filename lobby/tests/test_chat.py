"""Chat: one line of plain text, stored in order; a muted player gets an error."""

import unicodedata
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import Refusal
from lobby.chat import Line, Muted, clean_text, store_lines
from lobby.models import Mute
from lobby.moderation import mute_player
from lobby.stream_names import LOBBY
from matchmaking.models import Player
from matchmaking.services.players import create_guest
from streams.models import Event

MOST = settings.MATCHPOINT_CHAT_MAX_CHARS


@given(st.text())
def test_what_is_said_is_one_line_that_can_be_seen(raw: str) -> None:
    try:
        text = clean_text(raw)
    except Refusal:
        return
    assert 1 <= len(text) <= MOST
    assert text == text.strip() and "  " not in text
    assert len(text.splitlines()) == 1
    kinds = [unicodedata.category(char) for char in text if char not in "\u200c\u200d"]
    assert not set(kinds) & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert any(kind[0] not in "MZ" for kind in kinds)
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("hello", "hello"),
        ("  two \t words\n", "two words"),
        ("a\u202eb\u2066c\ufeff", "abc"),
        ("bell\x07", "bell"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("❤️", "❤️"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("<b>&amp;", "<b>&amp;"),
        ("x" * MOST, "x" * MOST),
    ],
)
def test_what_is_kept(raw: str, text: str) -> None:
    assert clean_text(raw) == text


@pytest.mark.parametrize(
    "raw",
    ["", " ", "\n\t", "\x00", "\u200b", "\u200b \u200b", "\u200d", "\u0301", "\u2800", "\u3164"],
)
def test_what_shows_nothing_is_refused(raw: str) -> None:
    with pytest.raises(Refusal) as refusal:
        clean_text(raw)
    assert refusal.value.code == "empty"


def test_what_is_too_long_is_refused_and_counted() -> None:
    with pytest.raises(Refusal, match=f"{MOST + 1} characters") as refusal:
        clean_text("x" * (MOST + 1))
    assert refusal.value.code == "too_long"


def texts() -> list[str]:
    events = Event.objects.filter(stream=LOBBY).order_by("seq")
    return list(events.values_list("text", flat=True))


@pytest.fixture
def ann() -> Player:
    return create_guest(username="Ann").player


@pytest.mark.django_db
def test_lines_are_stored_in_the_order_given(ann: Player) -> None:
    lines = [Line(ann.pk, "Ann", "one"), Line(None, "anon-1", "two"), Line(ann.pk, "Ann", "three")]
    assert store_lines(lines) == [None, None, None]
    assert texts() == ["Ann: one", "anon-1: two", "Ann: three"]
    first = Event.objects.get(seq=1)
    you = {"id": str(ann.pk), "username": "Ann"}
    assert (first.type, first.data) == ("chat", {"player": you, "text": "one"})


@pytest.mark.django_db
def test_a_muted_player_is_informed_and_harms_nobody_else(ann: Player) -> None:
    mute_player(player_id=ann.pk, minutes=5)
    muted, stored = store_lines([Line(ann.pk, "Ann", "one"), Line(None, "anon-1", "two")])
    assert isinstance(muted, Muted) and muted.code == "muted" and stored is None
    assert texts() == ["anon-1: two"]
    assert isinstance(store_lines([Line(ann.pk, "Ann", "three")])[0], Muted)
    assert texts() == ["anon-1: two"]


@pytest.mark.django_db
def test_a_mute_ends(ann: Player) -> None:
    mute_player(player_id=ann.pk, minutes=5)
    Mute.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert store_lines([Line(ann.pk, "Ann", "one")]) == [None]
