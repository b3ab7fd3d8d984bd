"""Challonge's second API (JSON:API): the tournament, its participants and its matches, together.

It answers each for itself, in pages: the answers come one after the other. It does not say which
match leads to which; who played shows it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tournaments.files.text import BadFile

from .challonge import found_in
from .challonge_answer import Match, Participant, Tournament
from .found import Found

MODIFIERS = {"": None, "single": "single match"}


class Resource(msgspec.Struct, kw_only=True):
    """A tournament, a participant or a match."""

    id: int | str
    type: str
    attributes: dict[str, Any] = {}
    relationships: dict[str, Any] | None = None


def resources_of(value: Any) -> list[dict[str, Any]]:
    """What an answer of JSON:API has of Challonge's resources; none if it is no such answer."""
    if not isinstance(value, dict):
        return []
    data, included = value.get("data"), value.get("included")
    found = [*(data if isinstance(data, list) else [data]), *_list(included)]
    kinds = ("tournament", "participant", "match")
    return [one for one in found if isinstance(one, dict) and one.get("type") in kinds]


def read_challonge_v2(values: Iterable[Any]) -> Found:
    """A tournament of the second version of the API; raises `BadFile`."""
    try:
        found = msgspec.convert(
            [one for value in values for one in resources_of(value)], list[Resource], strict=False
        )
        tournaments = [one for one in found if one.type == "tournament"]
        if not tournaments:
            raise BadFile(
                "The tournament itself is missing: give its answer together with those of its "
                "participants and matches.", code="not_kept",
            )  # fmt: skip
        participants = [_participant(one) for one in _once(found, "participant")]
        matches = [_match(one) for one in _once(found, "match")]
        return found_in(_tournament(tournaments[0]), participants, matches)
    except msgspec.ValidationError as error:
        raise BadFile(f"The file is not a tournament of Challonge: {error}.") from error


def _once(found: Sequence[Resource], kind: str) -> list[Resource]:
    """The resources of a kind, each once though it may be on two pages."""
    return list({str(one.id): one for one in found if one.type == kind}.values())


def _part(attributes: dict[str, Any], name: str) -> dict[str, Any]:
    value = attributes.get(name)
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _tournament(one: Resource) -> Tournament:
    every = one.attributes
    swiss, robin = _part(every, "swiss_options"), _part(every, "round_robin_options")
    double, matches = _part(every, "double_elimination_options"), _part(every, "match_options")
    groups, times = _part(every, "group_stage_options"), _part(every, "timestamps")
    modifier = str(double.get("grand_finals_modifier") or "")
    return msgspec.convert(
        {
            "name": every.get("name"),
            "tournament_type": every.get("tournament_type"),
            "state": every.get("state") or "",
            "description": every.get("description"),
            "started_at": times.get("started_at"),
            "completed_at": times.get("completed_at"),
            "hold_third_place_match": bool(matches.get("third_place_match")),
            "grand_finals_modifier": MODIFIERS.get(modifier, modifier),
            "split_participants": bool(double.get("split_participants")),
            "group_stages_enabled": bool(every.get("group_stage_enabled")),
            "advance": groups.get("participant_count_to_advance_per_group"),
            "swiss_rounds": swiss.get("rounds"),
            "ranked_by": robin.get("ranking") or None,
            "tie_breaks": every.get("tie_breaks"),
            "pts_for_bye": swiss.get("pts_for_bye"),
            **{f"pts_for_{what}": swiss.get(f"pts_for_{what}") for what in _WORTH},
            **{f"rr_pts_for_{what}": robin.get(f"pts_for_{what}") for what in _WORTH},
        },
        Tournament,
        strict=False,
    )


_WORTH = ("match_win", "match_tie", "game_win", "game_tie")


def _participant(one: Resource) -> Participant:
    every = one.attributes
    states = _part(every, "states")
    return msgspec.convert(
        {
            "id": one.id,
            **{key: every.get(key) for key in ("seed", "name", "username", "final_rank", "misc")},
            "active": states.get("active", True),
            "on_waiting_list": bool(every.get("on_waiting_list")),
            "group_player_ids": every.get("group_player_ids"),
            "custom_field_response": every.get("custom_field_responses"),
        },
        Participant,
        strict=False,
    )


def _match(one: Resource) -> Match:
    every = one.attributes
    points = [p for p in _list(every.get("points_by_participant")) if isinstance(p, dict)]
    sides = [_side(one, place, points) for place in (0, 1)]
    times = _part(every, "timestamps")
    group = _part(_part(one.relationships or {}, "group"), "data").get("id")
    return msgspec.convert(
        {
            "id": one.id,
            **{key: every.get(key) for key in ("identifier", "suggested_play_order", "winner_id")},
            "state": every.get("state") or "",
            "round": every.get("round") or 0,
            "group_id": group or every.get("group_id"),
            "player1_id": sides[0],
            "player2_id": sides[1],
            "scores_csv": _scores(every, points),
            "forfeited": every.get("forfeited"),
            "updated_at": times.get("updated_at"),
        },
        Match,
        strict=False,
    )


def _side(one: Resource, place: int, points: Sequence[dict[str, Any]]) -> Any:
    """Who plays on a side: as the relationships have it, else as the points do."""
    related = _part(_part(one.relationships or {}, f"player{place + 1}"), "data").get("id")
    return related or (points[place].get("participant_id") if place < len(points) else None)


def _scores(attributes: dict[str, Any], points: Sequence[dict[str, Any]]) -> str:
    """The points of each game, as the first version of the API writes them."""
    games = _list(attributes.get("score_in_sets")) or list(
        zip(*(_list(one.get("scores")) for one in points[:2]), strict=False)
    )
    pairs = [game for game in games if isinstance(game, list | tuple) and len(game) == 2]
    return ",".join(f"{first}-{second}" for first, second in pairs)
