"""Which program a file is from, and the tournament in it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tournaments.files.document import parse_document
from tournaments.files.report import document_of_trf
from tournaments.files.text import BadFile

from .challonge import read_challonge
from .challonge_v2 import read_challonge_v2, resources_of
from .found import Found, Source
from .json_values import BEGINNINGS, read_values
from .lichess import is_lichess, read_lichess
from .lists import is_list, read_list
from .start_gg import is_start_gg, read_start_gg

#: A record of a report file.
_RECORD = re.compile(r"^(?:001|012|142|XXR) ", re.MULTILINE)
WHAT_CAN_BE_READ = (
    "A tournament can come from Matchpoint (JSON), Challonge, start.gg or Lichess (the JSON that "
    "their APIs answer), as a report file (TRF), or as a list of Swiss-Manager or Chess-Results "
    "(text or CSV)."
)


def read_file(text: str, source: Source | None = None) -> Found:
    """The tournament in a text; `source` is said, or found by what the text looks like.

    Raises `BadFile`, and what the readers of each source raise.
    """
    source = source or _recognised(text)
    if source is Source.MATCHPOINT:
        return Found(source, parse_document(text))
    if source is Source.TRF:
        read = document_of_trf(text)
        return Found(source, read.document, read.warnings, read.places)
    if source is Source.LIST:
        return read_list(text)
    values, rest = read_values(text)
    if source not in _READERS or source not in map(_kind, values):
        raise BadFile(f"The file is not one of {source.title}. {WHAT_CAN_BE_READ}",
                      code="unknown_source")  # fmt: skip
    return _READERS[source](values, rest)


def _recognised(text: str) -> Source:
    start = text.lstrip()
    if not start.startswith(BEGINNINGS):
        return Source.LIST if not _RECORD.search(text) and is_list(text) else Source.TRF
    values, _ = read_values(text)
    kinds = [kind for value in values if (kind := _kind(value)) is not None]
    if not kinds:
        raise BadFile(f"This JSON is of no program that is known here. {WHAT_CAN_BE_READ}",
                      code="unknown_source")  # fmt: skip
    return kinds[0]


def _kind(value: Any) -> Source | None:
    """Whose JSON it is."""
    if not isinstance(value, dict):
        return None
    if "matchpoint" in value:
        return Source.MATCHPOINT
    if _is_challonge(value) or resources_of(value):
        return Source.CHALLONGE
    if is_start_gg(value):
        return Source.START_GG
    return Source.LICHESS if is_lichess(value) else None


def _challonge(values: Sequence[Any], _: str) -> Found:
    first = next((one for one in values if _is_challonge(one)), None)
    return read_challonge_v2(values) if first is None else read_challonge(first)


def _is_challonge(value: Any) -> bool:
    """Whether it is an answer of the first version of Challonge's API."""
    tournament = value.get("tournament") if isinstance(value, dict) else None
    return isinstance(tournament, dict) and "tournament_type" in tournament


_READERS: Mapping[Source, Callable[[Sequence[Any], str], Found]] = {
    Source.CHALLONGE: _challonge,
    Source.START_GG: lambda values, _: read_start_gg(values),
    Source.LICHESS: read_lichess,
}
