"""What the queue's form asks of a player where a pool has attributes or roles, and its answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from matchmaking.engine.pairing import By, Kind
from matchmaking.models import Pool
from matchmaking.models.declarations import Declaration

#: How many roles somebody may name, the best first.
_MOST_ROLES = 3
_PLACES = ("Role", "Or else", "Or else")


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a field."""

    value: str
    is_default: bool
    field: str


@dataclass(frozen=True, slots=True)
class WantField:
    """A field of the form: its name in the form, its label, and what may be chosen."""

    name: str
    label: str
    hint: str
    kind: str
    is_required: bool
    default: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PoolWants:
    """All fields of one pool."""

    pool: Pool
    fields: tuple[WantField, ...]


def wants_fields(pool: Pool) -> PoolWants | None:
    """The fields of a pool; None if it asks for nothing."""
    fields = [_field(pool, one) for one in pool.declared]
    roles = [role for role, _ in pool.rules.roles]
    for place in range(min(len(roles), _MOST_ROLES)):
        name = _role_name(pool, place)
        choices = tuple(Choice(role, is_default=False, field=name) for role in roles)
        fields.append(WantField(name, _PLACES[place], "", "choice", False, "", choices))
    return PoolWants(pool, tuple(fields)) if fields else None


def _field(pool: Pool, one: Declaration) -> WantField:
    name = _name(pool, one)
    default = one.default if isinstance(one.default, list) else [one.default]
    is_latency = one.kind is Kind.LATENCY
    return WantField(
        name,
        one.title,
        _hint(one),
        one.kind.value,
        one.required,
        "" if one.default is None or isinstance(one.default, dict) else str(one.default),
        tuple(
            Choice(option, option in default, f"{name}-{option}" if is_latency else name)
            for option in one.options
        ),
    )


def _hint(one: Declaration) -> str:
    """How it is matched, in a few words."""
    if one.by is By.PREFER:
        return "a wish"
    if one.kind is Kind.CHOICES:
        return "at least one in common"
    return f"at most {one.within:g} apart" if one.kind is Kind.NUMBER else ""


def _name(pool: Pool, one: Declaration) -> str:
    return f"attribute-{pool.slug}-{one.name}"


def _role_name(pool: Pool, place: int) -> str:
    return f"role-{pool.slug}-{place}"


def sent_attributes(pool: Pool, sent: QueryDict) -> dict[str, object]:
    """What a form says of the pool's attributes; what is left empty is left out."""
    found: dict[str, object] = {}
    for one in pool.declared:
        name = _name(pool, one)
        value: object = sent.get(name, "").strip()
        if one.kind is Kind.CHOICES:
            value = sent.getlist(name)
        elif one.kind is Kind.NUMBER:
            value = _number(str(value))
        elif one.kind is Kind.LATENCY:
            ways = {each: sent.get(f"{name}-{each}", "").strip() for each in one.options}
            value = {each: _number(way) for each, way in ways.items() if way}
        if value not in ("", [], {}):
            found[one.name] = value
    return found


def _number(text: str) -> float | str:
    """A number as people write it; else the text, which is refused with a sentence."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


def sent_roles(pool: Pool, sent: QueryDict) -> Mapping[str, list[str]]:
    """The caller's roles that a form names, the best first."""
    names = [sent.get(_role_name(pool, place), "") for place in range(_MOST_ROLES)]
    roles = list(dict.fromkeys(name for name in names if name))
    return {"": roles} if roles else {}
