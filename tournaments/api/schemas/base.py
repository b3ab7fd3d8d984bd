"""What every answer has: shapes, refusals, and the answers of a route in a table."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

#: Shapes by status; none for a body that is no JSON.
Responses = dict[int, Any]


class Shape(BaseModel):
    """An answer."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Refused(Shape):
    """A request that was not done: nothing has changed."""

    status: Literal["Error"]
    code: str
    """One stable word for programs, such as `not_found`."""
    message: str
    """A sentence that says what to correct."""


def errors(*statuses: int) -> Responses:
    """Answers that refuse."""
    return dict.fromkeys((*statuses, 413, 415, 503), Refused)


def found_errors(*more: int) -> Responses:
    """The refusals of a route under a tournament."""
    return errors(400, 401, 403, 404, 409, *more)


def found(shape: type[Shape]) -> Responses:
    """The answers of a route under a tournament."""
    return {200: shape} | found_errors()


class Confirmation(Shape):
    """Something was done."""

    status: str
    message: str
