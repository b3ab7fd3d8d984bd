"""What players say of a pool's attributes and of their roles, checked before they wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from lib.errors import Malformed
from matchmaking.engine.pairing.wants.compiled import layout_of, wants_of
from matchmaking.engine.pairing.wants.roles import ANY_ROLE, assign
from matchmaking.engine.pairing.wants.waiting import differences
from matchmaking.models import PartyMember, Player, Pool
from matchmaking.models.declarations import BadValue, Value

from .joins import Join


@dataclass(frozen=True, slots=True)
class PlayerWants:
    """What one player says: values by attribute, and roles, the best first."""

    attributes: Mapping[str, Value]
    roles: Sequence[str]


def checked_wants(
    pool: Pool, join: Join, players: Sequence[Player], members: Mapping[UUID, PartyMember]
) -> list[PlayerWants]:
    """What each of these players says, the caller first; raises `Malformed`.

    A member of a party who has said something is taken at that; what the join says is of the
    others.
    """
    if len(players) == 1 and not (join.attributes or join.roles or pool.attributes):
        return [PlayerWants({}, [])]
    roles = _roles(pool, join, players, members)
    said = [
        PlayerWants(
            checked_attributes(pool, _said(join, members.get(one.pk) if place else None)),
            roles[place],
        )
        for place, one in enumerate(players)
    ]
    _check_together(pool, said)
    return said


def _said(join: Join, member: PartyMember | None) -> Mapping[str, object]:
    return member.attributes if member is not None and member.attributes else join.attributes


def checked_attributes(
    pool: Pool, said: Mapping[str, object], *, whole: bool = True
) -> dict[str, Value]:
    """Values by attribute, with the defaults of what is left out; raises `Malformed`.

    Without `whole`, what is required may still be missing.
    """
    declared = pool.declared
    unknown = said.keys() - {one.name for one in declared}
    if unknown:
        there = ", ".join(f"`{one.name}`" for one in declared) or "none"
        raise _bad_attributes(
            f"The pool {pool.slug!r} has no attribute {min(unknown)[:40]!r}. There are: {there}."
        )
    values: dict[str, Value] = {}
    for one in declared:
        raw = said.get(one.name)
        raw = one.default if raw is None else raw
        if raw is None and one.required and whole:
            raise _bad_attributes(f"`{one.name}` is missing. It takes {one.allowed}.")
        if raw is not None:
            try:
                values[one.name] = one.value(raw)
            except BadValue as error:
                raise _bad_attributes(str(error)) from error
    return values


def _bad_attributes(message: str) -> Malformed:
    return Malformed(message, code="bad_attributes")


def _bad_roles(message: str) -> Malformed:
    return Malformed(message, code="bad_roles")


def _roles(
    pool: Pool, join: Join, players: Sequence[Player], members: Mapping[UUID, PartyMember]
) -> list[list[str]]:
    """The roles of each player: those of the join by their id, else their own."""
    ids = {str(one.pk) for one in players}
    strangers = join.roles.keys() - ids - {""}
    if strangers:
        raise _bad_roles(f"{min(strangers)[:40]!r} is nobody who would wait here.")
    found = []
    for place, one in enumerate(players):
        mine = join.roles.get("", ()) if place == 0 else ()
        member = members.get(one.pk)
        own = member.roles if member is not None and place else ()
        found.append(checked_roles(pool, join.roles.get(str(one.pk)) or own or mine))
    return found


def checked_roles(pool: Pool, roles: Sequence[str]) -> list[str]:
    """Roles that a team of this pool has, none twice; raises `Malformed`."""
    if not roles:
        return []
    named = [role for role, _ in pool.rules.roles]
    unknown = next((role for role in roles if role not in {*named, ANY_ROLE}), None)
    if unknown is not None:
        there = ", ".join(named) or "none"
        raise _bad_roles(
            f"The pool {pool.slug!r} has no role {unknown[:40]!r}. There are: {there}."
        )
    if len(set(roles)) < len(roles):
        raise _bad_roles("A role is named twice.")
    if ANY_ROLE in roles:  # after those that are named before it, the others in the pool's order
        first = list(roles[: list(roles).index(ANY_ROLE)])
        return [*first, *(role for role in named if role not in first)] if first else []
    return list(roles)


def _check_together(pool: Pool, said: Sequence[PlayerWants]) -> None:
    """Refuse a party whose members cannot be in one match, or not on one side."""
    if len(said) < 2:
        return
    rules = pool.rules
    if rules.attributes:
        layout = layout_of(rules.attributes)
        party = wants_of(layout, [one.attributes for one in said], 0.0)
        apart = differences(party, party)
        if apart:
            raise _bad_attributes(
                f"What the members of the party say of `{apart[0].name}` does not go together."
            )
    if rules.slots and assign(tuple(tuple(one.roles) for one in said), rules.slots) is None:
        raise _bad_roles("A team has no place for the roles that this party's members can take.")
