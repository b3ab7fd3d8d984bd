"""Why a ticket has no match yet, in numbers and in words."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil, inf, isinf

from .contenders import (
    ANYWHERE,
    Contender,
    contenders,
    fits,
    is_too_early,
    roles_in,
    want_the_same,
)
from .gathering import could_fill
from .shapes import count_sizes, team_shapes
from .values import Rules, Ticket
from .wants.roles import rank
from .wants.waiting import differences, seconds_to_agree, words

# How many neighbours on either side are considered.
_ASKED = 8


class Reason(Enum):
    """Why there is no match yet."""

    ALONE = "nobody else waits"
    RATING = "nobody within the window"
    REGION = "nobody in the region"
    ATTRIBUTE = "nobody who wants the same"
    PAUSE = "only recent opponents"
    TOO_FEW = "too few players fit"
    ROLE = "nobody for a role"
    SIZES = "the parties that fit do not fill the teams"
    TOGETHER = "those who fit do not fit each other"
    DUE = "a match can be made now"
    PARTY_TOO_LARGE = "the party is larger than the pool allows"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a party still waits, and for what.

    `place` counts from 1, the head of the queue. `window` is in points, infinite when every
    rating fits. `fitting_players` counts waiting players. `next_fit_seconds` is when
    at the latest one more party fits if all go on waiting; infinite if waiting alone will not do.
    `about` is the attribute or the role that is the reason, empty if there is not one alone.
    """

    ticket: Ticket
    place: int
    wait_seconds: float
    window: float
    fitting_players: int
    reason: Reason
    next_fit_seconds: float
    about: str = ""


class Explanations:
    """A pool at one moment, of which each wait is explained when it is asked for."""

    def __init__(self, waiting: Iterable[Ticket], rules: Rules, now: float) -> None:
        self._everyone = {one.ticket.id: one for one in contenders([*waiting], rules, now)}
        able = [one for one in self._everyone.values() if one.size <= rules.party_limit]
        self.rules = rules
        self.line = sorted(able, key=lambda one: one.rating)
        self.rank = {one: rank for rank, one in enumerate(self.line)}
        self.overdue = [one for one in able if one.is_overdue]
        self.oldest = sorted(able, key=lambda one: -one.wait)[:2]
        self.counts = count_sizes((one.size for one in able), rules.team_size)
        self.all_fit = (
            not rules.is_rated
            and not rules.rematch_pause
            and not rules.attributes
            and all(one.accepts == ANYWHERE for one in able)
        )

    def __contains__(self, ticket: Hashable) -> bool:
        return ticket in self._everyone

    def of(self, ticket: Hashable) -> Explanation:
        """Why the ticket of this id has no match yet."""
        one = self._everyone[ticket]
        counts = self._fitting(one)
        players = sum(size * n for size, n in enumerate(counts, start=1))
        reason, about = self._reason(one, counts, players)
        soon = self._next_fit(one)
        return Explanation(
            one.ticket, one.place, one.wait, one.window, players, reason, soon, about
        )

    def _fitting(self, one: Contender) -> list[int]:
        """How many parties of each size fit this one."""
        if one not in self.rank:
            return [0] * self.rules.team_size
        if self.all_fit or (one.is_overdue and not self.rules.attributes):
            counts = list(self.counts)
            counts[one.size - 1] -= 1
            return counts
        fitting = self._who_fits(one)
        return count_sizes((other.size for other in fitting), self.rules.team_size)

    def _who_fits(self, one: Contender) -> list[Contender]:
        far = [late for late in self.overdue if abs(late.rating - one.rating) > one.window]
        return [other for other in (*self._in_window(one), *far) if fits(one, other)]

    def _in_window(self, one: Contender) -> Iterator[Contender]:
        rank = self.rank[one]
        for places in (range(rank - 1, -1, -1), range(rank + 1, len(self.line))):
            for place in places:
                if abs(self.line[place].rating - one.rating) > one.window:
                    break
                yield self.line[place]

    def _reason(self, one: Contender, counts: Sequence[int], players: int) -> tuple[Reason, str]:
        if one not in self.rank or len(self.line) == 1:
            return (Reason.ALONE if one in self.rank else Reason.PARTY_TOO_LARGE), ""
        if not players:
            return self._why_nobody_fits(one)
        if self.rules.is_duel:
            return Reason.DUE, ""
        missing = self._missing_role(one)
        if missing:
            return Reason.ROLE, missing
        if players + one.size < self.rules.players:
            return Reason.TOO_FEW, ""
        there = list(counts)
        there[one.size - 1] += 1
        shapes = team_shapes(self.rules.team_size)
        fill = could_fill(there, shapes, self.rules, one)
        return Reason.TOGETHER if fill else Reason.SIZES, ""

    def _missing_role(self, one: Contender) -> str:
        """A role that too few can take of those who are there; empty if there is none."""
        if not self.rules.roles:
            return ""
        players = roles_in((one, *self._who_fits(one)))
        for role, needed in self.rules.roles:
            able = sum(rank(wishes, role) is not None for wishes in players)
            if able < needed * self.rules.teams:
                return role
        return ""

    def _why_nobody_fits(self, one: Contender) -> tuple[Reason, str]:
        near = [
            other
            for other in self._in_window(one)
            if other.window >= abs(one.rating - other.rating)
        ]
        there = [other for other in near if one.accepts & other.accepts]
        if not there:
            return Reason.REGION if near else Reason.RATING, ""
        if any(want_the_same(one, other) for other in there):
            return Reason.PAUSE, ""
        return Reason.ATTRIBUTE, self._what_keeps_apart(one, there)

    def _what_keeps_apart(self, one: Contender, others: Sequence[Contender]) -> str:
        """The attribute in which nobody agrees with a party; empty if there is not one alone."""
        names = {attribute.name for attribute in self.rules.attributes}
        for other in others:
            if one.wants is not None and other.wants is not None:
                names &= {each.name for each in differences(one.wants, other.wants)}
        return next((each.name for each in self.rules.attributes if each.name in names), "")

    def _next_fit(self, one: Contender) -> float:
        """When at the latest one more fits, considering the nearest and the longest waits."""
        if one not in self.rank:
            return inf
        rank = self.rank[one]
        near = [
            *self.line[max(0, rank - _ASKED) : rank],
            *self.line[rank + 1 : rank + 1 + _ASKED],
        ]
        others = [*near, *(other for other in self.oldest if other is not one)]
        return min((_seconds_to_fit(one, other, self.rules) for other in others), default=inf)


def _seconds_to_fit(one: Contender, other: Contender, rules: Rules) -> float:
    """When these two begin to fit if both keep waiting; infinite if they fit already, or never."""
    if fits(one, other):
        return inf
    longest = max(one.wait, other.wait)
    missing = abs(one.rating - other.rating) - min(one.window, other.window)
    by_rating = 0.0
    if missing > 0:
        by_rating = missing / rules.window_growth if rules.window_growth else inf
    by_region = 0.0 if one.accepts & other.accepts else rules.region_seconds - longest
    by_pause = rules.rematch_pause - longest if is_too_early(one, other) else 0.0
    by_rules = min(rules.longest_wait - longest, max(by_rating, by_region, by_pause))
    by_wants = 0.0
    if one.wants is not None and other.wants is not None:
        by_wants = seconds_to_agree(one.wants, other.wants, (one.wait, other.wait))
    return max(0.0, by_rules, by_wants)


def sentence(explanation: Explanation, rules: Rules) -> str:
    """The explanation as a sentence."""
    window = "" if isinf(explanation.window) else f" within {explanation.window:.0f} points"
    soon = ""
    if not isinf(explanation.next_fit_seconds):
        soon = f" One more fits in {ceil(explanation.next_fit_seconds)} s at the latest."
    soon += _loosening(explanation, rules)
    there = explanation.fitting_players + len(explanation.ticket.members)
    texts = {
        Reason.ALONE: "Nobody else waits here yet.",
        Reason.RATING: f"Nobody{window} waits yet.{soon}",
        Reason.REGION: f"Nobody{window} waits in your region yet.{soon}",
        Reason.PAUSE: f"Only who met you last fits{window} yet.{soon}",
        Reason.ATTRIBUTE: f"Nobody{window} {_wanted(explanation, rules)} waits yet.{soon}",
        Reason.ROLE: f"No other {explanation.about}{window} waits yet.{soon}"
        if _takes(explanation)
        else f"No {explanation.about}{window} waits yet.{soon}",
        Reason.TOO_FEW: f"{there} of {rules.players} players are there{window}.{soon}",
        Reason.SIZES: f"Enough players fit{window}, but their parties do not fill the teams.{soon}",
        Reason.TOGETHER: f"Enough players fit{window}, but not all of them each other.{soon}",
        Reason.DUE: "Somebody who fits is there: the match is being made.",
        Reason.PARTY_TOO_LARGE: f"The pool takes parties of at most {rules.party_limit} now.",
    }
    return texts[explanation.reason]


def _wanted(explanation: Explanation, rules: Rules) -> str:
    """Who is not there, in words."""
    attribute = next((one for one in rules.attributes if one.name == explanation.about), None)
    return "who wants all that you want" if attribute is None else words(attribute)


def _takes(explanation: Explanation) -> bool:
    """Whether somebody of the party could take the role that is missing."""
    return any(
        not member.roles or explanation.about in member.roles
        for member in explanation.ticket.members
    )


def _loosening(explanation: Explanation, rules: Rules) -> str:
    """When the requirement that keeps a party waiting becomes a wish, in words."""
    for one in rules.attributes:
        seconds = one.after_seconds - explanation.wait_seconds
        if one.name == explanation.about and 0 < seconds < inf:
            return f" `{one.name}` is only a wish in {ceil(seconds)} s."
    return ""
