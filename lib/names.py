"""Display names: what is allowed, and when two of them are the same to a reader."""

import unicodedata
from typing import NamedTuple

from confusable_homoglyphs.confusables import confusables_data

from .errors import Refusal

NAME_MAX_CHARS = 32
#: A skeleton may be longer than its name: one character can look like two.
SKELETON_MAX_CHARS = 4 * NAME_MAX_CHARS
# Control, format, surrogate, private, unassigned, line and paragraph separators (UAX #44).
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks that show nothing: the rest of Default_Ignorable_Code_Point (UAX #44), and the
# empty Braille pattern. Selectors 15 and 16, which emoji carry, are let through and not compared.
_EMOJI_SELECTORS = "\ufe0e\ufe0f"
INVISIBLE = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2800, 0x3164))
) | frozenset(map(chr, (*range(0xFE00, 0xFE0E), 0xFFA0, *range(0xE0100, 0xE01F0))))
# Words that would pass for the site itself, and the prefix of nameless speakers.
RESERVED_NAMES = (
    *("admin", "administrator", "moderator", "organiser", "organizer", "staff", "system"),
    "matchpoint",
)
ANONYMOUS_PREFIX = "anon-"
# The database keeps skeletons of up to four times a name's length.
_PROTOTYPE_MAX_CHARS = 4


class BadName(Refusal):
    """A name that is not allowed."""

    code = "bad_name"


class Name(NamedTuple):
    """A name to show (`display`) and the two forms by which names are compared.

    Two names clash when either form is equal: `name_key` is the NFKC case-folded text,
    `skeleton` the same after look-alikes are replaced by their prototype (UTS #39, section 4).
    """

    display: str
    name_key: str
    skeleton: str


def _prototypes() -> dict[int, str]:
    """Map each look-alike to its prototype, as `confusables.txt` of UTS #39 does."""
    table: dict[int, str] = {}
    for source, alike in confusables_data.items():
        if len(source) != 1 or len(alike) != 1:
            continue  # a prototype lists everything that looks like it; a source, one prototype
        target = alike[0]["c"].strip("\u200e\u200f")
        if len(target) > _PROTOTYPE_MAX_CHARS:
            continue
        one_to_one = len(confusables_data.get(target, ())) == 1
        if not one_to_one or target.isascii() or (not source.isascii() and target < source):
            table[ord(source)] = target
    return table | dict.fromkeys(map(ord, _EMOJI_SELECTORS), "")


_PROTOTYPES = _prototypes()


def skeleton(display: str) -> str:
    """The form in which names that look alike are equal, whatever their case."""
    return display.translate(_PROTOTYPES).casefold().translate(_PROTOTYPES)


# In capitals too: what looks like an I does not look like an i.
_RESERVED = frozenset(skeleton(form) for word in RESERVED_NAMES for form in (word, word.upper()))
_ANONYMOUS = skeleton(ANONYMOUS_PREFIX)


def account_name(username: str) -> Name:
    """The forms of an account's user name, which may be longer than a player's, or a reserved one.

    So a staff account may be called "admin".
    """
    display = unicodedata.normalize("NFKC", username)
    return Name(display, display.casefold(), skeleton(display))


def parse_name(raw: str) -> Name:
    """Check a chosen name and return its three forms; raises `BadName`."""
    display = " ".join(filter(None, unicodedata.normalize("NFKC", raw).split(" ")))
    if not display:
        raise BadName("The name is empty. Choose one of 1 to 32 characters.")
    if len(display) > NAME_MAX_CHARS:
        raise BadName(f"The name has {len(display)} characters. At most 32 are allowed.")
    if not display.isascii() or not display.isprintable():
        for char in display:
            if unicodedata.category(char) in _UNPRINTABLE or char in INVISIBLE:
                raise BadName(
                    f"The name has a character that cannot be shown (U+{ord(char):04X}). Remove it."
                )
        if all(unicodedata.category(char)[0] in "MZ" for char in display):
            raise BadName("The name has nothing in it that can be seen. Use letters or digits.")
    alike = skeleton(display)
    if alike in _RESERVED or alike.startswith(_ANONYMOUS):
        raise BadName(f"The name {display!r} is reserved. Choose another.")
    return Name(display, display.casefold(), alike)
