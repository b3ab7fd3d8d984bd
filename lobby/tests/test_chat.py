"""Chat: one line of plain text, stored in order; a muted player gets an error."""

import unicodedata
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import NotFound, Refusal
from lobby.chat import Line, Muted, clean_text, delete_old_sources, store_lines
from lobby.models import ChatSettings, LineSource, Mute
from lobby.moderation import mute_author, mute_player
from lobby.stream_names import LOBBY
from matchmaking.models import Player
from matchmaking.services.players import create_guest
from streams.models import Event, Stream

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


# Who may talk, and how often.

HOME, AWAY = "192.0.2.7", "192.0.2.8"


def nameless(text: str = "hello", address: str = HOME) -> Line:
    return Line(None, "anon-1", text, address)


def of(player: Player, text: str = "hello", address: str = HOME, registered: bool = False) -> Line:
    return Line(player.pk, player.name, text, address, player.created_at, registered)


def codes(*lines: Line) -> list[str | None]:
    return [None if refusal is None else refusal.code for refusal in store_lines(lines)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("speakers", "refused"),
    [
        ("all", [None, None, None]),
        ("named", ["no_name", None, None]),
        ("registered", ["no_account", "no_account", None]),
    ],
)
def test_the_settings_say_who_may_talk(
    ann: Player, speakers: str, refused: list[str | None]
) -> None:
    ChatSettings.objects.create(speakers=speakers)
    assert codes(nameless(), of(ann), of(ann, registered=True)) == refused


@pytest.mark.django_db
def test_a_muted_guest_goes_on_neither_without_a_name_nor_under_a_new_one(ann: Player) -> None:
    bob = create_guest(username="Bob").player
    assert codes(of(ann), of(bob)) == [None, None]
    mute_player(player_id=ann.pk, minutes=5)
    new = create_guest(username="New").player
    assert codes(of(ann), of(ann, address=AWAY), nameless(), of(new)) == ["muted"] * 4
    assert codes(of(bob), nameless(address=AWAY), of(new, address=AWAY)) == [None] * 3
    mute_player(player_id=ann.pk, minutes=0)
    assert codes(of(ann), nameless(), of(new)) == [None] * 3


@pytest.mark.django_db
def test_the_author_of_a_line_is_muted_with_or_without_a_name(ann: Player) -> None:
    store_lines([of(ann, "one"), nameless("two", AWAY)])
    assert mute_author(seq=1, minutes=5).player == ann
    assert mute_author(seq=2, minutes=5).address == AWAY
    assert codes(of(ann), nameless(address=AWAY), nameless()) == ["muted"] * 3
    mute_author(seq=2, minutes=0)
    assert codes(nameless(address=AWAY)) == [None]
    with pytest.raises(NotFound):
        mute_author(seq=9, minutes=5)


@pytest.mark.django_db
def test_it_is_forgotten_after_a_day_where_a_line_came_from(ann: Player) -> None:
    store_lines([of(ann, "one"), nameless("two")])
    now = timezone.now()
    assert delete_old_sources(now=now) == 0
    assert delete_old_sources(now=now + timedelta(hours=25)) == 2
    assert mute_author(seq=1, minutes=5).address == ""  # the name is known, the address no more
    with pytest.raises(NotFound):
        mute_author(seq=2, minutes=5)


@pytest.mark.django_db
def test_slow_mode_holds_each_player_and_the_nameless_of_each_address(ann: Player) -> None:
    ChatSettings.objects.create(slow_seconds=30)
    bob = create_guest(username="Bob").player
    assert codes(of(ann), of(ann), of(bob), nameless(), nameless(address=AWAY)) == [
        None, "slow_mode", None, None, None,
    ]  # fmt: skip
    assert codes(of(ann), nameless()) == ["slow_mode"] * 2
    LineSource.objects.update(at=timezone.now() - timedelta(seconds=31))
    assert codes(of(ann), nameless()) == [None, None]


@pytest.mark.django_db
def test_a_number_that_is_used_again_after_a_restore_stores_its_own_source(ann: Player) -> None:
    store_lines([nameless()])
    Event.objects.all().delete()
    Stream.objects.all().delete()
    assert codes(of(ann, address=AWAY)) == [None]
    assert LineSource.objects.get().address == AWAY


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:db8::/64"), ("2001:db8::/64",) * 2],
)
def test_an_address_is_muted_as_lines_are_counted_by_it(typed: str, stored: str) -> None:
    mute = Mute(address=typed, until=timezone.now())
    mute.clean()
    assert mute.address == stored
    with pytest.raises(ValidationError):
        Mute(address="nowhere", until=timezone.now()).clean()
