"""A match as its page shows it: sides, score, and what the viewer may report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from msgspec import UnsetType

from matchmaking.game_fields import GameFields, game_fields
from matchmaking.models import (
    DecidedBy,
    Match,
    MatchState,
    Player,
    RatingChange,
    Report,
    ReportState,
    Vote,
)
from matchmaking.ports.game_host import PlayedHere, game_of_match
from matchmaking.ports.match_host import MatchPlace, decider_of, place_of_match, players_may_report
from matchmaking.results import SIDES, Result, final_score, report_claim, report_counter
from matchmaking.schemas import Connection, Played
from matchmaking.selectors import open_report
from matchmaking.services.ratings import awaited_word
from matchmaking.wording import result_in_words

T = TypeVar("T")
#: The longest match for which each possible score has a button.
MOST_BUTTONS_BEST_OF = 7


@dataclass(frozen=True, slots=True)
class Member:
    """A player on a side; `change` is by how much the match changed the rating, if it is rated."""

    player_id: UUID | None
    name: str
    rating: float | None
    change: float | None
    role: str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a match; `score` is None while there is none."""

    number: int
    name: str
    members: Sequence[Member]
    score: int | None
    is_winner: bool
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Option:
    """A score that one button reports: the value sent, and in words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class MatchPage:
    """Everything the page of a match shows; the `may_…` are the viewer's."""

    match: Match
    place: MatchPlace | None
    played_here: PlayedHere | None
    sides: Sequence[Side]
    mine: Side | None
    report: Report | None
    awaited: Report | None
    claim: str
    counter: str
    decided: str
    connection: Connection | None
    played: Played | None
    ending: str
    unmoved: str
    options: Sequence[Option]
    games: Sequence[GameFields]
    may_report: bool
    may_confirm: bool
    may_dispute: bool
    may_confirm_late: bool

    @property
    def own_side(self) -> list[tuple[str, Any]]:
        """What the game server gave the viewer's side alone, by name."""
        own = self.connection.side if self.connection is not None else None
        return list(own.items()) if isinstance(own, dict) else []

    @property
    def counted(self) -> list[str]:
        """What the game server counted, by name, sorted: PostgreSQL keeps no order of its own."""
        of_players = self.played.statistics if self.played is not None else ()
        return sorted({name for one in of_players for name in one.values}, key=str.casefold)

    @property
    def counts(self) -> list[tuple[str, list[Any]]]:
        """Each player's name, and what was counted of them, in the order of `counted`."""
        of_players = self.played.statistics if self.played is not None else ()
        return [
            (one.player.username, [one.values.get(name, "") for name in self.counted])
            for one in of_players
        ]


def match_page_of(match: Match, player: Player | None) -> MatchPage:
    """The page of a match for a player, or for a spectator."""
    sides = _sides(match, player)
    names = [side.name for side in sides]
    mine = next((side for side in sides if side.is_mine), None)
    played_here = game_of_match(match)
    is_open = match.state == MatchState.OPEN and played_here is None
    asked = mine is not None and is_open and players_may_report(match)
    report = open_report(match) if match.state == MatchState.OPEN else None
    counter = report_counter(report) if report else None
    awaited = awaited_word(match)
    others = report is not None and mine is not None and report.side != mine.number
    disputed = report is not None and report.state == ReportState.DISPUTED
    may_answer = asked and report is not None and report.reporter_id != getattr(player, "pk", None)
    for_counter = disputed and not others and counter is not None
    return MatchPage(
        match=match,
        place=place_of_match(match),
        played_here=played_here,
        sides=sides,
        mine=mine,
        report=report,
        awaited=awaited,
        claim=result_in_words(report_claim(report), names) if report else "",
        counter=result_in_words(counter, names) if counter else "",
        decided=_who_decides(match),
        connection=_or_none(Connection.for_player(match, player)),
        played=_or_none(Played.of(match)),
        ending=_ending(match, names),
        unmoved=_why_unmoved(match, sides),
        options=_options(match, names) if asked else (),
        games=game_fields(match) if asked and len(names) == SIDES else (),
        may_report=asked and not disputed and not others,
        may_confirm=(may_answer or (asked and for_counter))
        and not _agrees(report, player, for_counter=for_counter),
        may_dispute=may_answer and not disputed,
        may_confirm_late=awaited is not None
        and mine is not None
        and awaited.reporter_id != getattr(player, "pk", None)
        and not _agrees(awaited, player, for_counter=False),
    )


def _or_none(shown: T | UnsetType) -> T | None:
    return None if isinstance(shown, UnsetType) else shown


def _who_decides(match: Match) -> str:
    """Who decides an open match, in words, where its players do not."""
    decider = decider_of(match)
    if match.state != MatchState.OPEN or decider.by == DecidedBy.PLAYERS:
        return ""
    if decider.key is not None:
        return f"The game server {decider.key.name} reports the result."
    return "The organiser enters the result."


def _why_unmoved(match: Match, sides: Sequence[Side]) -> str:
    """Why a rated match left ratings as they were, of some or of all; empty where it did not."""
    members = [member for side in sides for member in side.members]
    moved = any(member.change is not None for member in members)
    if moved and all(member.change is not None for member in members):
        return ""
    has_guests = any(seat.player and seat.player.is_guest for seat in match.seats.all())
    if moved and (has_guests or len(members) == SIDES):
        return "Results against guests do not move registered players here."
    if match.state != MatchState.FINISHED or not RatingChange.objects.filter(rated__match=match):
        return ""
    return "Who has met an opponent so often on this day is not moved by this match any more."


def _agrees(report: Report | None, player: Player | None, *, for_counter: bool) -> bool:
    """Whether a player has said so already."""
    return Vote.objects.filter(report=report, player=player, for_counter=for_counter).exists()


def _sides(match: Match, player: Player | None) -> list[Side]:
    changes = {
        change.player_id: change
        for change in RatingChange.objects.moved().filter(rated__match=match)
        if match.state == MatchState.FINISHED
    }
    seats: dict[int, list[Member]] = {}
    mine = -1
    for seat in match.seats.all():
        change = changes.get(seat.player_id) if seat.player_id else None
        member = Member(
            seat.player_id,
            seat.name if seat.left_at is None else f"{seat.name} (left)",
            change.rating_after if change else None,
            change.rating_after - change.rating_before if change else None,
            seat.role,
        )
        seats.setdefault(seat.side, []).append(member)
        if player is not None and seat.player_id == player.pk and seat.left_at is None:
            mine = seat.side
    scores = final_score(match) or match.live_scores
    return [
        Side(
            number=number,
            name=" & ".join(member.name for member in members),
            members=members,
            score=scores[number] if number < len(scores) else None,
            is_winner=match.winner == number,
            is_mine=mine == number,
        )
        for number, members in sorted(seats.items())
    ]


def _options(match: Match, names: Sequence[str]) -> list[Option]:
    """Each score that decides the match, if there are few; else none, and scores are typed."""
    if len(names) != SIDES or match.draws or match.best_of > MOST_BUTTONS_BEST_OF:
        return []
    needed = match.best_of // 2 + 1
    if needed == 1:
        return [Option("1:0", f"{names[0]} won"), Option("0:1", f"{names[1]} won")]
    lost = range(match.best_of - needed + 1)
    return [Option(f"{needed}:{n}", f"{needed}:{n} for {names[0]}") for n in lost] + [
        Option(f"{n}:{needed}", f"{needed}:{n} for {names[1]}") for n in lost
    ]


def _ending(match: Match, names: Sequence[str]) -> str:
    match match.state:
        case MatchState.FINISHED:
            words = result_in_words(Result.of(match), names)
            return words[0].upper() + words[1:] if words.startswith(("a draw", "nobody")) else words
        case MatchState.CANCELLED:
            return "Called off"
        case MatchState.LAPSED:
            return "Not played in time"
        case _:
            return ""
