"""What was found in a file: a tournament as a document, and what is to be said of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from lib.errors import Refusal
from lib.names import NAME_MAX_CHARS, parse_name
from tournaments.files.document import VERSION, Document, EntrantPart, StagePart, TournamentPart
from tournaments.models.entrants import LABEL_MAX_CHARS
from tournaments.models.tournament import TOURNAMENT_NAME_MAX_CHARS

#: At most so many sentences of one kind are said.
REMARKS_OF_A_KIND = 5


class Source(Enum):
    """Where a file comes from; the value names it in requests and commands."""

    MATCHPOINT = "matchpoint"
    TRF = "trf"
    CHALLONGE = "challonge"
    START_GG = "start.gg"
    LICHESS = "lichess"
    LIST = "list"

    @property
    def title(self) -> str:
        """What a person calls it."""
        return TITLES[self]


TITLES = {
    Source.MATCHPOINT: "Matchpoint",
    Source.TRF: "Report file (TRF)",
    Source.CHALLONGE: "Challonge",
    Source.START_GG: "start.gg",
    Source.LICHESS: "Lichess",
    Source.LIST: "List (Swiss-Manager, Chess-Results)",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A tournament in a file.

    `left_out` are sentences about what is not carried over. `places` are the final places of the
    source, by entrants' seeds; none where it does not say them.
    """

    source: Source
    document: Document
    left_out: tuple[str, ...] = ()
    places: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """An entrant as a source lists it, in the order of the seeds."""

    name: str
    rating: int | None = None
    club: str = ""
    region: str = ""
    has_left: bool = False


def entrants_of(listed: Sequence[Listed]) -> tuple[list[EntrantPart], list[str]]:
    """Entrants with the seeds 1, 2 and so on, and sentences about names that had to change.

    Names are cut to what fits; of two that are equal the later gets its number.
    """
    parts: list[EntrantPart] = []
    changed: list[str] = []
    taken: set[str] = set()
    for seed, one in enumerate(listed, start=1):
        name, key = _free_name(one.name, seed, taken)
        taken.add(key)
        if name != " ".join(one.name.split()):
            changed.append(
                f"{one.name[:60]!r} is called {name!r} here: names are unlike each other, and have "
                f"at most {NAME_MAX_CHARS} characters."
            )

        parts.append(
            EntrantPart(
                seed=seed,
                name=name,
                rating=one.rating if one.rating and 0 < one.rating <= 9999 else None,
                club=_label(one.club),
                region=_label(one.region),
                status="withdrawn" if one.has_left else "entered",
            )
        )
    return parts, some_of(changed, "names")


def _label(text: str) -> str:
    return " ".join("".join(c for c in text if c.isprintable()).split())[:LABEL_MAX_CHARS]


def _free_name(raw: str, seed: int, taken: set[str]) -> tuple[str, str]:
    """A name that can be had, and its key."""
    shown = " ".join("".join(c if c.isprintable() else " " for c in raw).split())
    suffix = f" ({seed})"
    short = shown[: NAME_MAX_CHARS - len(suffix)].rstrip()
    for name in (shown, shown[:NAME_MAX_CHARS].rstrip(), short + suffix, f"No. {seed}"):
        try:
            parsed = parse_name(name)
        except Refusal:
            continue
        if parsed.name_key not in taken:
            return parsed.display, parsed.name_key
    return f"Entrant {seed}", f"entrant {seed}"


def some_of(sentences: Sequence[str], what: str) -> list[str]:
    """The first few of many sentences of one kind, and how many more there are."""
    more = len(sentences) - REMARKS_OF_A_KIND
    named = list(sentences[:REMARKS_OF_A_KIND])
    return [*named, f"And {more} more {what}."] if more > 0 else named


def title_of(name: str) -> str:
    """A tournament's name as it can be kept."""
    shown = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return shown[:TOURNAMENT_NAME_MAX_CHARS].rstrip() or "Imported tournament"


def document_of(
    tournament: TournamentPart, entrants: Sequence[EntrantPart], stages: Iterable[StagePart]
) -> Document:
    """A document of these parts."""
    return Document(
        matchpoint=VERSION, tournament=tournament, entrants=list(entrants), stages=list(stages)
    )
