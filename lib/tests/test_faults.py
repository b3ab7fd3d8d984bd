"""What is said of JSON that does not fit: each fault, its place, and what would fit."""

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta

from lib.faults import fault_text
from lib.schemas import Body

Count = Annotated[int, Meta(ge=0, le=9)]


class Colour(StrEnum):
    WHITE = "white"
    BLACK = "black"


class Point(Body, kw_only=True):
    x: Count
    colour: Colour = Colour.WHITE


class Line(Body):
    points: Annotated[list[Point], Meta(max_length=2)] | None = None
    kind: Literal["thick", "thin"] = "thin"
    width: Count | None = None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], ["Expected `object`, got `array` - at `$`"]),
        ({"width": "1"}, ["Expected `int | null`, got `str` - at `$.width`"]),
        ({"width": 10}, ["Expected `int` <= 9 - at `$.width`"]),
        ({"wdth": 1}, ["There is no such field - at `$.wdth`"]),
        ({"kind": "fat"}, ["Expected one of 'thick', 'thin' - at `$.kind`"]),
        ({"points": [{}]}, ["This field is missing - at `$.points[0].x`"]),
        (
            {"points": [{"x": 1}, {"x": 1, "colour": "red"}]},
            ["Expected one of 'white', 'black' - at `$.points[1].colour`"],
        ),
        ({"points": [{"x": 1}] * 3}, ["Expected `array` of length <= 2 - at `$.points`"]),
        (
            {"width": -1, "kind": 3, "points": 7},
            [
                "Expected `array | null`, got `int` - at `$.points`",
                "Expected `str`, got `int` - at `$.kind`",
                "Expected `int` >= 0 - at `$.width`",
            ],
        ),
    ],
)
def test_each_fault_is_named_with_its_place(value: Any, said: list[str]) -> None:
    assert fault_text(value, Line).split("; ") == said


def test_three_faults_are_named_and_the_others_counted() -> None:
    text = fault_text(dict.fromkeys("abcde", 1), Line)
    assert text.count("no such field") == 3 and text.endswith("; and 2 more")


def test_text_stands_for_numbers_in_an_address() -> None:
    assert fault_text({"width": "7"}, Line, place="", strict=False) == ""
    assert fault_text({"width": "x"}, Line, place="", strict=False).endswith(" - at `width`")
