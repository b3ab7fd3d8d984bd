"""What a pool declares of attributes and roles: parsed from its rows, and checked.

A declaration is JSON: `{"name": "maps", "kind": "choices", "match": "overlap", "options": ["dust",
"nuke"], "after_seconds": 60}`. Every reader of these columns comes here.
"""

import re
from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import msgspec

from matchmaking.engine.pairing import Attribute, By, Kind
from matchmaking.engine.pairing.wants.attributes import MATCHED_BY
from matchmaking.engine.pairing.wants.roles import ANY_ROLE

MOST_ATTRIBUTES = 12
MOST_OPTIONS = 64
NAME_MAX_CHARS = 40
#: A number, or milliseconds to a region, is not beyond this.
MOST_NUMBER = 1e9
MOST_PING = 10_000.0

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
#: What a wish that is not met costs, in rating points: a whole one, a unit apart, a millisecond.
_WEIGHTS = {Kind.CHOICE: 400.0, Kind.CHOICES: 400.0, Kind.NUMBER: 1.0, Kind.LATENCY: 1.0}

Value = str | float | list[str] | dict[str, float]


class DeclarationError(ValueError):
    """A declaration that cannot be used, and why."""


class BadValue(ValueError):
    """A player's value that is not of the declared kind; says what is allowed."""


class Declaration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One attribute of a pool as its JSON says it."""

    name: str
    kind: Kind
    match: By | None = None
    """How values are matched; left out for the usual way of the kind."""
    label: str = ""
    options: tuple[str, ...] = ()
    within: float = 0.0
    growth: float = 0.0
    after_seconds: float | None = None
    weight: float | None = None
    required: bool = False
    default: Any = None

    @property
    def by(self) -> By:
        """How values are matched."""
        return self.match or MATCHED_BY[self.kind][0]

    @property
    def title(self) -> str:
        """What people are shown."""
        return self.label or self.name

    @property
    def attribute(self) -> Attribute:
        """The same as the pairing engine takes it."""
        return Attribute(
            name=self.name,
            kind=self.kind,
            by=self.by,
            options=self.options,
            within=self.within,
            growth=self.growth,
            after_seconds=inf if self.after_seconds is None else self.after_seconds,
            weight=_WEIGHTS[self.kind] if self.weight is None else self.weight,
        )

    @property
    def allowed(self) -> str:
        """What a player may say, in words."""
        names = ", ".join(self.options)
        return {
            Kind.CHOICE: f"one of {names}",
            Kind.CHOICES: f"a list of some of {names}",
            Kind.NUMBER: "a number",
            Kind.LATENCY: f"milliseconds by region, of {names}",
        }[self.kind]

    def value(self, raw: object) -> Value:
        """What a player said, checked; raises `BadValue`."""
        match self.kind:
            case Kind.CHOICE if isinstance(raw, str) and raw in self.options:
                return raw
            case Kind.CHOICES if isinstance(raw, list | tuple) and raw:
                if all(isinstance(one, str) and one in self.options for one in raw):
                    return [one for one in self.options if one in raw]
            case Kind.NUMBER if _is_number(raw, MOST_NUMBER):
                return float(raw)  # type: ignore[arg-type]
            case Kind.LATENCY if isinstance(raw, Mapping) and raw:
                if all(
                    region in self.options and _is_number(ping, MOST_PING) and ping >= 0
                    for region, ping in raw.items()
                ):
                    return {region: float(ping) for region, ping in raw.items()}
        raise BadValue(f"`{self.name}` takes {self.allowed}, not {_shown(raw)}.")


def _is_number(raw: object, most: float) -> bool:
    is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
    return is_number and abs(raw) <= most  # type: ignore[arg-type]


def _shown(raw: object) -> str:
    text = msgspec.json.encode(raw).decode()
    return text if len(text) <= 60 else f"{text[:57]}..."


def declarations(rows: object) -> tuple[Declaration, ...]:
    """The attributes that a pool declares, as they are stored."""
    return msgspec.convert(rows, tuple[Declaration, ...]) if rows else ()


def checked_declarations(rows: object) -> tuple[Declaration, ...]:
    """The attributes that an organiser declares; raises `DeclarationError`."""
    if not isinstance(rows, list):
        raise DeclarationError("Attributes are a list of objects.")
    if len(rows) > MOST_ATTRIBUTES:
        raise DeclarationError(f"A pool has at most {MOST_ATTRIBUTES} attributes.")
    found = tuple(_declaration(place, row) for place, row in enumerate(rows, start=1))
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise DeclarationError("Two attributes have the same name.")
    if sum(one.kind is Kind.LATENCY for one in found) > 1:
        raise DeclarationError("One attribute says how far the regions are, not two.")
    return found


def _declaration(place: int, row: object) -> Declaration:
    try:
        one = msgspec.convert(row, Declaration)
    except msgspec.ValidationError as error:
        raise DeclarationError(f"Attribute {place}: {error}.") from error
    problem = next((text for is_wrong, text in _problems(one) if is_wrong), None)
    if problem is not None:
        raise DeclarationError(f"Attribute {place}, {one.name[:NAME_MAX_CHARS]!r}: {problem}")
    try:
        if one.default is not None:
            one.value(one.default)
    except BadValue as error:
        raise DeclarationError(f"Attribute {place}: as its default {error}") from error
    return one


def _problems(one: Declaration) -> Sequence[tuple[bool, str]]:
    ways = ", ".join(MATCHED_BY[one.kind])
    numbers = (one.within, one.growth, one.after_seconds or 0.0, one.weight or 0.0)
    limits = one.kind in {Kind.NUMBER, Kind.LATENCY} and one.by is not By.PREFER
    return (
        (not _NAME.fullmatch(one.name), "a name is small letters, digits, - and _, 40 at most."),
        (len(one.label) > NAME_MAX_CHARS, f"a label has at most {NAME_MAX_CHARS} characters."),
        (one.by not in MATCHED_BY[one.kind], f"a {one.kind} is matched by {ways}."),
        (one.kind is Kind.NUMBER and bool(one.options), "a number has no options."),
        (one.kind is not Kind.NUMBER and not one.options, "say its `options`."),
        (len(one.options) > MOST_OPTIONS, f"at most {MOST_OPTIONS} options."),
        (len(set(one.options)) < len(one.options), "an option is named twice."),
        (
            not all(0 < len(each) <= NAME_MAX_CHARS and each.isprintable() for each in one.options),
            f"an option is a name of 1 to {NAME_MAX_CHARS} characters.",
        ),
        (
            not all(0 <= number <= MOST_NUMBER for number in numbers),
            "`within`, `growth`, `after_seconds` and `weight` are not below zero.",
        ),
        (not limits and bool(one.within or one.growth), "`within` and `growth` are of limits."),
        (
            one.by is By.PREFER and one.after_seconds is not None,
            "a preference excludes nobody: it has no `after_seconds`.",
        ),
        (one.kind is Kind.LATENCY and not one.within, "say `within` how many milliseconds."),
        (one.required and one.default is not None, "what is required needs no default."),
    )


def checked_roles(rows: object, team_size: int) -> dict[str, int]:
    """How many of each role a team has; raises `DeclarationError`."""
    if not isinstance(rows, dict):
        raise DeclarationError('Roles are an object, such as {"keeper": 1, "any": 2}.')
    for name, count in rows.items():
        is_count = isinstance(count, int) and not isinstance(count, bool) and count >= 1
        if not (_NAME.fullmatch(name) and is_count):
            raise DeclarationError(
                f"{name[:NAME_MAX_CHARS]!r}: a role has a name of small letters, digits, - and _, "
                "and how many a team has of it, 1 or more."
            )
    if rows and team_size < 2:
        raise DeclarationError("Roles are of teams: here everybody plays alone.")
    if rows and set(rows) == {ANY_ROLE}:
        raise DeclarationError("Name a role besides `any`, or leave roles empty.")
    total = sum(rows.values())
    if total > team_size or (ANY_ROLE in rows and total != team_size):
        raise DeclarationError(f"These are {total} players; a team has {team_size}.")
    return rows


def named_roles(rows: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The roles of a team but for anybody's places."""
    return tuple((name, count) for name, count in rows.items() if name != ANY_ROLE)
