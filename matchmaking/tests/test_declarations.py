"""What a pool may declare of attributes and roles."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from matchmaking.models import Pool

from .test_wants import LEVEL, MAPS, MODE, WAY

BAD_DECLARATIONS: dict[str, tuple[Any, str]] = {
    "no list": ({"mode": 1}, "a list of objects"),
    "no object": (["mode"], "Attribute 1: Expected `object`"),
    "unknown field": ([{**MODE, "match_by": "equal"}], "unknown field `match_by`"),
    "unknown kind": ([{"name": "mode", "kind": "text"}], "Invalid enum value 'text'"),
    "bad name": ([{**MODE, "name": "Game mode"}], "small letters"),
    "twice": ([MODE, MODE], "the same name"),
    "way of another kind": ([{**MODE, "match": "within"}], "matched by equal, prefer"),
    "no options": ([{"name": "mode", "kind": "choice"}], "say its `options`"),
    "option twice": ([{**MODE, "options": ["a", "a"]}], "named twice"),
    "option of a number": ([{**LEVEL, "options": ["a"]}], "has no options"),
    "below zero": ([{**LEVEL, "within": -1}], "not below zero"),
    "limit of a choice": ([{**MODE, "within": 5}], "are of limits"),
    "no way": ([{**WAY, "within": 0}], "how many milliseconds"),
    "wish that loosens": ([{**MODE, "match": "prefer", "after_seconds": 9}], "no `after_seconds`"),
    "bad default": ([{**MODE, "required": False, "default": "x"}], "as its default `mode` takes"),
    "default of required": ([{**MODE, "default": "ranked"}], "needs no default"),
    "two ways": ([WAY, {**WAY, "name": "other"}], "not two"),
    "many": ([{**MODE, "name": f"m{n}"} for n in range(13)], "at most 12"),
}


@pytest.mark.parametrize("case", BAD_DECLARATIONS)
def test_a_bad_declaration_is_refused_and_says_why(case: str) -> None:
    attributes, words = BAD_DECLARATIONS[case]
    with pytest.raises(ValidationError) as refusal:
        Pool(attributes=attributes).clean()
    assert words in str(refusal.value.message_dict["attributes"])


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        (["keeper"], "an object"),
        ({"keeper": 0}, "1 or more"),
        ({"keeper": True}, "1 or more"),
        ({"Keeper": 1}, "small letters"),
        ({"keeper": 3}, "a team has 2"),
        ({"keeper": 1, "any": 2}, "a team has 2"),
        ({"any": 2}, "besides `any`"),
    ],
    ids=["list", "none of it", "no number", "name", "too many", "too many with any", "only any"],
)
def test_bad_roles_are_refused_and_say_why(roles: Any, words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Pool(team_size=2, roles=roles).clean()
    assert words in str(refusal.value.message_dict["roles"])


def test_roles_are_of_teams_and_a_latency_is_instead_of_regions() -> None:
    with pytest.raises(ValidationError, match="everybody plays alone"):
        Pool(roles={"keeper": 1}).clean()
    with pytest.raises(ValidationError, match="leave the regions empty"):
        Pool(attributes=[WAY], regions=["eu"]).clean()


def test_a_pool_with_attributes_pairs_by_rules() -> None:
    assert not Pool(attributes=[MODE]).is_plain
    assert not Pool(attributes=[MODE]).time_matters
    assert Pool(attributes=[LEVEL]).time_matters
    assert Pool(attributes=[{**MAPS, "after_seconds": 9}]).time_matters
