"""Names: what is allowed, and which two are the same to a reader."""

import sys
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib.names import (
    NAME_MAX_CHARS,
    RESERVED_NAMES,
    SKELETON_MAX_CHARS,
    BadName,
    Name,
    parse_name,
    skeleton,
)

# Plain letters and all others in equal parts; most of what is drawn makes a name.
LETTERS = st.one_of(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E),
    st.characters(exclude_categories=("C", "Zl", "Zp")),
)
NAMES = st.text(LETTERS, min_size=1, max_size=30)
ANYTHING = st.text(st.one_of(LETTERS, st.characters()), max_size=40)


def name_of(raw: str) -> Name:
    """The name that a text makes; texts that make none are not what a property is about."""
    try:
        return parse_name(raw)
    except BadName:
        assume(False)
        raise


def clash(one: str, other: str) -> bool:
    a, b = parse_name(one), parse_name(other)
    return a.name_key == b.name_key or a.skeleton == b.skeleton


@given(NAMES)
def test_a_name_is_itself_when_it_is_chosen_again(raw: str) -> None:
    name = name_of(raw)
    assert parse_name(name.display) == name


@given(ANYTHING)
def test_a_name_is_one_line_of_1_to_32_characters_that_can_be_seen(raw: str) -> None:
    try:
        name = parse_name(raw)
    except BadName:
        return
    assert 1 <= len(name.display) <= NAME_MAX_CHARS
    assert name.display == unicodedata.normalize("NFKC", name.display)
    assert name.display == name.display.strip() and "  " not in name.display
    kinds = {unicodedata.category(char) for char in name.display}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not all(kind[0] in "MZ" for kind in kinds)


@given(NAMES)
def test_every_form_fits_its_column(raw: str) -> None:
    name = name_of(raw)
    assert len(name.name_key) <= SKELETON_MAX_CHARS
    assert len(name.skeleton) <= SKELETON_MAX_CHARS


def test_no_character_makes_a_skeleton_that_is_too_long() -> None:
    longest = SKELETON_MAX_CHARS // NAME_MAX_CHARS
    every = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    assert [char for char in every if len(skeleton(char)) > longest] == []


@given(st.text(st.characters(categories=("L", "N"), max_codepoint=0x24F), min_size=1, max_size=20))
def test_case_makes_no_other_name(raw: str) -> None:
    name = name_of(raw)
    assert clash(name.display, name_of(name.display.casefold()).display)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "ann"),
        ("Ann", "Аnn"),  # Cyrillic А
        ("Paul", "Pаul"),  # Cyrillic а
        ("PAUL", "PAUI"),
        ("Paul", "PauI"),
        ("Paul", "pau1"),
        ("Player1", "Playerl"),
        ("TOM", "ΤΟΜ"),  # Greek
        ("HANS", "НАNЅ"),  # Cyrillic
        ("John", "Jоhn"),  # Cyrillic о
        ("O0", "0O"),
        ("Ann", "𝐀𝐧𝐧"),
        ("Ann", "Ａｎｎ"),
        ("corn", "com"),
        ("Straße", "strasse"),
        ("Ann ❤", "Ann ❤️"),
    ],
)
def test_look_alikes_clash(one: str, other: str) -> None:
    assert clash(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ann", "Anna"), ("Łukasz", "Lukasz"), ("Müller", "Muller"), ("李雷", "李蕾"), ("Bob", "Rob")],
)
def test_others_do_not(one: str, other: str) -> None:
    assert not clash(one, other)


@pytest.mark.parametrize(
    ("raw", "display"),
    [
        ("  Ann   Lee ", "Ann Lee"),
        ("Ａｎｎ", "Ann"),
        ("Zoë", "Zoë"),
        ("Zoe\u0308", "Zoë"),
        ("Łukasz", "Łukasz"),
        ("李雷", "李雷"),
        ("ﬃ" * 10, "ffi" * 10),
        ("x" * 32, "x" * 32),
        ("Ann\u00a0Lee", "Ann Lee"),
        ("👩", "👩"),
        ("❤️", "❤️"),
    ],
)
def test_what_is_shown(raw: str, display: str) -> None:
    assert parse_name(raw).display == display


@pytest.mark.parametrize("raw", ["", " ", "\u3000", "\u00a0 "])
def test_an_empty_name(raw: str) -> None:
    with pytest.raises(BadName, match="empty"):
        parse_name(raw)


@pytest.mark.parametrize("raw", ["x" * 33, "ﬃ" * 11, "ﷺ" * 2])
def test_an_over_long_name_is_counted_as_it_would_be_shown(raw: str) -> None:
    with pytest.raises(BadName, match="At most 32"):
        parse_name(raw)


@pytest.mark.parametrize(
    "char",
    [
        *("\x00", "\t", "\n", "\x1b", "\x7f", "\u0085", "\u200b", "\u200d", "\u202e", "\u2066"),
        *("\u2028", "\ufeff", "\ue000", "\ud800", "\u0378"),
        # Letters, marks and symbols that show nothing.
        *("\u034f", "\u115f", "\u1160", "\u2800", "\u3164", "\uffa0", "\ufe00", "\U000e0100"),
    ],
)
def test_what_cannot_be_shown(char: str) -> None:
    for raw in (f"Ann{char}Lee", char):
        with pytest.raises(BadName):
            parse_name(raw)
    with pytest.raises(BadName, match="cannot be shown"):
        parse_name(f"Ann{char}")


@pytest.mark.parametrize("raw", ["\u0301", "´", "\ufe0f"])
def test_a_name_of_nothing_but_marks(raw: str) -> None:
    with pytest.raises(BadName, match="can be seen"):
        parse_name(raw)


@pytest.mark.parametrize(
    "raw",
    [*RESERVED_NAMES, "Admin", "Аdmin", "ADMIN", "Adm1n", "STAFF", "Systern", "anon-1", "ANON-Ann"],
)
def test_names_that_would_pass_for_the_site(raw: str) -> None:
    with pytest.raises(BadName, match="reserved"):
        parse_name(raw)


@pytest.mark.parametrize("raw", ["Adminton", "Anonymous", "anon", "The Admin"])
def test_names_that_only_begin_like_the_site(raw: str) -> None:
    assert parse_name(raw).display == raw
