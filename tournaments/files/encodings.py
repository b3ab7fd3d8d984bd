"""The encoding of a file that is not in UTF-8: a best guess among the usual ones of Windows.

Libraries that detect encodings expect running text; the few accented letters in a list of names
mislead them. Here each such letter is looked at with its neighbours: a vowel stands beside
consonants, a word is in one script, and no name has a sign such as ³ in it.
"""

import re
import unicodedata

#: What is guessed, the likeliest first.
GUESSED = ("cp1252", "cp1250", "cp1251")
#: What may be chosen, with what a person calls it.
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252 (Western European)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1257": "Windows-1257 (Baltic)",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (big-endian)",
}
_ODD = re.compile(r"[^\x00-\x7f]")
_VOWELS = frozenset("aeiouyæøœ")
#: Where two letters share a byte and are both vowels or both consonants: what follows each.
_FOLLOWED_BY = {
    letter: re.compile(after)
    for letter, after in {
        "ñ": "[aeiouáéíóú]", "ń": "(?![aeiouy])", "õ": "e", "ő": "(?!e)",
        "ì": r"\b", "ě": r"(?!\b)", "ù": r"\b", "ů": r"(?!\b)",
    }.items()
}  # fmt: skip


def guess_encoding(body: bytes) -> str:
    """The encoding in which the letters beyond ASCII look most like those of names."""
    return max(GUESSED, key=lambda encoding: _likeness(body.decode(encoding, "replace")))


def _likeness(text: str) -> float:
    lower = text.lower()
    return sum(_fit(text, lower, found.start()) for found in _ODD.finditer(text))


def _fit(text: str, lower: str, place: int) -> float:
    """How well one letter fits beside its neighbours."""
    letter = text[place]
    before, after = text[max(0, place - 1) : place], text[place + 1 : place + 2]
    near = [one for one in (before, after) if one.isalpha()]
    if letter == "\ufffd":
        return -5
    if not letter.isalpha() or letter in "ªº":
        return -2 if near else -0.5
    if before.islower() and letter.isupper():
        return -2
    if _is_cyrillic(letter):
        return 1 if near and all(map(_is_cyrillic, near)) else -2
    fit = -1.0 if any(not one.isascii() for one in near) else 0.0
    if letter.lower() in _FOLLOWED_BY:
        fit += 1 if _FOLLOWED_BY[letter.lower()].match(lower, place + 1) else -1
    return fit + sum(0.5 if _is_vowel(one) is not _is_vowel(letter) else -0.5 for one in near)


def _is_cyrillic(letter: str) -> bool:
    return "\u0400" <= letter <= "\u04ff"


def _is_vowel(letter: str) -> bool:
    return unicodedata.normalize("NFD", letter)[0].lower() in _VOWELS
