"""The JSON values in a text: one, one a line, or several files one after the other."""

import json
from typing import Any

from tournaments.files.text import BadFile

_BETWEEN = " \t\r\n,\ufeff"
#: What a value begins with; a text that begins otherwise is none.
BEGINNINGS = ("{", "[")
MOST_VALUES = 50_000
_DECODER = json.JSONDecoder(parse_int=lambda digits: int(digits[:18]))


def read_values(text: str) -> tuple[list[Any], str]:
    """The values at the beginning of a text, and the text after them; raises `BadFile`."""
    values: list[Any] = []
    place = _skip(text, 0)
    while text.startswith(BEGINNINGS, place):
        try:
            value, place = _DECODER.raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise BadFile(
                f"The file is not valid JSON: line {error.lineno}, column {error.colno}: "
                f"{error.msg}. Save the answer of the site again, whole."
            ) from error
        except (RecursionError, ValueError) as error:
            raise BadFile("The file is not valid JSON: it is nested too deeply.") from error
        values.append(value)
        if len(values) > MOST_VALUES:
            raise BadFile(f"The file has more than {MOST_VALUES:,} JSON values.")
        place = _skip(text, place)
    return values, text[place:]


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _BETWEEN:
        place += 1
    return place
