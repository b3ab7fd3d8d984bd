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
#: So much of the lines with such letters is looked at: hundreds of names.
MOST_BYTES = 16 * 1024
_WORD = re.compile(r"[^\s;,.\"'()/-]{1,40}")
_VOWELS = frozenset("aeiouyæøœ")
_V = "[aeiouyáéíóúý]"
#: Where letters that share a byte are not told apart by that: what is around each, as a rule.
_AROUND = {
    letter: re.compile(pattern.replace("V", _V))
    for letter, pattern in {
        "ñ": "ñ(?=V)", "ń": "ń(?!V)",
        "õ": "õ(?=e)", "ő": "ő(?!e)", "û": "(?<=[acdfglor])û(?=[clmnt])",
        "ì": "ì$", "ě": "ě(?!$)", "ù": "ù$", "ů": "ů(?!$)",
        "ê": "ê(?![bcdgkpz])", "ę": "ę(?=[bcdgkpz])", "œ": "œ(?=u)",
        "è": "(?<![aeoyáéíóúý])è(?!V|k)", "č": "č(?=V|k)|(?<=V)(?<!u)č|(?<=u)č(?!$)",
        "ò": "(?<!V)ò(?!V)", "ň": "ň(?=V)|(?<=V)ň",
        "ø": "^ø|ø(?!V)|øe$", "ř": "(?<=.)ř(?!y)|ř(?=[aeouáéíóú])", "ŕ": "(?<!V)ŕ(?!V|$)",
        "æ": "(?<!V)æ(?!V)", "ć": "(?<=V)ć",
    }.items()
}  # fmt: skip


def guess_encoding(body: bytes) -> str:
    """The encoding in which the letters beyond ASCII look most like those of names."""
    odd = b"\n".join(line for line in body.splitlines() if not line.isascii())[:MOST_BYTES]
    return max(GUESSED, key=lambda encoding: _likeness(odd.decode(encoding, "replace")))


def _likeness(text: str) -> float:
    words = (word for word in _WORD.findall(text) if not word.isascii())
    return sum(
        _fit(word, place) for word in words for place, letter in enumerate(word) if letter > "\x7f"
    )


def _fit(word: str, place: int) -> float:
    """How well one letter fits into its word."""
    letter, before = word[place], word[max(0, place - 1) : place]
    near = [one for one in (before, word[place + 1 : place + 2]) if one.isalpha()]
    if letter == "\ufffd":
        return -5
    if not letter.isalpha() or letter in "ªº":
        return -3 if near else -0.5
    if before.islower() and letter.isupper():
        return -2
    if _is_cyrillic(letter):
        return 1 if all(_is_cyrillic(one) for one in word if one.isalpha()) else -2
    fit = -1.0 if any(not one.isascii() for one in near) else 0.0
    if letter.lower() in _AROUND:
        fit += 1.5 if _AROUND[letter.lower()].match(word.lower(), place) else -1.5
    return fit + sum(0.5 if _is_vowel(one) is not _is_vowel(letter) else -0.5 for one in near)


def _is_cyrillic(letter: str) -> bool:
    return "\u0400" <= letter <= "\u04ff"


def _is_vowel(letter: str) -> bool:
    return unicodedata.normalize("NFD", letter)[0].lower() in _VOWELS
