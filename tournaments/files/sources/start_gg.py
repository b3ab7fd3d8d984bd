"""start.gg: an event as its GraphQL API answers it, in one answer or several pages of it.

With the phases, and of each set the slots: who, out of which other set, and with which score.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from tournaments.engine import elimination as engine
from tournaments.files.document import StagePart, TournamentPart, part
from tournaments.files.text import BadFile
from tournaments.models import Format

from .brackets import read_bracket
from .found import Found, Listed, Source, document_of, entrants_of, some_of, title_of
from .meetings import Ending, Meeting, Points
from .start_gg_answer import Entrant, Event, Phase, Set, Slot
from .tables import byes_of, letter, read_round_robin, read_swiss

FORMATS = {
    "SINGLE_ELIMINATION": Format.SINGLE_ELIMINATION,
    "DOUBLE_ELIMINATION": Format.DOUBLE_ELIMINATION,
    "ROUND_ROBIN": Format.ROUND_ROBIN,
    "SWISS": Format.SWISS,
}
COMPLETED = 3
ACTIVE = 2
#: The score of somebody who was disqualified from a set.
DISQUALIFIED = -1


def is_start_gg(value: Any) -> bool:
    """Whether this is an answer about an event or a tournament."""
    return bool(_events(value))


def _events(value: Any) -> list[Any]:
    """The events in an answer."""
    data = value.get("data", value) if isinstance(value, dict) else None
    if not isinstance(data, dict):
        return []
    if isinstance(data.get("event"), dict):
        return [data["event"]]
    tournament = data.get("tournament")
    if not isinstance(tournament, dict) or not isinstance(tournament.get("events"), list):
        return []
    events = tournament["events"]
    return [one | {"tournament": {"name": tournament.get("name")}} for one in events
            if isinstance(one, dict)]  # fmt: skip


def read_start_gg(values: Sequence[Any]) -> Found:
    """An event, of which there may be several pages; raises `BadFile`."""
    try:
        events = [
            msgspec.convert(one, Event, strict=False) for value in values for one in _events(value)
        ]
    except msgspec.ValidationError as error:
        raise BadFile(f"The file is not an event of start.gg: {error}.") from error
    if len({str(one.id) for one in events if one.id is not None}) > 1:
        names = ", ".join(sorted({one.name or "?" for one in events}))
        raise BadFile(f"There are several events in the file ({names[:200]}). Ask for one of them.",
                      code="not_kept")  # fmt: skip
    return _Reader(events).found()


@dataclass
class _Reader:
    """What is known of the event while it is read."""

    pages: list[Event]
    left_out: list[str] = field(default_factory=list)
    seeds: dict[str, int] = field(default_factory=dict)
    has_left: dict[int, bool] = field(default_factory=dict)

    def found(self) -> Found:
        """The event as a document, with what is left out."""
        listed = self._entrants()
        entrants, changed = entrants_of(listed)
        self.left_out += changed
        stages = self._stages()
        is_pending = all(stage.state == "pending" for stage in stages)
        is_over = all(stage.state == "finished" for stage in stages)
        starts = next((one.start_at for one in self.pages if one.start_at), None)
        document = document_of(
            part(
                TournamentPart,
                name=title_of(self._name()),
                byes=True,
                state="draft" if is_pending else "finished" if is_over else "running",
                started_at=None if is_pending else _moment(starts),
            ),
            entrants,
            stages,
        )
        return Found(Source.START_GG, document, tuple(self.left_out),
                     self._places() if is_over else {})  # fmt: skip

    def _name(self) -> str:
        tournament = next((p.tournament.name for p in self.pages if p.tournament), None) or ""
        event = next((page.name for page in self.pages if page.name), None) or ""
        return ": ".join(filter(None, (tournament, event)))

    def _entrants(self) -> list[Listed]:
        found: dict[str, Entrant] = {}
        for page in self.pages:
            for one in (page.entrants.nodes if page.entrants else None) or ():
                found.setdefault(str(one.id), one)
        for set_ in self._sets():
            for slot in set_.slots or ():
                if slot.entrant is not None:
                    found.setdefault(str(slot.entrant.id), slot.entrant)
        if not found:
            raise BadFile("The file has no entrants. Ask the API for `entrants` or for `sets` with "
                          "their `slots`.", code="not_kept")  # fmt: skip
        ordered = sorted(found.values(), key=lambda one: (
            one.initial_seed_num is None, one.initial_seed_num or 0))  # fmt: skip
        for seed, one in enumerate(ordered, start=1):
            self.seeds[str(one.id)] = seed
        if any(len(one.participants or ()) > 1 for one in ordered):
            self.left_out.append("Not kept: rosters of teams. They are entered by their names.")
        return [Listed(one.name or "") for one in ordered]

    def _places(self) -> dict[int, int]:
        return {
            self.seeds[str(one.entrant.id)]: one.placement
            for page in self.pages
            for one in (page.standings.nodes if page.standings else None) or ()
            if one.entrant and one.placement and str(one.entrant.id) in self.seeds
        }

    def _sets(self) -> list[Set]:
        found: dict[str, Set] = {}
        for page in self.pages:
            for one in (page.sets.nodes if page.sets else None) or ():
                found.setdefault(str(one.id), one)
        return list(found.values())

    def _phases(self) -> list[Phase]:
        found: dict[str, Phase] = {}
        for page in self.pages:
            for one in page.phases or ():
                found.setdefault(str(one.id), one)
        return sorted(found.values(), key=lambda one: one.phase_order or 0)

    def _stages(self) -> list[StagePart]:
        phases = self._phases()
        sets: dict[str, list[Set]] = defaultdict(list)
        groups = {
            str(group.id): str(phase.id)
            for phase in phases
            for group in (phase.phase_groups.nodes if phase.phase_groups else None) or ()
        }
        for one in self._sets():
            group = one.phase_group
            known = groups.get(str(group.id), "") if group else ""
            phase = str(group.phase.id) if group and group.phase else known
            sets[phase or (str(phases[0].id) if len(phases) == 1 else "")].append(one)
        if not phases:
            raise BadFile("The file has no phases. Ask the API for `phases` with their `id`, "
                          "`bracketType` and `phaseOrder`.", code="not_kept")  # fmt: skip
        if sets.get(""):
            raise BadFile("The sets do not say which phase they are of. Ask the API for "
                          "`phaseGroup { id displayIdentifier phase { id } }` of each.",
                          code="not_kept")  # fmt: skip
        stages: list[StagePart] = []
        playing = [self._sides_in(sets[str(one.id)]) for one in phases]
        for place, one_phase in enumerate(phases):
            begun = not stages or stages[-1].state == "finished"
            here = sets[str(one_phase.id)] if begun else []
            following = playing[place + 1] if place + 1 < len(phases) else None
            stages.append(self._stage(one_phase, here, following))
        return stages

    def _sides_in(self, sets: Iterable[Set]) -> set[int]:
        """The entrants who play in these sets, by their seeds."""
        return {self.seeds[str(slot.entrant.id)] for one in sets for slot in one.slots or ()
                if slot.entrant is not None}  # fmt: skip

    def _stage(self, phase: Phase, sets: Sequence[Set], going_on: set[int] | None) -> StagePart:
        kind = phase.bracket_type or ""
        format_ = FORMATS.get(kind)
        if format_ is None:
            raise BadFile(
                f"The phase {phase.name or phase.id} is a {kind or 'phase without a bracketType'}, "
                "which cannot be played here.", code="not_kept",
            )  # fmt: skip
        name = (phase.name or "")[:40] if len(self._phases()) > 1 else ""
        more: dict[str, Any] = {"format": format_, "name": name.strip()}
        by_group: dict[str, list[Set]] = defaultdict(list)
        for one in sets:
            by_group[str(one.phase_group.id) if one.phase_group else ""].append(one)
        if going_on is not None:
            sizes = [len(self._sides_in(group) & going_on) for group in by_group.values()]
            more["advance"] = max([size for size in sizes if size], default=2)
        if not self._sides_in(sets):
            return part(StagePart, **more)
        if len(by_group) > 1 and format_ is not Format.ROUND_ROBIN:
            raise BadFile(
                f"The phase {phase.name or phase.id} has {len(by_group)} pools that are played as "
                f"a {format_.label}. Here groups are round robins: import one pool for itself.",
                code="not_kept",
            )
        if format_ is Format.ROUND_ROBIN:
            return self._round_robin(list(by_group.values()), more)
        meetings, entrants = self._meetings(sets), sorted(self._sides_in(sets))
        if format_ is Format.SWISS:
            table = read_swiss(meetings, entrants, byes_of(meetings, entrants, self.has_left))
            self.left_out += some_of(table.remarks, "rounds")
            return part(StagePart, **more, draws=table.has_draws, rounds_planned=table.rounds,
                        state="finished" if table.is_over else "running",
                        groups=[table.group])  # fmt: skip
        read = read_bracket(meetings, entrants, format_)
        self.left_out += some_of(read.remarks, "matches")
        return part(StagePart, **more, third_place=read.third_place, groups=[read.group],
                    state="finished" if read.is_over else "running")  # fmt: skip

    def _round_robin(self, groups: Sequence[Sequence[Set]], more: dict[str, Any]) -> StagePart:
        ordered = sorted(groups, key=_identifier)
        several = len(ordered) > 1
        read = [
            read_round_robin(self._meetings(sets), sorted(self._sides_in(sets)), number=number,
                             name=letter(number) if several else "")
            for number, sets in enumerate(ordered, start=1)
        ]  # fmt: skip
        self.left_out += some_of([said for one in read for said in one.remarks], "rounds")
        return part(
            StagePart,
            **more,
            group_count=len(read),
            legs=max(one.legs for one in read),
            draws=any(one.has_draws for one in read),
            state="finished" if all(one.is_over for one in read) else "running",
            groups=[one.group for one in read],
        )

    def _meetings(self, sets: Sequence[Set]) -> list[Meeting]:
        """The sets that are played, without those in which somebody has a bye."""
        through = _passed_through(sets)
        live = [one for one in sets if one.state in {ACTIVE, "ACTIVE"} and any(
            slot.score for slot in one.slots or ())]  # fmt: skip
        if live:
            self.left_out.append(
                f"Not kept: the score so far of {len(live)} unfinished set(s). They are still to "
                "be played."
            )
        return [self._meeting(one, through) for one in sets if str(one.id) not in through]

    def _meeting(self, one: Set, through: Mapping[str, engine.Source | None]) -> Meeting:
        slots = one.slots or []
        where = f"Set {one.identifier or ''} ({one.id})".replace("  ", " ")
        if len(slots) != 2:
            raise BadFile(f"{where}: it has {len(slots)} slots, not two.")
        first, second = (self.seeds[str(s.entrant.id)] if s.entrant else None for s in slots)
        ending, winner, wins = self._ended(one, where)
        feeds = [_followed(_feed(slot), through) for slot in slots]
        return Meeting(
            name=str(one.id),
            where=where,
            round=one.round or 0,
            sides=(first, second),
            feeds=(feeds[0], feeds[1]),
            ending=ending,
            winner=winner,
            wins=wins,
            best_of=one.total_games,
            closed_at=_moment(one.completed_at),
        )

    def _ended(self, one: Set, where: str) -> tuple[Ending, int | None, Points | None]:
        """How a set ended: its ending, the winning side, the games won."""
        if one.state not in {COMPLETED, "COMPLETED"}:
            return Ending.OPEN, None, None
        slots = one.slots or []
        ids = [str(slot.entrant.id) if slot.entrant else "" for slot in slots]
        scores = [slot.score for slot in slots]
        if one.winner_id is None:
            if scores[0] is not None and scores[0] == scores[1]:
                return Ending.DRAWN, None, (scores[0], scores[0])
            raise BadFile(f"{where}: it is complete without a winner.")
        if str(one.winner_id) not in ids:
            raise BadFile(f"{where}: the winner does not play in it.")
        winner = ids.index(str(one.winner_id))
        if DISQUALIFIED in scores:
            return Ending.FORFEIT, winner, None
        known = scores[0] is not None and scores[1] is not None
        return Ending.PLAYED, winner, (scores[0] or 0, scores[1] or 0) if known else None


def _identifier(sets: Sequence[Set]) -> tuple[int, str]:
    """The order of pools: 1, 2, 10, or A, B."""
    group = sets[0].phase_group
    name = (group.display_identifier if group else None) or ""
    return (int(name) if name.isdecimal() else 0), name


def _feed(slot: Slot) -> engine.Source | None:
    if slot.prereq_type != "set" or slot.prereq_id is None:
        return None
    name = str(slot.prereq_id)
    return engine.LoserOf(name) if slot.prereq_placement == 2 else engine.WinnerOf(name)


def _passed_through(sets: Sequence[Set]) -> dict[str, engine.Source | None]:
    """The sets that nobody plays, since a side is a bye, and who comes out of each."""
    through: dict[str, engine.Source | None] = {}
    growing = True
    while growing:
        growing = False
        for one in sets:
            slots = one.slots or []
            empty = [slot for slot in slots if _is_bye(slot, through)]
            if empty and str(one.id) not in through:
                rest = next((slot for slot in slots if slot not in empty), None)
                through[str(one.id)] = _feed(rest) if rest else None
                growing = True
    return through


def _is_bye(slot: Slot, through: Mapping[str, engine.Source | None]) -> bool:
    """Whether nobody comes to a slot: a bye, or the loser of a set that was none."""
    if slot.entrant is not None:
        return False
    feed = _feed(slot)
    return slot.prereq_type == "bye" or (isinstance(feed, engine.LoserOf) and feed.key in through)


def _followed(
    feed: engine.Source | None, through: Mapping[str, engine.Source | None]
) -> engine.Source | None:
    """Where somebody really comes from, past sets that were not played."""
    while isinstance(feed, engine.WinnerOf) and feed.key in through:
        feed = through[feed.key]
    return feed


def _moment(seconds: int | None) -> datetime | None:
    """A moment out of seconds since 1970."""
    if seconds is None or not 0 <= seconds < 7_000_000_000:
        return None
    return datetime.fromtimestamp(seconds, UTC)
