"""Challonge: a tournament as the first version of its API answers it, and as the second does.

With participants and matches: `?include_participants=1&include_matches=1`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from tournaments.engine import elimination as engine
from tournaments.engine.standings import TieBreak
from tournaments.files.document import GroupPart, StagePart, TournamentPart, part
from tournaments.files.text import BadFile
from tournaments.models import Format

from .brackets import read_bracket
from .challonge_answer import Answer, Match, Participant, Tournament
from .found import Found, Listed, Source, document_of, entrants_of, some_of, title_of
from .loose_values import moment, plain_text, points_of
from .meetings import Ending, Meeting
from .tables import byes_of, letter, read_round_robin, read_swiss

FORMATS = {
    "single elimination": Format.SINGLE_ELIMINATION,
    "double elimination": Format.DOUBLE_ELIMINATION,
    "round robin": Format.ROUND_ROBIN,
    "swiss": Format.SWISS,
}
TIE_BREAKS = {
    "match wins": TieBreak.WINS,
    "match wins vs tied": TieBreak.DIRECT_ENCOUNTER,
    "game wins": TieBreak.GAMES_WON,
    "points scored": TieBreak.POINTS_SCORED,
    "points difference": TieBreak.POINT_DIFFERENCE,
    "median buchholz": TieBreak.MEDIAN_BUCHHOLZ,
}
#: Before the first match is drawn.
PENDING = {"pending", "checking_in", "checked_in", "accepting_predictions", ""}
_GAME = re.compile(r"\s*(-?\d{1,6})\s*-\s*(-?\d{1,6})\s*")


def read_challonge(value: Any) -> Found:
    """A tournament of the first version of the API; raises `BadFile`."""
    try:
        answer = msgspec.convert(value, Answer, strict=False).tournament
    except msgspec.ValidationError as error:
        raise BadFile(f"The file is not a tournament of Challonge: {error}.") from error
    return found_in(
        answer,
        [one.participant for one in answer.participants],
        [one.match for one in answer.matches],
    )


def found_in(
    tournament: Tournament, participants: Sequence[Participant], matches: Sequence[Match]
) -> Found:
    """A tournament with its participants and matches, whichever API they are from."""
    return _Reader(tournament, list(participants), list(matches)).found()


@dataclass
class _Reader:
    """What is known of the tournament while it is read."""

    tournament: Tournament
    participants: list[Participant]
    matches: list[Match]
    left_out: list[str] = field(default_factory=list)
    seeds: dict[str, int] = field(default_factory=dict)
    has_left: dict[int, bool] = field(default_factory=dict)

    def found(self) -> Found:
        """The tournament as a document, with what is left out."""
        format_ = FORMATS.get(self.tournament.tournament_type.lower())
        if format_ is None:
            raise BadFile(
                f"The tournament is a {self.tournament.tournament_type!r}, which cannot be played "
                "here. What can: single and double elimination, round robin, Swiss, and groups "
                "before one of them.",
                code="not_kept",
            )
        if not self.participants:
            raise BadFile(
                "The file has no participants. Ask the API with `include_participants=1` and "
                "`include_matches=1`.",
                code="not_kept",
            )
        self._check_supported()
        listed = self._entrants()
        entrants, changed = entrants_of(listed)
        self.left_out += changed
        stages = self._stages(format_)
        self._say_what_is_left_out()
        is_pending = all(stage.state == "pending" for stage in stages)
        is_over = all(stage.state == "finished" for stage in stages)
        state = "draft" if is_pending else "finished" if is_over else "running"
        document = document_of(
            part(
                TournamentPart,
                name=title_of(self.tournament.name),
                about=plain_text(self.tournament.description or ""),
                byes=True,
                state=state,
                started_at=None if is_pending else moment(self.tournament.started_at),
                finished_at=moment(self.tournament.completed_at) if is_over else None,
            ),
            entrants,
            stages,
        )
        return Found(Source.CHALLONGE, document, tuple(self.left_out), self._places())

    def _check_supported(self) -> None:
        if self.tournament.grand_finals_modifier == "skip":
            raise BadFile(
                "This double elimination has no grand final, which cannot be kept here: somebody "
                "must win it.", code="not_kept",
            )  # fmt: skip
        if self.tournament.split_participants:
            raise BadFile(
                "Half of the participants begin in the losers' bracket, which is not played here.",
                code="not_kept",
            )

    def _entrants(self) -> list[Listed]:
        """The entrants by their seeds; those on the waiting list are left out."""
        waiting = [one for one in self.participants if one.on_waiting_list]
        if waiting:
            self.left_out.append(f"Not kept: {len(waiting)} on the waiting list.")
        entered = [one for one in self.participants if not one.on_waiting_list]
        entered.sort(key=lambda one: (one.seed is None, one.seed or 0))
        is_over = self.tournament.state == "complete"
        for seed, one in enumerate(entered, start=1):
            for known in (one.id, *(one.group_player_ids or ())):
                self.seeds[str(known)] = seed
            self.has_left[seed] = one.active is False and not is_over
        return [
            Listed(
                one.name or one.display_name or one.username or one.challonge_username or "",
                has_left=self.has_left[self.seeds[str(one.id)]],
            )
            for one in entered
        ]

    def _places(self) -> dict[int, int]:
        return {
            self.seeds[str(one.id)]: one.final_rank
            for one in self.participants
            if one.final_rank and str(one.id) in self.seeds
        }

    def _stages(self, format_: Format) -> list[StagePart]:
        groups: dict[str, list[Match]] = defaultdict(list)
        final = []
        for one in self.matches:
            if one.group_id is None:
                final.append(one)
            else:
                groups[str(one.group_id)].append(one)
        if not self.tournament.group_stages_enabled and not groups:
            return [self._stage(format_, final, list(self.seeds_entered))]
        return self._two_stages(format_, list(groups.values()), final)

    @property
    def seeds_entered(self) -> list[int]:
        """Everybody's seeds."""
        return sorted(set(self.seeds.values()))

    def _two_stages(
        self, format_: Format, groups: Sequence[Sequence[Match]], final: Sequence[Match]
    ) -> list[StagePart]:
        """Groups, then what those play who go on."""
        if not groups:
            raise BadFile(
                "The groups are not drawn yet: start the group stage there, or make the tournament "
                "here and import the list of entrants.", code="not_kept",
            )  # fmt: skip
        table = self._groups(groups)
        going_on = {seed for one in final for seed in self._sides(one) if seed is not None}
        sizes = Counter(
            number
            for number, group in enumerate(table.groups)
            for one in group.contenders
            if one.entrant in going_on
        )
        advance = max(sizes.values(), default=self.tournament.advance or 2)
        if not sizes and not self.tournament.advance:
            self.left_out.append("The file does not say how many of each group go on: 2 are "
                                 "planned.")  # fmt: skip
        table = msgspec.structs.replace(table, advance=advance)
        if table.state == "running":
            return [table, self._planned(format_)]
        if not going_on:
            raise BadFile(
                "The groups are played, and the final stage is not drawn yet. Start it there, then "
                "export again.", code="not_kept",
            )  # fmt: skip
        return [table, self._stage(format_, final, sorted(going_on))]

    def _groups(self, groups: Sequence[Sequence[Match]]) -> StagePart:
        read = []
        for number, matches in enumerate(groups, start=1):
            meetings = [self._meeting(one) for one in matches]
            if any(one.feeds != (None, None) or one.round <= 0 for one in meetings):
                raise BadFile(
                    "The groups are played as an elimination. Here groups are round robins.",
                    code="not_kept",
                )
            entrants = sorted({s for one in meetings for s in one.sides if s is not None})
            read.append(read_round_robin(meetings, entrants, number=number, name=letter(number)))
        self.left_out += some_of([said for one in read for said in one.remarks], "rounds")
        return part(
            StagePart,
            format=Format.ROUND_ROBIN,
            name="Groups",
            group_count=len(read),
            legs=max(one.legs for one in read),
            draws=True,
            state="finished" if all(one.is_over for one in read) else "running",
            groups=[one.group for one in read],
            **self._ranking(Format.ROUND_ROBIN),
        )

    def _stage(self, format_: Format, matches: Sequence[Match], entrants: list[int]) -> StagePart:
        if not matches or self.tournament.state in PENDING:
            return self._planned(format_)
        meetings = [self._meeting(one) for one in matches]
        if format_ is Format.ROUND_ROBIN:
            table = read_round_robin(meetings, entrants)
            self.left_out += some_of(table.remarks, "rounds")
            return self._table(format_, table.group, table.is_over, legs=table.legs)
        if format_ is Format.SWISS:
            return self._swiss(meetings, entrants)
        reset = self.tournament.grand_finals_modifier is None
        playing = {s for one in meetings for s in one.sides if s is not None}
        read = read_bracket(meetings, sorted(playing), format_, reset=reset)
        self.left_out += some_of(read.remarks, "matches")
        return part(
            StagePart,
            format=format_,
            third_place=read.third_place,
            state="finished" if read.is_over else "running",
            groups=[read.group],
        )

    def _swiss(self, meetings: Sequence[Meeting], entrants: list[int]) -> StagePart:
        read = read_swiss(meetings, entrants, byes_of(meetings, entrants, self.has_left))
        self.left_out += some_of(read.remarks, "rounds")
        planned = max(self.tournament.swiss_rounds or 0, read.rounds)
        if self.tournament.state == "complete":
            planned = read.rounds
        is_over = read.is_over and read.rounds >= planned
        return self._table(Format.SWISS, read.group, is_over, rounds_planned=planned)

    def _table(self, format_: Format, group: GroupPart, is_over: bool, **more: Any) -> StagePart:
        return part(
            StagePart,
            format=format_,
            draws=True,
            state="finished" if is_over else "running",
            groups=[group],
            **self._ranking(format_),
            **more,
        )

    def _planned(self, format_: Format) -> StagePart:
        """A stage that is not drawn yet."""
        more: dict[str, Any] = {}
        if format_ is Format.SINGLE_ELIMINATION:
            more["third_place"] = bool(self.tournament.hold_third_place_match)
        if format_ is Format.SWISS:
            more["rounds_planned"] = self.tournament.swiss_rounds or None
        if not format_.is_elimination:
            more |= {"draws": True} | self._ranking(format_)
        if format_ is Format.DOUBLE_ELIMINATION and self.tournament.grand_finals_modifier:
            self.left_out.append("Not kept: that there is only one grand final. The unbeaten "
                                 "side may lose one here.")  # fmt: skip
        return part(StagePart, format=format_, **more)

    def _ranking(self, format_: Format) -> dict[str, Any]:
        """Points and tie-breaks of a table."""
        source = self.tournament
        rr = format_ is Format.ROUND_ROBIN and source.ranked_by == "custom"
        win = source.rr_pts_for_match_win if rr else source.pts_for_match_win
        tie = source.rr_pts_for_match_tie if rr else source.pts_for_match_tie
        games = (source.rr_pts_for_game_win, source.rr_pts_for_game_tie) if rr else (
            source.pts_for_game_win, source.pts_for_game_tie)  # fmt: skip
        custom = rr or format_ is Format.SWISS
        if custom and any(points_of(value, "0") for value in games):
            self._leave_out(
                "Not kept: points for games. A table here counts the points of matches."
            )
        if source.ranked_by not in {None, "", "match wins", "custom"} and not rr:
            self._leave_out(f"Not kept: the ranking by {source.ranked_by}. A table here is ranked "
                            "by the points of its matches first.")  # fmt: skip
        names = [name for name in source.tie_breaks or () if name]
        unknown = [name for name in names if name not in TIE_BREAKS]
        if unknown:
            self._leave_out(
                f"Not kept: the tie-break {', '.join(unknown)}, which there is not here."
            )
        known = [TIE_BREAKS[name].name for name in names if name in TIE_BREAKS]
        return {
            "points_win": points_of(win if custom else None, "1"),
            "points_draw": points_of(tie if custom else None, "0.5"),
            "points_bye": points_of(source.pts_for_bye, "1")
            if format_ is Format.SWISS
            else Decimal(1),
            "tie_breaks": tuple(dict.fromkeys(known)),
        }

    def _leave_out(self, sentence: str) -> None:
        if sentence not in self.left_out:
            self.left_out.append(sentence)

    def _say_what_is_left_out(self) -> None:
        """What participants have there that nobody has here."""
        if any(one.custom_field_response for one in self.participants):
            self._leave_out("Not kept: answers to custom fields.")
        if any(one.misc for one in self.participants):
            self._leave_out("Not kept: notes on participants (`misc`).")
        if self.tournament.teams:
            self._leave_out("Not kept: rosters of teams. They are entered by their names.")

    def _sides(self, one: Match) -> tuple[int | None, int | None]:
        first, second = (self._seed(id_, one) for id_ in (one.player1_id, one.player2_id))
        return first, second

    def _seed(self, id_: int | str | None, one: Match) -> int | None:
        if id_ is None:
            return None
        if str(id_) not in self.seeds:
            raise BadFile(f"{_where(one)}: there is no participant {id_}.")
        return self.seeds[str(id_)]

    def _meeting(self, one: Match) -> Meeting:
        sides = self._sides(one)
        is_complete = one.state == "complete"
        games = _games(one.scores_csv) if is_complete else ()
        winner = None
        if is_complete and one.winner_id is not None:
            won = self._seed(one.winner_id, one)
            if won not in sides:
                raise BadFile(f"{_where(one)}: the winner does not play in it.")
            winner = sides.index(won)
        ending = Ending.OPEN
        if is_complete:
            level = sum(a > b for a, b in games) == sum(a < b for a, b in games)
            ending = Ending.PLAYED if winner is not None else Ending.DRAWN
            if one.forfeited:
                ending = Ending.FORFEIT if winner is not None else Ending.DOUBLE_FORFEIT
            if ending is Ending.DRAWN and not level:
                raise BadFile(f"{_where(one)}: it is complete without a winner, and not level.")
        return Meeting(
            name=str(one.id),
            where=_where(one),
            round=one.round,
            sides=sides,
            feeds=(
                _feed(one.player1_prereq_match_id, one.player1_is_prereq_match_loser),
                _feed(one.player2_prereq_match_id, one.player2_is_prereq_match_loser),
            ),
            ending=ending,
            winner=winner,
            games=games,
            closed_at=moment(one.completed_at or one.updated_at) if is_complete else None,
        )


def _where(one: Match) -> str:
    return f"Match {one.identifier} ({one.id})" if one.identifier else f"Match {one.id}"


def _feed(match_id: int | str | None, is_loser: bool | None) -> engine.Source | None:
    if match_id is None:
        return None
    return engine.LoserOf(str(match_id)) if is_loser else engine.WinnerOf(str(match_id))


def _games(scores: str | None) -> tuple[tuple[int, int], ...]:
    """The points of each game; none where they cannot be read."""
    found = [_GAME.fullmatch(one) for one in (scores or "").split(",") if one.strip()]
    return tuple((int(one[1]), int(one[2])) for one in found if one)
